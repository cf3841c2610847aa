// Good structures, for arguments that read one.
#ifndef CONFORMANCE_RECORDS_H
#define CONFORMANCE_RECORDS_H

#include "values.h"

/// Fills `buffer` with what `arg` reads; false where it reads no structure that this knows.
bool records_fill(const struct table_function *function, const struct table_arg *arg, void *buffer);

/// What a green context can be made of.
void *records_green_desc(void);

#endif
