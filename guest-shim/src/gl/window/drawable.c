#include "gl/window/drawable.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "gl/stub.h"
#include "gl_wire.h"
#include "session/session.h"

/// More drawables than this at once are refused, as drivers run out of memory long before.
#define GF_DRAWABLES_MAX 65536u

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t g_used[GF_DRAWABLES_MAX / 64]; // bit i: the number i + 1 is in use
static uint32_t g_generation;

/// The lowest free number, or 0.
static uint32_t take_id(void) {
  uint32_t id = 0;
  pthread_mutex_lock(&g_mutex);
  if (g_generation != gf_session_generation) {
    memset(g_used, 0, sizeof g_used);
    g_generation = gf_session_generation;
  }
  for (uint32_t word = 0; word < GF_DRAWABLES_MAX / 64 && id == 0; word++) {
    if (g_used[word] == UINT64_MAX)
      continue;
    const uint32_t bit = (uint32_t)__builtin_ctzll(~g_used[word]);
    g_used[word] |= 1ull << bit;
    id = word * 64 + bit + 1;
  }
  pthread_mutex_unlock(&g_mutex);
  return id;
}

static void give_id(uint32_t id) {
  pthread_mutex_lock(&g_mutex);
  g_used[(id - 1) / 64] &= ~(1ull << ((id - 1) % 64));
  pthread_mutex_unlock(&g_mutex);
}

static int is_stale(const struct gf_gl_drawable *drawable) {
  return drawable->generation != gf_session_generation;
}

/// Numbers come back, so creation and destruction are points: a lane that was told of the drawable
/// does not overtake them.
static void create_on_host(struct gf_gl_lane *lane, const struct gf_gl_drawable *drawable) {
  const struct gf_gl_config *config = &drawable->config;
  struct gf_gl_gfGlCreateDrawable_args *args =
      gf_gl_begin(lane, GF_GL_OP_gfGlCreateDrawable, sizeof *args);
  *args = (struct gf_gl_gfGlCreateDrawable_args){
      .drawable = drawable->id,
      .flags = (config->double_buffer ? GF_GL_DRAWABLE_DOUBLE_BUFFER : 0) |
               (config->srgb ? GF_GL_DRAWABLE_SRGB : 0) |
               (config->is_float ? GF_GL_DRAWABLE_FLOAT : 0) |
               (config->is_bottom_up ? GF_GL_DRAWABLE_BOTTOM_UP : 0),
      .width = drawable->width,
      .height = drawable->height,
      .red = config->red,
      .green = config->green,
      .blue = config->blue,
      .alpha = config->alpha,
      .depth = config->depth,
      .stencil = config->stencil,
      .samples = config->samples,
      .accum = config->accum,
  };
  gf_gl_post_point(lane);
}

struct gf_gl_drawable *gf_gl_drawable_new(const struct gf_gl_config *config, uint32_t width,
                                          uint32_t height, struct gf_x_target *target) {
  struct gf_gl_lane *lane = gf_gl_thread_lane();
  struct gf_gl_drawable *drawable = lane != NULL ? calloc(1, sizeof *drawable) : NULL;
  struct gf_frames *frames = drawable != NULL && target != NULL ? gf_frames_new(target) : NULL;
  const uint32_t id = drawable != NULL && (target == NULL || frames != NULL) ? take_id() : 0;
  if (id == 0) {
    if (frames != NULL)
      gf_frames_free(frames);
    else if (target != NULL)
      gf_x_target_close(target);
    free(drawable);
    return NULL;
  }
  drawable->id = id;
  drawable->references = 1;
  drawable->generation = gf_session_generation;
  drawable->config = *config;
  drawable->width = target != NULL ? target->width : width;
  drawable->height = target != NULL ? target->height : height;
  drawable->frames = frames;
  pthread_mutex_init(&drawable->mutex, NULL);
  create_on_host(lane, drawable);
  return drawable;
}

void gf_gl_drawable_ref(struct gf_gl_drawable *drawable) {
  __atomic_fetch_add(&drawable->references, 1, __ATOMIC_RELAXED);
}

void gf_gl_drawable_unref(struct gf_gl_drawable *drawable) {
  if (drawable == NULL || __atomic_sub_fetch(&drawable->references, 1, __ATOMIC_ACQ_REL) != 0)
    return;
  if (drawable->frames != NULL)
    gf_frames_free(drawable->frames);
  struct gf_gl_lane *lane = is_stale(drawable) ? NULL : gf_gl_thread_lane();
  if (lane != NULL) {
    struct gf_gl_gfGlDestroyDrawable_args *args =
        gf_gl_begin(lane, GF_GL_OP_gfGlDestroyDrawable, sizeof *args);
    *args = (struct gf_gl_gfGlDestroyDrawable_args){.drawable = drawable->id};
    gf_gl_post_point(lane);
    give_id(drawable->id);
  }
  pthread_mutex_destroy(&drawable->mutex);
  free(drawable);
}

void gf_gl_drawable_follow(struct gf_gl_drawable *drawable, int asks) {
  if (drawable->frames == NULL || is_stale(drawable))
    return;
  struct gf_x_target *target = drawable->frames->target;
  if (!target->is_window)
    return;
  if (asks)
    gf_x_target_ask(target);
  else
    gf_x_display_pump(target->display);
  const uint32_t width = gf_load_relaxed(&target->width);
  const uint32_t height = gf_load_relaxed(&target->height);
  struct gf_gl_lane *lane = gf_gl_thread_lane();
  if (lane == NULL || (width == drawable->width && height == drawable->height))
    return;
  drawable->width = width;
  drawable->height = height;
  struct gf_gl_gfGlResizeDrawable_args *args =
      gf_gl_begin(lane, GF_GL_OP_gfGlResizeDrawable, sizeof *args);
  *args = (struct gf_gl_gfGlResizeDrawable_args){
      .drawable = drawable->id, .width = width, .height = height};
  gf_gl_post_point(lane);
}

/// Has the executor read a rectangle (in OpenGL's coordinates) into the next slot of `frames`, if there
/// are any, and X shown it. Zero if there is nothing to be shown.
static int present(struct gf_gl_drawable *drawable, struct gf_frames *frames, uint32_t flags,
                   int32_t x, int32_t y, uint32_t width, uint32_t height) {
  struct gf_gl_lane *lane = is_stale(drawable) ? NULL : gf_gl_thread_lane();
  if (lane == NULL)
    return 0;
  pthread_mutex_lock(&drawable->mutex);
  struct gf_frame_slot slot = {0};
  const int is_shown =
      frames != NULL && width > 0 && height > 0 && gf_frames_take(frames, width, height, &slot);
  // A compositor would see through what is not opaque.
  if (is_shown && frames->target->depth == 32 && drawable->config.alpha == 0)
    flags |= GF_GL_PRESENT_ALPHA;
  struct gf_gl_gfGlPresent_args *args = gf_gl_begin(lane, GF_GL_OP_gfGlPresent, sizeof *args);
  *args = (struct gf_gl_gfGlPresent_args){.drawable = drawable->id, .flags = flags};
  if (is_shown) {
    args->x = x;
    args->y = y;
    args->width = width;
    args->height = height;
    args->pixels_offset = slot.pixels_offset;
    args->pixels_bytes = slot.pixels_bytes;
    args->row_bytes = (uint64_t)width * 4;
    args->done_offset = slot.done_offset;
    args->done_value = slot.done_value;
  }
  gf_gl_post_point(lane);
  if (is_shown)
    gf_frames_queue(frames, width, height, x, (int32_t)drawable->height - y - (int32_t)height);
  pthread_mutex_unlock(&drawable->mutex);
  return is_shown;
}

void gf_gl_drawable_swap(struct gf_gl_drawable *drawable) {
  if (!drawable->config.double_buffer) {
    gf_gl_drawable_show_front(drawable);
    return;
  }
  present(drawable, drawable->frames, GF_GL_PRESENT_SWAP, 0, 0, drawable->width, drawable->height);
  drawable->swaps++;
  gf_gl_drawable_follow(drawable, 0);
}

void gf_gl_drawable_copy_sub(struct gf_gl_drawable *drawable, int32_t x, int32_t y, int32_t width,
                             int32_t height) {
  // Cut to the drawable: X is sent what there is.
  const int64_t right = (int64_t)x + width < drawable->width ? (int64_t)x + width : drawable->width;
  const int64_t top =
      (int64_t)y + height < drawable->height ? (int64_t)y + height : drawable->height;
  x = x > 0 ? x : 0;
  y = y > 0 ? y : 0;
  if (right > x && top > y && drawable->config.double_buffer)
    present(drawable, drawable->frames, 0, x, y, (uint32_t)(right - x), (uint32_t)(top - y));
}

void gf_gl_drawable_show_front(struct gf_gl_drawable *drawable) {
  if (drawable->frames == NULL || (drawable->config.double_buffer && !drawable->front_drawn))
    return;
  present(drawable, drawable->frames, GF_GL_PRESENT_FRONT, 0, 0, drawable->width, drawable->height);
  gf_gl_drawable_follow(drawable, 0);
}

int gf_gl_drawable_copy_to(struct gf_gl_drawable *drawable, struct gf_x_target *target) {
  struct gf_frames *frames = gf_frames_new(target);
  if (frames == NULL) {
    gf_x_target_close(target);
    return 0;
  }
  const uint32_t flags = drawable->config.double_buffer ? 0 : GF_GL_PRESENT_FRONT;
  const int is_shown = present(drawable, frames, flags, 0, 0, drawable->width, drawable->height);
  gf_frames_free(frames); // waits
  return is_shown;
}

void gf_gl_drawable_bind(struct gf_gl_drawable *drawable) {
  struct gf_gl_lane *lane = is_stale(drawable) ? NULL : gf_gl_enter();
  if (lane == NULL)
    return;
  struct gf_gl_gfGlBindTexImage_args *args =
      gf_gl_begin(lane, GF_GL_OP_gfGlBindTexImage, sizeof *args);
  *args = (struct gf_gl_gfGlBindTexImage_args){.drawable = drawable->id,
                                               .has_alpha = drawable->config.alpha != 0};
  gf_gl_post(lane);
}

void gf_gl_drawable_finish(struct gf_gl_drawable *drawable) {
  if (drawable->frames != NULL && !is_stale(drawable))
    gf_frames_finish(drawable->frames);
}
