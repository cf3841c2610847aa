// The ABI between guest, executor and server: one header that includes them all.
//
//   handle.h     guest → executor   names of objects, made by the guest
//   handshake.h  guest ↔ server     bytes on the Unix socket that open a session
//   region.h     guest ↔ executor   the shared memfd: header, lanes, heap
//   lane.h       guest ↔ executor   one guest thread's ring and reply slot inside the region
//   frame.h      guest → executor   one call inside a lane's ring
//   gl.h         guest → executor   what frames of a GL lane share, and its calls that are ours
//   courier.h    executor → guest   host callbacks and printed text, on a socket of their own
//   grant.h      server ↔ executor  the grant page: GPU time allowed, GPU time used
//
// Rules for every structure here: fixed widths, little-endian, no pointers, no padding that is not
// named, a static_assert on each size and on each offset that a second language uses. A field, once
// shipped, never changes its meaning; `GF_ABI_VERSION` counts layouts.
#pragma once

#include "courier.h"
#include "frame.h"
#include "gl.h"
#include "grant.h"
#include "graph.h"
#include "handle.h"
#include "handshake.h"
#include "lane.h"
#include "region.h"
