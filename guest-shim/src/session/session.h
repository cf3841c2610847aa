// The process's one session: its sockets, its region, and how both end.
//
//   NONE ──open──► LIVE ──hang-up, poison, revocation──► DEAD (for good; the process keeps its code)
//     ▲                                                   │
//     └──────────────────── fork, in the child ◄──────────┘
//
// Everything that an application thread asks on its way into a call is one word: the region's
// sticky_error, which the executor writes when a context is broken and which the guest writes
// itself when it finds the other side gone.
#pragma once

#include <stdint.h>

#include "abi/region.h"
#include "session/connect.h"

struct gf_session {
  struct gf_region *region; ///< NULL without a session
  uint8_t *heap;            ///< NULL: no heap at all, copies travel in frames
  uint64_t heap_bytes;
  int heap_at_address; ///< the heap lies at GF_HEAP_ADDRESS: pinned and managed memory work
  uint64_t id;
  int host_fd;
  int courier_fd;
  int region_fd;
};

extern struct gf_session gf_session;

/// Counts forks and reconnects: state that was made in an earlier session compares its own copy.
extern uint32_t gf_session_generation;

/// Opens the session if there is none. GF_CONNECT_OK if there is one now. Failures log one line.
/// `hello_flags` (GF_HELLO_*) tells the server what it is opened for; a session serves every API.
enum gf_connect_status gf_session_open(uint32_t hello_flags);

static inline int gf_session_is_open(void) { return gf_load_acquire(&gf_session.region) != NULL; }

/// Looks whether the other side is gone; if so, makes `sticky_error` positive and wakes every
/// sleeping thread. Called by whoever has waited for a while. Non-zero if the session is over.
int gf_session_check(void);

/// Has this process's session been found to be over? A look at a word; gf_session_check() looks further.
int gf_session_is_ended(void);

/// The session is over: `code` becomes the sticky error unless there is one. Logs `why` once.
void gf_session_end(int32_t code, const char *why);

/// The process has begun to exit. From now on nobody waits long: what is still running (a kernel without
/// end) must not hold the process, and exit handlers have no use for its result.
void gf_session_leave(void);
int gf_session_is_leaving(void);

/// A thread has waited for `looks` times 100 ms; ends the session if that is too long now.
void gf_session_tire(unsigned looks);
#define GF_LEAVING_LOOKS 4u

/// Called in the child of a fork after the session was forgotten.
void gf_session_on_fork_child(void (*hook)(void));

/// Codes of a session that ended, see docs/design/errors.md. The CUDA layer asserts that they are
/// CUDA_ERROR_LAUNCH_FAILED, CUDA_ERROR_DEVICE_UNAVAILABLE and CUDA_ERROR_DEINITIALIZED.
#define GF_ENDED_LOST 719
#define GF_ENDED_REVOKED 46
#define GF_ENDED_LEFT 4
