// Everything else of NVML: not of this session, or nothing that the guest knows. NVML has an answer for that.
#include <stdatomic.h>

#include "base/log.h"
#include "nvml/nvml.h"

static nvmlReturn_t refuse(const char *name, atomic_int *said) {
  if (!atomic_exchange_explicit(said, 1, memory_order_relaxed))
    gf_log(GF_LOG_INFO, "%s is not supported in a guest", name);
  return NVML_ERROR_NOT_SUPPORTED;
}

// Arguments are not looked at, so a call may have any.
#define GF_NVML_REFUSED(name)                                                                      \
  NVML_API nvmlReturn_t name(void);                                                                \
  NVML_API nvmlReturn_t name(void) {                                                               \
    static atomic_int said;                                                                        \
    return refuse(#name, &said);                                                                   \
  }
#include "nvml/refused.inc"
