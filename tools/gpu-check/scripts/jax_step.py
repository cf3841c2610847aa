"""JAX: a gradient step under jit."""

import os

os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
from common import SMALL, done, need, times_ms

jax = need("jax")
if all(device.platform != "gpu" for device in jax.devices()):
    import sys

    print("this JAX has no CUDA plugin", file=sys.stderr)
    sys.exit(77)
jnp = jax.numpy
width = 32 if SMALL else 1024
key = jax.random.PRNGKey(9)
weights = jax.random.normal(key, (width, width)) / width
given = jax.random.normal(jax.random.PRNGKey(10), (8, width))
step = jax.jit(lambda w: w - 0.1 * jax.grad(lambda v: jnp.mean(jnp.tanh(given @ v) ** 2))(w))
result = step(weights)
step_ms = times_ms(lambda: step(weights).block_until_ready(), lambda: None, 5 if SMALL else 200)
done({"mean": float(jnp.abs(result).mean())}, {"train_step_ms": step_ms})
