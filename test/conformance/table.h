// What the generated table of the API's functions is made of (protocol/codegen/emit/conformance.ts).
#ifndef CONFORMANCE_TABLE_H
#define CONFORMANCE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cuda_api.h"

enum table_kind {
  TABLE_VOID,
  TABLE_SIGNED,
  TABLE_UNSIGNED,
  TABLE_REAL,
  TABLE_TEXT, ///< char: an array of them is text
  TABLE_ENUM,
  TABLE_POINTER, ///< also handles and callbacks
  TABLE_RECORD,
};

struct table_field {
  const char *path;
  size_t offset_bytes;
  size_t bytes; ///< of one element
  unsigned count;
  enum table_kind kind;
};

struct table_type {
  const char *name;
  enum table_kind kind;
  size_t bytes; ///< 0 for void
  const struct table_field *fields;
  unsigned field_count;
  const int64_t *values; ///< of an enumeration
  unsigned value_count;
};

struct table_arg {
  const char *name;
  const struct table_type *type; ///< at the end of all pointers
  unsigned depth;                ///< of pointers
  bool is_const;
  bool is_ended; ///< the call destroys the object
};

union table_value {
  uint64_t number;
  double real;
  void *pointer;
};

enum { TABLE_ARGS_MAX = 20 };

struct table_function {
  const char *symbol;
  const char *base;
  const struct table_arg *args;
  unsigned arg_count;
  bool is_variant; ///< of another function, for per-thread default streams
  int (*call)(void *function, const union table_value *values);
};

extern const struct table_function table_functions[];
extern const unsigned table_function_count;

#endif
