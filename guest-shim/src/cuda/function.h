// Code as the guest knows it: modules and libraries, and the functions and kernels that were asked
// for by name. What a launch needs of a function is fetched once, with its handle.
#pragma once

#include "cuda/stub.h"

#define GF_FUNCTION_ATTRIBUTES 16u

struct gf_param {
  uint32_t offset_bytes;
  uint32_t size_bytes;
};

struct gf_function {
  uint64_t handle;  ///< of kind function or kernel
  uint64_t owner;   ///< module or library
  uint64_t context; ///< the one that it runs in; 0: any, as a kernel does
  uint32_t param_count;
  uint32_t param_bytes;
  struct gf_param *params;
  /// By CUfunction_attribute. INT32_MIN: to be asked for.
  int32_t attributes[GF_FUNCTION_ATTRIBUTES];
  uint64_t
      as_function; ///< a kernel's CUfunction in the context `as_function_context`, 0: not asked
  uint64_t as_function_context;
  struct gf_old_launch *old; ///< what CUDA 3 sets on a function; NULL: nothing yet
  int has_started; ///< the driver has taken a launch: what it loads or compiles at the first is there
  struct gf_function *next; ///< of the same owner
  char *name;
};

/// A module or a library.
struct gf_code {
  struct gf_function *functions;
};

/// The record of a function or of a kernel, which CUDA takes in a function's place; else NULL.
static inline struct gf_function *gf_function_of(uint64_t handle) {
  struct gf_slot *slot = gf_slot(handle, GF_KIND_KERNEL);
  if (slot == NULL)
    slot = gf_slot(handle, GF_KIND_FUNCTION);
  return slot != NULL ? (struct gf_function *)slot->meta : NULL;
}

/// A handle for a module or library, with an empty record; 0 when none can be made.
uint64_t gf_code_new(enum gf_handle_kind kind);

/// Ends the handle, and with it the handles of its functions and its variables.
void gf_code_drop(uint64_t handle);

/// The function or kernel of that name, asked of the host on first use. `owner` is a module (kind
/// function) or a library (kind kernel).
CUresult gf_function_find(enum gf_handle_kind kind, uint64_t owner, const char *name,
                          struct gf_function **found);

/// A record for a handle that the host knows to be the same code as `original`.
struct gf_function *gf_function_copy(uint64_t handle, const struct gf_function *original);
