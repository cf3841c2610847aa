"""Triton by itself: a kernel in its own language."""

from common import SMALL, done, need, times_ms

torch, triton, tl = need("torch", "triton", "triton.language")


@triton.jit
def softmax(out, given, columns, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    offsets = tl.arange(0, BLOCK)
    x = tl.load(given + row * columns + offsets, mask=offsets < columns, other=-float("inf"))
    e = tl.exp(x - tl.max(x, axis=0))
    tl.store(out + row * columns + offsets, e / tl.sum(e, axis=0), mask=offsets < columns)


rows, columns = (8, 100) if SMALL else (4096, 1000)
given = torch.randn(rows, columns, generator=torch.Generator().manual_seed(11)).cuda()
out = torch.empty_like(given)


def launch():
    softmax[(rows,)](out, given, columns, BLOCK=triton.next_power_of_2(columns))


kernel_ms = times_ms(launch, torch.cuda.synchronize, 5 if SMALL else 200)
done({"rows sum to one": bool(torch.allclose(out.sum(1), torch.ones(rows, device="cuda"), atol=1e-4))}, {"triton_ms": kernel_ms})
