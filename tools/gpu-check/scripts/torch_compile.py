"""torch.compile: Triton's kernels, made and loaded at run time."""

from common import SMALL, done, need, times_ms

torch = need("torch")
need("triton")
generator = torch.Generator().manual_seed(7)
given = torch.randn(2**10 if SMALL else 2**22, generator=generator).cuda()


@torch.compile
def fused(x):
    return torch.nn.functional.gelu(x * 2 + 1) * torch.sigmoid(x)


result = fused(given)
fused_ms = times_ms(lambda: fused(given), torch.cuda.synchronize, 5 if SMALL else 200)
done({"mean": result.double().mean().item()}, {"compiled_ms": fused_ms})
