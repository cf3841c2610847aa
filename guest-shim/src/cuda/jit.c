#include "cuda/jit.h"

#include <string.h>

uint32_t gf_jit_pack(unsigned count, const CUjit_option *options, void **values,
                     struct gf_jit_option *wire, struct gf_jit_outputs *outputs) {
  uint32_t travelling = 0;
  *outputs = (struct gf_jit_outputs){0};
  for (unsigned i = 0; i < count && options != NULL && values != NULL; i++) {
    switch (options[i]) {
    case CU_JIT_WALL_TIME:
      outputs->wall_time_ms = &values[i];
      break;
    case CU_JIT_INFO_LOG_BUFFER:
      outputs->info_log = values[i];
      break;
    case CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES:
      outputs->info_log_bytes = (uint32_t)(uintptr_t)values[i];
      outputs->info_log_used = &values[i];
      break;
    case CU_JIT_ERROR_LOG_BUFFER:
      outputs->error_log = values[i];
      break;
    case CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES:
      outputs->error_log_bytes = (uint32_t)(uintptr_t)values[i];
      outputs->error_log_used = &values[i];
      break;
    case CU_JIT_GLOBAL_SYMBOL_NAMES: // pointers of the guest: nothing the host could follow
    case CU_JIT_GLOBAL_SYMBOL_ADDRESSES:
    case CU_JIT_GLOBAL_SYMBOL_COUNT:
      break;
    default:
      if (travelling < GF_JIT_OPTIONS_MAX)
        wire[travelling++] =
            (struct gf_jit_option){(uint32_t)options[i], 0, (uint64_t)(uintptr_t)values[i]};
    }
  }
  if (outputs->info_log == NULL)
    outputs->info_log_bytes = 0;
  if (outputs->error_log == NULL)
    outputs->error_log_bytes = 0;
  return travelling;
}

/// Copies a log and its terminating zero; what does not fit is cut, as the driver cuts it.
static uint32_t deliver(char *to, uint32_t capacity_bytes, const char *from, uint32_t bytes) {
  if (to == NULL || capacity_bytes == 0)
    return 0;
  uint32_t copied = bytes < capacity_bytes ? bytes : capacity_bytes - 1;
  memcpy(to, from, copied);
  to[copied] = '\0';
  return copied;
}

void gf_jit_deliver(const struct gf_jit_outputs *outputs, const void *logs, uint32_t logs_bytes,
                    uint32_t info_used, uint32_t error_used) {
  if (info_used > logs_bytes)
    info_used = logs_bytes;
  if (error_used > logs_bytes - info_used)
    error_used = logs_bytes - info_used;
  uint32_t info = deliver(outputs->info_log, outputs->info_log_bytes, logs, info_used);
  uint32_t error = deliver(outputs->error_log, outputs->error_log_bytes,
                           (const char *)logs + info_used, error_used);
  if (outputs->info_log_used != NULL)
    *outputs->info_log_used = (void *)(uintptr_t)info;
  if (outputs->error_log_used != NULL)
    *outputs->error_log_used = (void *)(uintptr_t)error;
}
