// Where a lane lies in the guest. Apart, so that the ring's stress test can give both sides the same
// mapping: ThreadSanitizer knows memory by its address.
#pragma once

#include <stdint.h>

/// Maps header and reply slot, then the ring twice in a row. NULL if the kernel says no.
uint8_t *gf_lane_map(uint32_t index);

void gf_lane_unmap(uint8_t *lane);
