// How each object of the world is made and ended.
#ifndef CONFORMANCE_BUILD_H
#define CONFORMANCE_BUILD_H

#include "world.h"

/// 0 where the driver does not make one.
uint64_t build_object(enum world_object object, enum world_node_kind node);
void build_end(enum world_object object, uint64_t handle);

#endif
