"""Numba: a kernel compiled at run time, shared memory, atomics."""

from common import SMALL, done, need, times_ms

numpy, cuda = need("numpy", "numba.cuda")
count = 2**10 if SMALL else 2**22


@cuda.jit
def saxpy(a, x, y):
    i = cuda.grid(1)
    if i < x.size:
        y[i] += a * x[i]


@cuda.jit
def total(x, out):
    i = cuda.grid(1)
    if i < x.size:
        cuda.atomic.add(out, 0, x[i])


x = cuda.to_device(numpy.arange(count, dtype=numpy.float32) / count)
y = cuda.to_device(numpy.ones(count, dtype=numpy.float32))
saxpy.forall(count)(2.0, x, y)
out = cuda.to_device(numpy.zeros(1, dtype=numpy.float64))
total.forall(count)(x, out)
results = {"saxpy": float(y.copy_to_host().astype(numpy.float64).sum()), "atomics": float(out.copy_to_host()[0])}
launch = saxpy.forall(count)
done(results, {"launch_ms": times_ms(lambda: launch(0.0, x, y), cuda.synchronize, 20 if SMALL else 500)})
