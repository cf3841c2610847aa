// What the guest knows to be finished without asking. A synchronisation of the whole context that
// succeeded with ticket T says that everything sent before T is done; from that the shim answers
// event queries and decides whether a call that would wait for the device has anything to wait for.
#pragma once

#include <stdint.h>

#include "cuda_api.h"

struct gf_lane_client;

/// Everything sent with a ticket below `ticket` is complete.
void gf_progress_all(uint64_t ticket);

/// The legacy default stream was synchronised at `ticket`: that means everything, unless streams
/// exist that do not wait for it.
void gf_progress_legacy(uint64_t ticket);

/// A stream was synchronised at `ticket`.
void gf_progress_stream(CUstream stream, uint64_t ticket);

/// From now on the default stream says nothing about all of the work.
void gf_progress_independent_stream(void);

/// A second context exists: synchronising one says nothing about the other.
void gf_progress_second_context(void);

/// Non-zero if no work of this process can be running on a device.
int gf_progress_quiescent(void);

/// Non-zero if a record with this ticket (1 + ticket, as in its slot) on this stream is complete.
int gf_progress_reached(uint64_t record, uint64_t stream);

/// In a forked child, whose tickets start over.
void gf_progress_forget(void);
