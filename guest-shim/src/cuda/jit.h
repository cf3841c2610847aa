// Options of cuModuleLoadDataEx, cuLibraryLoadData and the linker: which travel, and what comes back
// through the buffers that some of them name.
#pragma once

#include "cuda/stub.h"

#define GF_JIT_OPTIONS_MAX 64u

/// One option on the wire.
struct gf_jit_option {
  uint32_t name;
  uint32_t zero;
  uint64_t value;
};

/// The outputs that the application asked for.
struct gf_jit_outputs {
  char *info_log, *error_log;
  uint32_t info_log_bytes, error_log_bytes;
  void **info_log_used, **error_log_used; ///< the option values, which become the lengths written
  void **wall_time_ms;
};

/// Sorts the options into those that travel (written to `wire`, room for `GF_JIT_OPTIONS_MAX`) and
/// outputs. How many travel.
uint32_t gf_jit_pack(unsigned count, const CUjit_option *options, void **values,
                     struct gf_jit_option *wire, struct gf_jit_outputs *outputs);

/// Gives the application its logs. `logs` holds the info log, then the error log.
void gf_jit_deliver(const struct gf_jit_outputs *outputs, const void *logs, uint32_t logs_bytes,
                    uint32_t info_used, uint32_t error_used);
