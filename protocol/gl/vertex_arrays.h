// A context's vertex arrays and buffer bindings, as far as they decide which memory a command reads.
//
// Guest and executor each keep one of these, fed by the same commands in the same order (shadow.h): the
// guest sends what a draw will read, and the executor lets no draw through that could read anything else.
// Names are the guest's on both sides. A command that OpenGL refuses changes nothing here; the driver
// raises the error.
#pragma once

#include <stdint.h>

#include "gl/vertex_format.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Where an array's elements are: binding points of ARB_vertex_attrib_binding. Those of the fixed
/// function's arrays have no name in OpenGL, they are numbered as the slots.
struct gf_array_binding {
  uint64_t
      offset_bytes; ///< in `buffer`; without one: the application's pointer (the guest's copy alone)
  uint32_t buffer;  ///< 0: client memory
  uint32_t stride_bytes; ///< from one element to the next; never the 0 that means "tightly packed"
  uint32_t divisor;
};

struct gf_array {
  struct gf_vertex_format format;
  uint32_t relative_offset_bytes;
  uint32_t binding;
  uint64_t pointer;     ///< as given to gl*Pointer, for glGetPointerv
  int32_t stride_bytes; ///< as given: 0 for tightly packed
};

struct gf_vertex_array_object {
  uint32_t name;
  uint32_t element_buffer;
  uint64_t enabled;  ///< a bit per slot
  uint64_t buffered; ///< a bit per binding that has a buffer
  uint64_t
      redirected; ///< a bit per slot whose binding is not its own, or that has a relative offset
  struct gf_array arrays[GF_SLOT_COUNT];
  struct gf_array_binding bindings[GF_SLOT_COUNT];
};

struct gf_vertex_arrays {
  struct gf_vertex_array_object *bound; ///< never NULL
  struct gf_vertex_array_object zero;
  struct gf_vertex_array_object **objects; ///< by name; NULL: not generated
  uint32_t object_capacity;
  int is_core;            ///< array object 0 cannot be changed
  int has_client_states;  ///< arrays of the fixed pipeline: a compatibility profile or OpenGL ES 1
  uint32_t generic_limit; ///< GL_MAX_VERTEX_ATTRIBS, at most GF_GENERIC_SLOTS; 16 unless set
  uint32_t array_buffer, draw_indirect_buffer, parameter_buffer;
  uint32_t pixel_pack_buffer, pixel_unpack_buffer;
  uint32_t client_unit; ///< glClientActiveTexture, counted from 0
  uint32_t restart_index;
  int is_restart_enabled, is_restart_fixed;
  uint64_t
      pointed; ///< executor: arrays that the driver has pointing at data of a draw, a bit per slot
};

/// No array in client memory has longer strides: element numbers of 32 bits then cannot lead from NULL to
/// any address that a process has.
#define GF_CLIENT_STRIDE_MAX_BYTES 8192u

enum gf_array_change {
  GF_ARRAY_REFUSED, ///< OpenGL raises an error
  GF_ARRAY_MOVED,   ///< in client memory before and after, and nothing but the pointer is new
  GF_ARRAY_CHANGED,
};

void gf_arrays_init(struct gf_vertex_arrays *arrays, int is_core);
void gf_arrays_free(struct gf_vertex_arrays *arrays);

/// The object called `name`; NULL if there is none.
struct gf_vertex_array_object *gf_arrays_find(struct gf_vertex_arrays *arrays, uint32_t name);

/// Non-zero on success; 0 without memory or for a name no allocator of ours gives.
int gf_arrays_create(struct gf_vertex_arrays *arrays, uint32_t name);
void gf_arrays_delete(struct gf_vertex_arrays *arrays, uint32_t name);
void gf_arrays_bind(struct gf_vertex_arrays *arrays, uint32_t name);

/// NULL where the target is none that matters here.
uint32_t *gf_arrays_buffer_binding(struct gf_vertex_arrays *arrays, uint32_t target);
void gf_arrays_forget_buffer(struct gf_vertex_arrays *arrays, uint32_t buffer);

void gf_array_enable(struct gf_vertex_arrays *arrays, struct gf_vertex_array_object *object,
                     uint32_t slot, int enable);

/// gl*Pointer and their relatives that name a buffer.
enum gf_array_change gf_array_point(struct gf_vertex_arrays *arrays,
                                    struct gf_vertex_array_object *object, uint32_t slot,
                                    struct gf_vertex_format format, int32_t stride_bytes,
                                    uint64_t pointer, uint32_t buffer);

// ARB_vertex_attrib_binding: `attrib` and `binding` are counted from 0, as OpenGL does.
void gf_array_set_format(struct gf_vertex_arrays *arrays, struct gf_vertex_array_object *object,
                         uint32_t attrib, struct gf_vertex_format format, uint32_t relative_offset);
void gf_array_set_binding(struct gf_vertex_arrays *arrays, struct gf_vertex_array_object *object,
                          uint32_t attrib, uint32_t binding);
void gf_binding_set_buffer(struct gf_vertex_arrays *arrays, struct gf_vertex_array_object *object,
                           uint32_t binding, uint32_t buffer, int64_t offset_bytes,
                           int32_t stride_bytes);
void gf_binding_set_divisor(struct gf_vertex_arrays *arrays, struct gf_vertex_array_object *object,
                            uint32_t binding, uint32_t divisor);

/// Enabled arrays without a buffer, a bit per slot.
uint64_t gf_arrays_in_client_memory(const struct gf_vertex_array_object *object);

/// Whether a draw can bring data for the array in client memory: it has a binding of its own, and is not
/// beyond the stride's limit. Draws go without those that it cannot.
int gf_array_is_sendable(const struct gf_vertex_array_object *object, uint32_t slot);

/// Restart index for indices of `index_bytes`; 0 if primitives do not restart.
int gf_arrays_restart(const struct gf_vertex_arrays *arrays, uint32_t index_bytes,
                      uint32_t *restart_index);

/// The slot of GL_VERTEX_ARRAY …, GL_TEXTURE_COORD_ARRAY of `unit`; -1 for anything else.
int gf_array_slot(uint32_t client_state, uint32_t unit);

#ifdef __cplusplus
}
#endif
