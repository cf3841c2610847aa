// What a call left behind, as text that is the same on every run: numbers as they are, handles and addresses by what
// they name.
#ifndef CONFORMANCE_SHOW_H
#define CONFORMANCE_SHOW_H

#include "values.h"

/// Prints ` name=value` where the call wrote through argument `i`.
void show_output(const struct table_function *function, unsigned i, const union table_value *values,
                 const void *before, const void *buffer);

/// Prints what changed in the memory that the case's objects have.
void show_memory(void);

#endif
