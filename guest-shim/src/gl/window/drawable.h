// What a context draws to: a window, a pixmap or a pbuffer. The buffers are the host's; here is what the
// guest must know of them, and how their pictures reach X.
#pragma once

#include <pthread.h>
#include <stdint.h>

#include "gl/window/config.h"
#include "gl/window/frames.h"

struct gf_gl_drawable {
  uint32_t id;         ///< the guest's number for it, as in gfGlCreateDrawable
  uint32_t references; ///< atomic: who created it, and every thread that has it current
  uint32_t generation; ///< gf_session_generation it belongs to
  struct gf_gl_config config;
  uint32_t width; ///< as the host was told last
  uint32_t height;
  struct gf_frames *frames; ///< NULL for a pbuffer
  pthread_mutex_t mutex;    ///< of `frames`, for a drawable that two threads have current
  int32_t swap_interval;
  uint32_t swaps;       ///< how often it was swapped
  uint32_t asked_at;    ///< 1 + `swaps` when X was last asked for the window's size
  uint32_t front_drawn; ///< a context draws to the front buffer of a double-buffered one
};

/// A drawable of this size, or of the target's where there is one (which it owns from here on, also
/// when it fails). NULL without a session or memory.
struct gf_gl_drawable *gf_gl_drawable_new(const struct gf_gl_config *config, uint32_t width,
                                          uint32_t height, struct gf_x_target *target);

void gf_gl_drawable_ref(struct gf_gl_drawable *drawable);

/// NULL is allowed.
void gf_gl_drawable_unref(struct gf_gl_drawable *drawable);

/// Takes up a new size of the window, if it has one. `asks`: with a round trip to X, else from what has
/// arrived.
void gf_gl_drawable_follow(struct gf_gl_drawable *drawable, int asks);

// The following are called where the drawable is the current context's draw drawable.

/// Shows the back buffer. What GLX and EGL call a swap.
void gf_gl_drawable_swap(struct gf_gl_drawable *drawable);

/// Shows a rectangle of the back buffer; (x, y) is its lower left corner in OpenGL's coordinates.
void gf_gl_drawable_copy_sub(struct gf_gl_drawable *drawable, int32_t x, int32_t y, int32_t width,
                             int32_t height);

/// Shows the front buffer, if contexts draw to it.
void gf_gl_drawable_show_front(struct gf_gl_drawable *drawable);

/// Puts the picture that the drawable's colour buffer holds into an X pixmap, which it closes in any
/// case, and waits until it is there. Zero if it could not.
int gf_gl_drawable_copy_to(struct gf_gl_drawable *drawable, struct gf_x_target *target);

/// Makes the drawable's back buffer the 2D texture that is bound; needs a current context, else nothing
/// happens.
void gf_gl_drawable_bind(struct gf_gl_drawable *drawable);

/// Waits until X has all that was shown.
void gf_gl_drawable_finish(struct gf_gl_drawable *drawable);
