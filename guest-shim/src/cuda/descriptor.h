// Memory that goes from process to process as a descriptor: over the courier's socket, before the call that needs it
// or before the answer that gives it.
#pragma once

#include "cuda/stub.h"

/// Waits for a call that gives the descriptor of this number (gf_courier_fd_number), and stores it as the int that
/// `handle_out` points to. CUDA_ERROR_OPERATING_SYSTEM where none came.
CUresult gf_call_for_descriptor(struct gf_lane_client *lane, uint64_t number, void *handle_out);

/// Sends the descriptor that `handle` is, for the call that will name this number; nothing for other types, which the
/// driver refuses. CUDA_ERROR_INVALID_VALUE: it is none.
CUresult gf_send_descriptor(uint64_t number, void *handle, CUmemAllocationHandleType type);
