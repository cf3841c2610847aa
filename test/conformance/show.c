#include "show.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/// Numbers that differ from run to run.
static bool is_volatile(const struct table_function *function, const char *what) {
  static const char *const patterns[][2] = {
      {"cuMemGetInfo*", "free"},
      {"cu*GetId*", "*"},
      {"cuEventElapsedTime*", "*"},
      {"cuDeviceGetUuid*", "*"},
      {"cuDeviceGetLuid", "*"},
      {"cu*GetCaptureInfo*", "id_out"},
      {"cuTexObjectCreate", "*"},
      {"cuSurfObjectCreate", "*"},
      {"cu*ShareableHandle", "*andle*"},
      {"cuIpcGet*Handle", "*"},
      {"cuMemPoolExportPointer", "*"},
      {"cuMemGetHandleForAddressRange", "handle"},
      {"cuMemRangeGetAttribute*", "pointer"},
      {"cuLogsCurrent", "*"},
  };
  for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
    if (fnmatch(patterns[i][0], function->symbol, 0) == 0 && fnmatch(patterns[i][1], what, 0) == 0)
      return true;
  return false;
}

static void show_pointer(uint64_t value) {
  if (value == 0) {
    fputs("null", stdout);
    return;
  }
  if ((CUcontext)value == world_context()) {
    fputs("<context>", stdout);
    return;
  }
  for (int i = 0; i < WORLD_OBJECTS; i++) {
    const uint64_t object = world_peek((enum world_object)i);
    if (object == 0)
      continue;
    if (object == value) {
      printf("<%s>", world_name((enum world_object)i));
      return;
    }
    const bool is_memory = i >= WORLD_MEMORY && i <= WORLD_REGISTERED;
    if (is_memory && value - object < WORLD_BYTES) {
      printf("<%s+%" PRIu64 ">", world_name((enum world_object)i), value - object);
      return;
    }
  }
  if (value < 4096)
    printf("%" PRIu64, value);
  else
    fputs("<other>", stdout);
}

/// An address as a number: what is large enough to be one is.
static void show_number(uint64_t value) {
  if (value > UINT64_C(0x10000000000) && value < UINT64_C(0x0001000000000000))
    show_pointer(value);
  else
    printf("%" PRIu64, value);
}

static void show_one(enum table_kind kind, size_t bytes, const unsigned char *at) {
  uint64_t number = 0;
  memcpy(&number, at, bytes < sizeof number ? bytes : sizeof number);
  const unsigned shift = (unsigned)(64 - 8 * bytes);
  switch (kind) {
  case TABLE_ENUM:
  case TABLE_SIGNED:
    printf("%" PRId64, bytes >= 8 ? (int64_t)number : (int64_t)(number << shift) >> shift);
    break;
  case TABLE_REAL:
    printf("%g", bytes == 4 ? (double)*(const float *)at : *(const double *)at);
    break;
  case TABLE_POINTER:
    show_pointer(number);
    break;
  default:
    show_number(number);
    break;
  }
}

static void show_field(const struct table_field *field, const unsigned char *record) {
  const unsigned char *at = record + field->offset_bytes;
  if (field->kind == TABLE_TEXT) {
    printf("%s:'%.*s' ", field->path, (int)strnlen((const char *)at, field->count), at);
    return;
  }
  printf("%s:", field->path);
  for (unsigned i = 0; i < field->count && i < 8; i++) {
    if (i > 0)
      putchar(',');
    show_one(field->kind, field->bytes, at + i * field->bytes);
  }
  putchar(' ');
}

static void show_record(const struct table_type *type, const unsigned char *record) {
  // Bytes that are the driver's own, and a union that the table does not look into.
  if (strcmp(type->name, "CUdevResource") == 0) {
    const CUdevResource *resource = (const void *)record;
    printf("{type:%d count:%u smallest:%u alignment:%u}", (int)resource->type, resource->sm.smCount,
           resource->sm.minSmPartitionSize, resource->sm.smCoscheduledAlignment);
    return;
  }
  putchar('{');
  for (unsigned i = 0; i < type->field_count; i++)
    show_field(&type->fields[i], record);
  putchar('}');
}

/// The text or the words that came into an untyped buffer: as many as were written.
static void show_untyped(const unsigned char *before, const unsigned char *after) {
  size_t last = VALUES_BUFFER_BYTES;
  while (last > 0 && before[last - 1] == after[last - 1])
    last--;
  const size_t words = (last + 3) / 4;
  if (words <= 2) {
    uint64_t number = 0;
    memcpy(&number, after, words * 4);
    show_number(number);
  } else {
    printf("%zu bytes", last);
  }
}

/// The numbers that a driver gives its buffers.
static bool asks_for_number(const struct table_function *function,
                            const union table_value *values) {
  return strcmp(function->symbol, "cuPointerGetAttribute") == 0 &&
         (values[1].number == CU_POINTER_ATTRIBUTE_BUFFER_ID ||
          values[1].number == CU_POINTER_ATTRIBUTE_MEMORY_BLOCK_ID);
}

void show_output(const struct table_function *function, unsigned i, const union table_value *values,
                 const void *before, const void *buffer) {
  const struct table_arg *arg = &function->args[i];
  const union table_value value = values[i];
  const unsigned char *after = buffer;
  if (arg->depth == 0 || value.pointer != buffer ||
      memcmp(before, buffer, VALUES_BUFFER_BYTES) == 0)
    return;
  printf("\t%s=", arg->name);
  if (is_volatile(function, arg->name) || asks_for_number(function, values)) {
    fputs("<set>", stdout);
    return;
  }
  if (arg->depth > 1) {
    const char *text = *(char *const *)buffer;
    if (arg->type->kind == TABLE_TEXT && text != NULL)
      printf("'%s'", text);
    else
      show_pointer(*(const uint64_t *)buffer);
  } else if (arg->type->kind == TABLE_TEXT) {
    printf("'%.*s'", (int)strnlen(buffer, 256), after);
  } else if (arg->type->kind == TABLE_VOID) {
    show_untyped(before, after);
  } else if (arg->type->kind == TABLE_RECORD) {
    show_record(arg->type, after);
  } else {
    show_one(arg->type->kind, arg->type->bytes, after);
    // Of an array, the second too.
    const size_t bytes = arg->type->bytes;
    if (memcmp((const unsigned char *)before + bytes, after + bytes, bytes) != 0) {
      putchar(',');
      show_one(arg->type->kind, bytes, after + bytes);
    }
  }
}

static uint32_t sum(const unsigned char *bytes, size_t count) {
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < count; i++)
    hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

static void show_changed(const char *name, const unsigned char *bytes, size_t count,
                         unsigned char fill) {
  for (size_t i = 0; i < count; i++)
    if (bytes[i] != fill) {
      printf("\t[%s]=%08x", name, sum(bytes, count));
      return;
    }
}

void show_memory(void) {
  enum { LOOK_BYTES = 1024 };
  unsigned char seen[LOOK_BYTES];
  show_changed("host", values_host, sizeof values_host, VALUES_HOST_FILL);
  const struct {
    enum world_object object;
    unsigned char fill;
  } memories[] = {{WORLD_MEMORY, WORLD_FILL}, {WORLD_SECOND_MEMORY, WORLD_SECOND_FILL}};
  for (size_t i = 0; i < 2; i++) {
    const uint64_t address = world_peek(memories[i].object);
    if (address == 0)
      continue;
    const CUresult result = CU(cuMemcpyDtoH_v2)(seen, address, LOOK_BYTES);
    if (result == CUDA_SUCCESS)
      show_changed(world_name(memories[i].object), seen, LOOK_BYTES, memories[i].fill);
    else
      printf("\t[%s]=error %d", world_name(memories[i].object), (int)result);
  }
}
