// A good value for every argument: by the function and argument where a rule says so, else by its type.
#ifndef CONFORMANCE_VALUES_H
#define CONFORMANCE_VALUES_H

#include "world.h"

/// Of each argument that points to memory of the suite's own: filled with VALUES_UNTOUCHED unless it holds input.
enum { VALUES_BUFFER_BYTES = 4096, VALUES_UNTOUCHED = 0xA5, VALUES_HOST_FILL = 0x33 };

/// Bytes behind `const void *` and `void *` arguments.
extern unsigned char values_host[WORLD_BYTES];

/// What argument `i`, of which `buffer` is the memory, is called with. `function` says which objects fit.
union table_value values_good(const struct table_function *function, unsigned i, void *buffer);

/// Makes ready whatever several arguments of one call share.
void values_prepare(const struct table_function *function);

/// The kind of object that a type's handles name; WORLD_OBJECTS for none.
enum world_object values_object_of(const struct table_type *type);

#endif
