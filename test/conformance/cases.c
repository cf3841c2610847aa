#include "cases.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "show.h"

enum bad {
  BAD_NULL,
  BAD_NUMBER,
  BAD_DEAD,  // its object is gone
  BAD_ALIEN, // its object is of another kind
  BAD_BYTES, // an address in an allocation, too near its end
  BAD_FREED, // an address that was freed
  BAD_HOST,  // the application's own memory
  BAD_TEXT,
};

struct badness {
  enum bad kind;
  uint64_t number;
  char name[24];
};

enum { BADNESS_MAX = 256 };

static void add(struct badness *all, unsigned *count, enum bad kind, uint64_t number,
                const char *name) {
  if (*count == BADNESS_MAX)
    return;
  struct badness *b = &all[(*count)++];
  b->kind = kind;
  b->number = number;
  snprintf(b->name, sizeof b->name, "%s", name);
}

static void add_number(struct badness *all, unsigned *count, uint64_t number) {
  char name[24];
  snprintf(name, sizeof name, "%" PRId64, (int64_t)number);
  add(all, count, BAD_NUMBER, number, name);
}

static bool dies(enum world_object object) {
  return object != WORLD_FUNCTION && object != WORLD_KERNEL && object != WORLD_TEXREF &&
         object != WORLD_SURFREF && object != WORLD_OBJECTS;
}

static bool is_flags(const char *name) {
  const size_t length = strlen(name);
  return length >= 5 && strcasecmp(name + length - 5, "flags") == 0;
}

/// A wait for a value that never comes would end nothing.
static bool may_wait_for_ever(const struct table_function *function, const struct table_arg *arg) {
  return strstr(function->symbol, "WaitValue") != NULL && strcmp(arg->name, "value") == 0;
}

/// The length of an array that the same call reads or writes: beyond it lies nobody's memory.
static bool is_length(const struct table_function *function, const struct table_arg *arg) {
  static const char *const names[] = {"count",      "num*",     "nb*", "bufferSize",
                                      "*ByteCount", "dataSize", "len"};
  bool has_array = false, is_named = false;
  for (unsigned i = 0; i < function->arg_count; i++)
    has_array |= function->args[i].depth > 0;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    is_named |= fnmatch(names[i], arg->name, 0) == 0;
  return has_array && is_named;
}

static void add_integers(const struct table_function *function, struct badness *all,
                         unsigned *count, const struct table_arg *arg) {
  static const uint64_t wide[] = {0, 1, UINT64_C(1) << 40, UINT64_MAX};
  static const uint64_t narrow[] = {0, 3, 1000000, UINT32_MAX};
  const bool is_wide = arg->type->bytes == 8;
  for (unsigned i = 0; i < (is_length(function, arg) ? 2 : 4); i++)
    add_number(all, count, is_wide ? wide[i] : (uint64_t)(int64_t)(int32_t)narrow[i]);
  if (is_flags(arg->name))
    for (unsigned bit = 0; bit < 8; bit++)
      add_number(all, count, UINT64_C(1) << bit);
}

static unsigned badness_of(const struct table_function *function, const struct table_arg *arg,
                           struct badness *all) {
  unsigned count = 0;
  const enum world_object object = values_object_of(arg->type);
  if (may_wait_for_ever(function, arg))
    return 0;
  if (arg->depth > 0) {
    add(all, &count, BAD_NULL, 0, "null");
    if (arg->type->kind == TABLE_TEXT && arg->is_const && arg->depth == 1) {
      add(all, &count, BAD_TEXT, 0, "empty");
      add(all, &count, BAD_TEXT, 1, "unknown");
    }
  } else if (strcmp(arg->type->name, "CUdeviceptr") == 0) {
    add(all, &count, BAD_NUMBER, 0, "0");
    add(all, &count, BAD_NUMBER, 0x1234560, "wild");
    add(all, &count, BAD_FREED, 0, "freed");
    add(all, &count, BAD_BYTES, 4, "at the end");
    add(all, &count, BAD_HOST, 0, "host");
  } else if (object != WORLD_OBJECTS || strcmp(arg->type->name, "CUcontext") == 0) {
    add(all, &count, BAD_NUMBER, 0, "null");
    add(all, &count, BAD_NUMBER, 0x10, "small");
    add(all, &count, BAD_ALIEN, 0, "alien");
    if (dies(object) || object == WORLD_OBJECTS)
      add(all, &count, BAD_DEAD, 0, "dead");
  } else if (arg->type->kind == TABLE_POINTER) {
    add(all, &count, BAD_NULL, 0, "null");
  } else if (strcmp(arg->type->name, "CUdevice") == 0) {
    add_number(all, &count, UINT64_MAX);
    add_number(all, &count, 99);
  } else if (arg->type->kind == TABLE_ENUM) {
    add_number(all, &count, UINT64_MAX);
    add_number(all, &count, 9999);
    for (unsigned i = 0; i < arg->type->value_count && i < 200; i++)
      add_number(all, &count, (uint64_t)arg->type->values[i]);
  } else if (arg->type->kind == TABLE_SIGNED || arg->type->kind == TABLE_UNSIGNED) {
    add_integers(function, all, &count, arg);
  }
  return count;
}

/// Which argument is bad in case `number`, and how. False for the cases before: good ones; `*number` is what is left.
static bool find_bad(const struct table_function *function, unsigned *number, unsigned *arg,
                     struct badness *found) {
  struct badness all[BADNESS_MAX];
  for (*arg = 0; *arg < function->arg_count; ++*arg) {
    const unsigned count = badness_of(function, &function->args[*arg], all);
    if (*number < count) {
      *found = all[*number];
      return true;
    }
    *number -= count;
  }
  return false;
}

static const char *const good_names[] = {"good", "no context"};
enum { GOOD_CASES = 2 };

bool cases_name(const struct table_function *function, enum cases_state state, unsigned number,
                char name[CASES_NAME_BYTES]) {
  unsigned arg;
  struct badness bad;
  if (state != CASES_READY) {
    snprintf(name, CASES_NAME_BYTES,
             state == CASES_BEFORE_INIT ? "before cuInit" : "after a fault");
    // Before cuInit, but for cuInit: it would be the last of that state.
    return number == 0 && !function->is_variant &&
           !(state == CASES_BEFORE_INIT && strcmp(function->symbol, "cuInit") == 0);
  }
  if (number < GOOD_CASES) {
    snprintf(name, CASES_NAME_BYTES, "%s", good_names[number]);
    return number == 0 || !function->is_variant;
  }
  number -= GOOD_CASES;
  if (function->is_variant || !find_bad(function, &number, &arg, &bad))
    return false;
  snprintf(name, CASES_NAME_BYTES, "%s %s", function->args[arg].name, bad.name);
  return true;
}

static void spoil(const struct table_arg *arg, const struct badness *bad,
                  union table_value *value) {
  const enum world_object object = values_object_of(arg->type);
  switch (bad->kind) {
  case BAD_NULL:
    value->pointer = NULL;
    break;
  case BAD_NUMBER:
    value->number = bad->number;
    break;
  case BAD_DEAD:
    value->number = world_get_dead(object == WORLD_OBJECTS ? WORLD_CONTEXT : object);
    break;
  case BAD_ALIEN:
    value->number = world_get(object == WORLD_EVENT ? WORLD_STREAM : WORLD_EVENT);
    break;
  case BAD_BYTES:
    value->number = world_get(WORLD_MEMORY) + WORLD_BYTES - bad->number;
    break;
  case BAD_FREED:
    value->number = world_get_dead(WORLD_MEMORY);
    break;
  case BAD_HOST:
    value->pointer = values_host;
    break;
  case BAD_TEXT:
    value->pointer = bad->number == 0 ? "" : CASES_UNKNOWN_TEXT;
    break;
  }
}

bool cases_run(const struct table_function *function, enum cases_state state, unsigned number) {
  static unsigned char buffers[TABLE_ARGS_MAX][VALUES_BUFFER_BYTES] __attribute__((aligned(64)));
  static unsigned char before[TABLE_ARGS_MAX][VALUES_BUFFER_BYTES];
  union table_value values[TABLE_ARGS_MAX];
  void *entry = world_find(function->symbol);
  if (entry == NULL) {
    fputs("\tmissing", stdout);
    return true;
  }
  values_prepare(function);
  for (unsigned i = 0; i < function->arg_count; i++)
    values[i] = values_good(function, i, buffers[i]);
  unsigned arg = 0, bad_number = number - GOOD_CASES;
  struct badness bad;
  if (state == CASES_READY && number >= GOOD_CASES && find_bad(function, &bad_number, &arg, &bad))
    spoil(&function->args[arg], &bad, &values[arg]);
  memcpy(before, buffers, sizeof before);
  const bool no_context = state == CASES_READY && number == 1;
  if (no_context)
    world_make_current(NULL);
  const int result = function->call(entry, values);
  printf("\t%d", result);
  fflush(stdout);
  if (state == CASES_BEFORE_INIT || state == CASES_POISONED) {
    for (unsigned i = 0; i < function->arg_count; i++)
      show_output(function, i, values, before[i], buffers[i]);
    return true;
  }
  if (no_context || number == 0) // a good call may leave another context current
    world_make_current(world_context());
  const int settled = world_settle();
  if (settled != 0)
    printf("\tafterwards=%d", settled);
  for (unsigned i = 0; i < function->arg_count; i++)
    show_output(function, i, values, before[i], buffers[i]);
  if (settled == 0)
    show_memory();
  world_clear();
  world_make_current(world_context());
  return settled == 0 && world_settle() == 0;
}

void cases_poison(void) {
  // Made while that is possible: calls are to find objects that were good.
  for (int i = 0; i < WORLD_OBJECTS; i++)
    world_get((enum world_object)i);
  CUfunction wild = NULL;
  CU(cuModuleGetFunction)(&wild, (CUmodule)world_get(WORLD_MODULE), "wild");
  CU(cuLaunchKernel)(wild, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, NULL);
  world_settle();
}
