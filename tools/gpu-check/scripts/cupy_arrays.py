"""CuPy: elementwise kernels, reductions, a raw kernel, and the libraries behind linalg and fft."""

from common import SMALL, done, need, times_ms

cupy = need("cupy")
count = 2**10 if SMALL else 2**24
x = cupy.arange(count, dtype=cupy.float32) / count
twice = cupy.RawKernel(
    r"""extern "C" __global__ void twice(float *x, int n) {
      int i = blockDim.x * blockIdx.x + threadIdx.x;
      if (i < n) x[i] *= 2;
    }""",
    "twice",
)
y = x.copy()
twice(((count + 255) // 256,), (256,), (y, count))
results = {"sum": float((cupy.sin(x) * x).sum()), "raw kernel": float(y.sum())}
for name, work in {
    "matmul": lambda: (x[:1024].reshape(32, 32) @ x[:1024].reshape(32, 32)).sum(),
    "fft": lambda: cupy.abs(cupy.fft.fft(x[:256])).sum(),
}.items():
    try:
        results[name] = float(work())
    except Exception as error:
        results[name] = type(error).__name__
elementwise_ms = times_ms(lambda: cupy.sin(x) * x, cupy.cuda.Device().synchronize, 5 if SMALL else 100)
done(results, {"elementwise_ms": elementwise_ms})
