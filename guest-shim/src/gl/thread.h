// What a thread has of its own in OpenGL: its lane, its current context, what that draws to.
#pragma once

#include "lane/lane.h"

struct gf_gl_context;
struct gf_gl_drawable;

struct gf_gl_lane {
  struct gf_lane_client client; ///< first: gf_lane_open() makes both in one
  uint64_t publish_at;          ///< once client.head is here, what lies in the ring is shown
  void *scratch;                ///< see gf_gl_scratch
  uint64_t scratch_bytes;
  /// Counts what may have changed the context's state: what was remembered at another number is forgotten.
  uint64_t changes;
  struct gf_gl_stage *stage; ///< data/stage.h; made on first use
  uint32_t raised;   ///< first GL error found by the guest itself and not yet told to the executor
  int skips_tracked; ///< the next frame goes without gf_gl_send_tracked()
  int dropped;       ///< the frame under construction had no room for its data
  int is_fetching;   ///< debug messages are being fetched or handed over
  int each_call_waits; ///< debug output is synchronous: every command is waited for
};

struct gf_gl_thread {
  struct gf_gl_lane
      *current; ///< `lane` while a context is current and the session lives, else NULL
  struct gf_gl_context *context;
  struct gf_gl_lane *lane;     ///< NULL until this thread's first call that travels
  uint32_t draw_id, read_id;   ///< as the host was told
  struct gf_gl_drawable *draw; ///< these two are window/current.c's
  struct gf_gl_drawable *read;
};

// Initial-exec: every command reads it, with one instruction.
extern _Thread_local struct gf_gl_thread gf_gl __attribute__((tls_model("initial-exec")));

/// This thread's lane, whether or not a context is current: for what creates and destroys contexts
/// and drawables. Opens the session and the lane on first use; NULL if there is none to be had (the
/// reason was logged) or if the session is over.
struct gf_gl_lane *gf_gl_thread_lane(void);

/// At least `bytes` of this thread's own memory, valid until the next call of this function; NULL
/// without memory.
void *gf_gl_scratch(struct gf_gl_lane *lane, uint64_t bytes);

/// The session of this process is over: for good, or until a forked child opens its own.
int gf_gl_is_lost(void);

/// Marks this thread's session as over: its commands do nothing from here on. Where a context is current
/// that did not ask to be told of such a loss, the process ends: see thread.c.
void gf_gl_lose(struct gf_gl_lane *lane);

/// Whether the session is over; gf_gl_lose() if it is. For what a program does over and over without
/// waiting for an answer.
int gf_gl_notice_loss(void);
