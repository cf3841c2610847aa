#include "gl/window/window.h"

#include "gl/buffer_track.h"
#include "gl/thread.h"
#include "gl/window/drawable.h"
#include "gl_api.h"

void gf_window_flushed(void) {
  if (gf_gl.draw != NULL)
    gf_gl_drawable_show_front(gf_gl.draw);
}

void gf_window_finished(void) {
  if (gf_gl.draw == NULL)
    return;
  gf_gl_drawable_show_front(gf_gl.draw);
  gf_gl_drawable_finish(gf_gl.draw);
}

void gf_gl_observe_glFlush(void) { gf_window_flushed(); }
void gf_gl_observe_glFinish(void) {
  gf_window_finished();
  gf_gl_tracked_finished();
}

/// Programs set the viewport to their window's new size as soon as they hear of it, which may be before we
/// do: another size than the drawable's is worth asking X, once a frame.
void gf_gl_observe_glViewport(GLint x, GLint y, GLsizei width, GLsizei height) {
  (void)x;
  (void)y;
  struct gf_gl_drawable *drawable = gf_gl.draw;
  if (drawable == NULL ||
      ((uint32_t)width == drawable->width && (uint32_t)height == drawable->height))
    return;
  const int asks = drawable->asked_at != drawable->swaps + 1;
  drawable->asked_at = drawable->swaps + 1;
  gf_gl_drawable_follow(drawable, asks);
}

/// Framebuffer objects have no front: naming one is about the window, or an error. It is never taken back,
/// for what was drawn there must be shown though the program has gone over to the back buffer since.
static void see_draw_buffer(GLenum buffer) {
  const int is_front = buffer == GL_FRONT || buffer == GL_FRONT_LEFT || buffer == GL_FRONT_RIGHT ||
                       buffer == GL_FRONT_AND_BACK || buffer == GL_LEFT || buffer == GL_RIGHT;
  if (is_front && gf_gl.draw != NULL)
    gf_gl.draw->front_drawn = 1;
}

static void see_draw_buffers(GLsizei n, const GLenum *buffers) {
  for (GLsizei i = 0; buffers != NULL && i < n; i++)
    see_draw_buffer(buffers[i]);
}

void gf_gl_observe_glDrawBuffer(GLenum buffer) { see_draw_buffer(buffer); }

void gf_gl_observe_glDrawBuffers(GLsizei n, const GLenum *buffers) { see_draw_buffers(n, buffers); }

void gf_gl_observe_glNamedFramebufferDrawBuffer(GLuint framebuffer, GLenum buffer) {
  (void)framebuffer;
  see_draw_buffer(buffer);
}

void gf_gl_observe_glNamedFramebufferDrawBuffers(GLuint framebuffer, GLsizei n,
                                                 const GLenum *buffers) {
  (void)framebuffer;
  see_draw_buffers(n, buffers);
}
