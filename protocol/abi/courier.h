// The courier: a SOCK_SEQPACKET socket between a session's executor and its guest, for what the
// host starts.
//
//   executor → guest   CALLBACK  run this host function, then send DONE (cuLaunchHostFunc and
//                                stream callbacks)
//                      PRINT     text that kernels printed, for the guest's stdout
//                      ASSERT    text of a failed device assertion, for the guest's stderr
//                      FD        a descriptor (SCM_RIGHTS) that a call of this number gives to the guest
//   guest → executor   DONE      the callback has returned
//                      FD        a descriptor for the call of this number, which follows in a ring
//
// The socket closing is how each side learns at once that the other is gone. Messages are one
// packet each, the header followed by text where there is some.
#pragma once

#include "base.h"

#define GF_COURIER_TEXT_MAX_BYTES 32768u

enum {
  GF_COURIER_CALLBACK = 1,
  GF_COURIER_DONE = 2,
  GF_COURIER_PRINT = 3,
  GF_COURIER_ASSERT = 4,
  GF_COURIER_FD = 5,
};

struct gf_courier {
  uint32_t type;        ///< GF_COURIER_*
  int32_t status;       ///< CALLBACK: the stream's CUresult, for cuStreamAddCallback
  uint64_t callback_id; ///< CALLBACK, DONE, FD: the guest's number for the call, as it sent it
  uint32_t text_bytes;  ///< PRINT and ASSERT: length of the text that follows
  uint32_t pad0;
};
GF_STATIC_ASSERT(sizeof(struct gf_courier) == 24, "courier header is 24 bytes");
