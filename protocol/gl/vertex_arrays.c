#include "gl/vertex_arrays.h"

#include "gl_api.h"
#include <stdlib.h>
#include <string.h>

#define MAX_OBJECT_NAME (1u << 22)

static uint64_t bit(uint32_t slot) { return 1ull << slot; }

static struct gf_vertex_format initial_format(uint32_t slot) {
  struct gf_vertex_format format = {.type = GL_FLOAT, .size = 4};
  switch (slot) {
  case GF_SLOT_NORMAL:
  case GF_SLOT_SECONDARY_COLOR:
    format.size = 3;
    break;
  case GF_SLOT_FOG_COORD:
  case GF_SLOT_INDEX:
  case GF_SLOT_POINT_SIZE:
    format.size = 1;
    break;
  case GF_SLOT_EDGE_FLAG:
    format = (struct gf_vertex_format){.type = GL_UNSIGNED_BYTE, .size = 1};
    break;
  default:
    break;
  }
  return format;
}

static void init_object(struct gf_vertex_array_object *object, uint32_t name) {
  memset(object, 0, sizeof *object);
  object->name = name;
  for (uint32_t slot = 0; slot < GF_SLOT_COUNT; slot++) {
    struct gf_array *array = &object->arrays[slot];
    array->format = initial_format(slot);
    array->binding = slot;
    object->bindings[slot].stride_bytes = gf_vertex_bytes(&array->format);
  }
}

void gf_arrays_init(struct gf_vertex_arrays *arrays, int is_core) {
  memset(arrays, 0, sizeof *arrays);
  init_object(&arrays->zero, 0);
  arrays->bound = &arrays->zero;
  arrays->is_core = is_core;
  arrays->generic_limit = 16;
}

void gf_arrays_free(struct gf_vertex_arrays *arrays) {
  for (uint32_t i = 0; i < arrays->object_capacity; i++)
    free(arrays->objects[i]);
  free(arrays->objects);
  arrays->objects = NULL;
  arrays->object_capacity = 0;
  arrays->bound = &arrays->zero;
}

struct gf_vertex_array_object *gf_arrays_find(struct gf_vertex_arrays *arrays, uint32_t name) {
  if (name == 0)
    return &arrays->zero;
  return name < arrays->object_capacity ? arrays->objects[name] : NULL;
}

static int grow(struct gf_vertex_arrays *arrays, uint32_t name) {
  if (name >= MAX_OBJECT_NAME)
    return 0;
  uint32_t capacity = arrays->object_capacity != 0 ? arrays->object_capacity : 16;
  while (capacity <= name)
    capacity *= 2;
  struct gf_vertex_array_object **objects = realloc(arrays->objects, capacity * sizeof *objects);
  if (objects == NULL)
    return 0;
  memset(objects + arrays->object_capacity, 0,
         (capacity - arrays->object_capacity) * sizeof *objects);
  arrays->objects = objects;
  arrays->object_capacity = capacity;
  return 1;
}

int gf_arrays_create(struct gf_vertex_arrays *arrays, uint32_t name) {
  if (name == 0 || (name >= arrays->object_capacity && !grow(arrays, name)))
    return 0;
  if (arrays->objects[name] != NULL)
    return 1;
  struct gf_vertex_array_object *object = malloc(sizeof *object);
  if (object == NULL)
    return 0;
  init_object(object, name);
  arrays->objects[name] = object;
  return 1;
}

void gf_arrays_delete(struct gf_vertex_arrays *arrays, uint32_t name) {
  struct gf_vertex_array_object *object = gf_arrays_find(arrays, name);
  if (name == 0 || object == NULL)
    return;
  if (arrays->bound == object)
    arrays->bound = &arrays->zero;
  arrays->objects[name] = NULL;
  free(object);
}

void gf_arrays_bind(struct gf_vertex_arrays *arrays, uint32_t name) {
  struct gf_vertex_array_object *object = gf_arrays_find(arrays, name);
  if (object != NULL)
    arrays->bound = object;
}

uint32_t *gf_arrays_buffer_binding(struct gf_vertex_arrays *arrays, uint32_t target) {
  switch (target) {
  case GL_ARRAY_BUFFER:
    return &arrays->array_buffer;
  case GL_ELEMENT_ARRAY_BUFFER:
    return &arrays->bound->element_buffer;
  case GL_PIXEL_PACK_BUFFER:
    return &arrays->pixel_pack_buffer;
  case GL_PIXEL_UNPACK_BUFFER:
    return &arrays->pixel_unpack_buffer;
  case GL_DRAW_INDIRECT_BUFFER:
    return &arrays->draw_indirect_buffer;
  case GL_PARAMETER_BUFFER:
    return &arrays->parameter_buffer;
  default:
    return NULL;
  }
}

static void set_buffer(struct gf_vertex_array_object *object, uint32_t binding, uint32_t buffer) {
  object->bindings[binding].buffer = buffer;
  if (buffer != 0)
    object->buffered |= bit(binding);
  else
    object->buffered &= ~bit(binding);
}

void gf_arrays_forget_buffer(struct gf_vertex_arrays *arrays, uint32_t buffer) {
  static const uint32_t targets[] = {GL_ARRAY_BUFFER,         GL_ELEMENT_ARRAY_BUFFER,
                                     GL_PIXEL_PACK_BUFFER,    GL_PIXEL_UNPACK_BUFFER,
                                     GL_DRAW_INDIRECT_BUFFER, GL_PARAMETER_BUFFER};
  if (buffer == 0)
    return;
  for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
    uint32_t *bound = gf_arrays_buffer_binding(arrays, targets[i]);
    if (*bound == buffer)
      *bound = 0;
  }
  // Of array objects only the bound one lets go of it.
  for (uint64_t rest = arrays->bound->buffered; rest != 0; rest &= rest - 1) {
    const uint32_t binding = (uint32_t)__builtin_ctzll(rest);
    if (arrays->bound->bindings[binding].buffer == buffer)
      set_buffer(arrays->bound, binding, 0);
  }
}

static int is_changeable(const struct gf_vertex_arrays *arrays,
                         const struct gf_vertex_array_object *object) {
  return object != NULL && (object->name != 0 || !arrays->is_core);
}

static int is_slot(const struct gf_vertex_arrays *arrays, uint32_t slot) {
  return slot < GF_SLOT_GENERIC0 + arrays->generic_limit;
}

void gf_array_enable(struct gf_vertex_arrays *arrays, struct gf_vertex_array_object *object,
                     uint32_t slot, int enable) {
  if (!is_changeable(arrays, object) || !is_slot(arrays, slot))
    return;
  if (enable)
    object->enabled |= bit(slot);
  else
    object->enabled &= ~bit(slot);
}

static void note_redirection(struct gf_vertex_array_object *object, uint32_t slot) {
  const struct gf_array *array = &object->arrays[slot];
  if (array->binding != slot || array->relative_offset_bytes != 0)
    object->redirected |= bit(slot);
  else
    object->redirected &= ~bit(slot);
}

static int is_same_format(const struct gf_vertex_format *a, const struct gf_vertex_format *b) {
  return a->type == b->type && a->size == b->size && a->normalized == b->normalized &&
         a->kind == b->kind;
}

enum gf_array_change gf_array_point(struct gf_vertex_arrays *arrays,
                                    struct gf_vertex_array_object *object, uint32_t slot,
                                    struct gf_vertex_format format, int32_t stride_bytes,
                                    uint64_t pointer, uint32_t buffer) {
  if (!is_changeable(arrays, object) || !is_slot(arrays, slot) || stride_bytes < 0 ||
      !gf_vertex_format_is_valid(slot, &format))
    return GF_ARRAY_REFUSED;
  // Array objects that the application made hold no client memory.
  if (object->name != 0 && buffer == 0 && pointer != 0)
    return GF_ARRAY_REFUSED;
  struct gf_array *array = &object->arrays[slot];
  struct gf_array_binding *binding = &object->bindings[slot];
  const uint32_t step = stride_bytes != 0 ? (uint32_t)stride_bytes : gf_vertex_bytes(&format);
  const int was_same = !(object->redirected & bit(slot)) && binding->buffer == 0 && buffer == 0 &&
                       binding->stride_bytes == step && is_same_format(&array->format, &format);
  array->pointer = pointer;
  array->stride_bytes = stride_bytes;
  binding->offset_bytes = pointer;
  if (was_same)
    return GF_ARRAY_MOVED;
  array->format = format;
  array->relative_offset_bytes = 0;
  array->binding = slot;
  binding->stride_bytes = step;
  set_buffer(object, slot, buffer);
  note_redirection(object, slot);
  return GF_ARRAY_CHANGED;
}

void gf_array_set_format(struct gf_vertex_arrays *arrays, struct gf_vertex_array_object *object,
                         uint32_t attrib, struct gf_vertex_format format,
                         uint32_t relative_offset) {
  if (!is_changeable(arrays, object) || attrib >= arrays->generic_limit ||
      !gf_vertex_format_is_valid(GF_SLOT_GENERIC0 + attrib, &format))
    return;
  struct gf_array *array = &object->arrays[GF_SLOT_GENERIC0 + attrib];
  array->format = format;
  array->relative_offset_bytes = relative_offset;
  note_redirection(object, GF_SLOT_GENERIC0 + attrib);
}

void gf_array_set_binding(struct gf_vertex_arrays *arrays, struct gf_vertex_array_object *object,
                          uint32_t attrib, uint32_t binding) {
  if (!is_changeable(arrays, object) || attrib >= arrays->generic_limit ||
      binding >= arrays->generic_limit)
    return;
  object->arrays[GF_SLOT_GENERIC0 + attrib].binding = GF_SLOT_GENERIC0 + binding;
  note_redirection(object, GF_SLOT_GENERIC0 + attrib);
}

void gf_binding_set_buffer(struct gf_vertex_arrays *arrays, struct gf_vertex_array_object *object,
                           uint32_t binding, uint32_t buffer, int64_t offset_bytes,
                           int32_t stride_bytes) {
  if (!is_changeable(arrays, object) || binding >= arrays->generic_limit || offset_bytes < 0 ||
      stride_bytes < 0)
    return;
  struct gf_array_binding *at = &object->bindings[GF_SLOT_GENERIC0 + binding];
  at->offset_bytes = (uint64_t)offset_bytes;
  at->stride_bytes = (uint32_t)stride_bytes;
  set_buffer(object, GF_SLOT_GENERIC0 + binding, buffer);
}

void gf_binding_set_divisor(struct gf_vertex_arrays *arrays, struct gf_vertex_array_object *object,
                            uint32_t binding, uint32_t divisor) {
  if (is_changeable(arrays, object) && binding < arrays->generic_limit)
    object->bindings[GF_SLOT_GENERIC0 + binding].divisor = divisor;
}

uint64_t gf_arrays_in_client_memory(const struct gf_vertex_array_object *object) {
  uint64_t client = object->enabled & ~object->buffered;
  // An array whose binding is another slot's has its buffer from there.
  for (uint64_t rest = object->enabled & object->redirected; rest != 0; rest &= rest - 1) {
    const uint32_t slot = (uint32_t)__builtin_ctzll(rest);
    if (object->buffered & bit(object->arrays[slot].binding))
      client &= ~bit(slot);
    else
      client |= bit(slot);
  }
  return client;
}

int gf_array_is_sendable(const struct gf_vertex_array_object *object, uint32_t slot) {
  return !(object->redirected & bit(slot)) &&
         object->bindings[slot].stride_bytes <= GF_CLIENT_STRIDE_MAX_BYTES;
}

int gf_arrays_restart(const struct gf_vertex_arrays *arrays, uint32_t index_bytes,
                      uint32_t *restart_index) {
  if (arrays->is_restart_fixed) {
    *restart_index = index_bytes == 1 ? UINT8_MAX : index_bytes == 2 ? UINT16_MAX : UINT32_MAX;
    return 1;
  }
  *restart_index = arrays->restart_index;
  return arrays->is_restart_enabled;
}

int gf_array_slot(uint32_t client_state, uint32_t unit) {
  switch (client_state) {
  case GL_VERTEX_ARRAY:
    return GF_SLOT_POSITION;
  case GL_NORMAL_ARRAY:
    return GF_SLOT_NORMAL;
  case GL_COLOR_ARRAY:
    return GF_SLOT_COLOR;
  case GL_SECONDARY_COLOR_ARRAY:
    return GF_SLOT_SECONDARY_COLOR;
  case GL_FOG_COORD_ARRAY:
    return GF_SLOT_FOG_COORD;
  case GL_INDEX_ARRAY:
    return GF_SLOT_INDEX;
  case GL_EDGE_FLAG_ARRAY:
    return GF_SLOT_EDGE_FLAG;
  case GL_POINT_SIZE_ARRAY_OES:
    return GF_SLOT_POINT_SIZE;
  case GL_TEXTURE_COORD_ARRAY:
    return unit < GF_TEX_COORD_SLOTS ? (int)(GF_SLOT_TEX_COORD0 + unit) : -1;
  default:
    return -1;
  }
}
