/* Drawing that nobody swaps: single-buffered windows, the front buffer, copies from it; seen after a flush or finish. */
#include "common/window.h"

static void fill(float red, float green, float blue) {
  glClearColor(red, green, blue, 1);
  glClear(GL_COLOR_BUFFER_BIT);
}

static void single_buffered(void) {
  const struct window_options options = {.width = 120, .height = 100, .single_buffer = 1};
  struct window window = window_open(&options);
  fill(1, 0, 0);
  glFinish();
  window_check_pixel(&window, 60, 50, 255, 0, 0, "single-buffered, finished");
  glScissor(0, 0, 60, 100);
  glEnable(GL_SCISSOR_TEST);
  fill(0, 1, 0);
  glFlush();
  glXWaitGL();
  window_check_pixel(&window, 10, 50, 0, 255, 0, "single-buffered, flushed");
  window_check_pixel(&window, 90, 50, 255, 0, 0, "what was not drawn on");
  window_checksum(&window, "single_buffer");
  check_error(GL_NO_ERROR, "single-buffered");
  window_close(&window);
}

static void both_buffers(void) {
  const struct window_options options = {.width = 120, .height = 100};
  struct window window = window_open(&options);
  fill(0, 0, 1);
  glXSwapBuffers(window.display, window.id);
  fill(1, 1, 0); /* stays in the back */
  glXWaitGL();
  window_check_pixel(&window, 5, 5, 0, 0, 255, "after the swap");
  glDrawBuffer(GL_FRONT);
  glRectf(-0.5f, -0.5f, 0.5f, 0.5f);
  glFinish();
  window_check_pixel(&window, 60, 50, 255, 255, 255, "drawn in front");
  glReadBuffer(GL_FRONT);
  check_pixel(60, 50, 255, 255, 255, "the front buffer");
  glReadBuffer(GL_BACK);
  check_pixel(60, 50, 255, 255, 0, "the back buffer");
  glDrawBuffer(GL_BACK);
  glXSwapBuffers(window.display, window.id);
  glXWaitGL();
  window_check_pixel(&window, 60, 50, 255, 255, 0, "after a second swap");
  glDrawBuffer(GL_FRONT_AND_BACK);
  fill(1, 0, 1);
  glFinish();
  window_check_pixel(&window, 60, 50, 255, 0, 255, "front and back");
  check_error(GL_NO_ERROR, "two buffers");
  window_close(&window);
}

int main(void) {
  single_buffered();
  both_buffers();
  return finish();
}
