"""cuBLAS, cuFFT, cuSOLVER and cuSPARSE through PyTorch; NCCL with itself."""

from common import SMALL, done, need

torch = need("torch")
width = 32 if SMALL else 512
generator = torch.Generator().manual_seed(8)
a = torch.randn(width, width, generator=generator).cuda()
symmetric = a @ a.T + width * torch.eye(width, device="cuda")
results = {}
failed = []


def attempt(name, work):
    try:
        results[name] = float(work())
    except Exception as error:  # each library's own error is what is asked for
        results[name] = str(error).splitlines()[0]
        failed.append(name)


attempt("cublas float", lambda: (a @ a).double().abs().mean())
attempt("cublas half", lambda: (a.half() @ a.half()).double().abs().mean())
attempt("cublas batched", lambda: torch.bmm(a.expand(3, -1, -1), a.expand(3, -1, -1)).double().abs().mean())
attempt("cufft", lambda: torch.fft.fft2(a).abs().double().mean())
attempt("cusolver", lambda: torch.linalg.cholesky(symmetric).double().diagonal().sum())
attempt("cusparse", lambda: (a.relu().to_sparse_csr() @ a).double().abs().mean())


def all_reduce():
    import os

    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("MASTER_PORT", "29577")
    torch.distributed.init_process_group("nccl", rank=0, world_size=1)
    value = torch.ones(4, device="cuda")
    torch.distributed.all_reduce(value)
    torch.distributed.destroy_process_group()
    return value.sum()


attempt("nccl", all_reduce)
if len(failed) == len(results):
    raise SystemExit(f"no library works: {results[failed[0]]}")
done(results, {})
