// What all launches share: whether anything is to be feared, and the packing of parameters.
#pragma once

#include "cuda/function.h"

struct gf_launch_shape {
  uint32_t grid[3];
  uint32_t block[3];
  uint32_t shared_bytes;
};

/// Will the driver take this shape, of code that it has taken before? If that is not certain the call waits for what the
/// driver says: only the driver knows which of its errors a wrong shape has.
int gf_launch_is_certain(const struct gf_function *function, const struct gf_launch_shape *shape);

/// Bytes of the parameters and, if they come in one buffer (`extra`), that buffer. INVALID_VALUE if
/// there are parameters and neither form was given.
CUresult gf_launch_params(const struct gf_function *function, void **params, void **extra,
                          const void **buffer, uint32_t *bytes);

/// Writes the parameters, `bytes` as gf_launch_params said.
static inline void gf_launch_pack(uint8_t *to, const struct gf_function *function, void **params,
                                  const void *buffer, uint32_t bytes) {
  if (buffer != NULL) {
    __builtin_memcpy(to, buffer, bytes);
    return;
  }
  for (uint32_t i = 0; i < function->param_count; i++) {
    const struct gf_param *param = &function->params[i];
    // Nearly all are pointers and ints: fixed lengths become one move each.
    if (param->size_bytes == 8)
      __builtin_memcpy(to + param->offset_bytes, params[i], 8);
    else if (param->size_bytes == 4)
      __builtin_memcpy(to + param->offset_bytes, params[i], 4);
    else
      __builtin_memcpy(to + param->offset_bytes, params[i], param->size_bytes);
  }
}
