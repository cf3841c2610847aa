/* A window that grows and shrinks: each frame is as large as the window is by then, down to its last row. */
#include "common/window.h"
#include <stdio.h>

static const int SIZES[][2] = {{100, 80}, {233, 177}, {640, 480}, {31, 57}, {31, 57}, {300, 10}};

/* A frame round the whole window, one pixel wide, and a diagonal. */
static void draw(int width, int height) {
  glViewport(0, 0, width, height);
  glMatrixMode(GL_PROJECTION);
  glLoadIdentity();
  glOrtho(0, width, 0, height, -1, 1);
  glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
  glColor3f(1, 1, 0);
  glBegin(GL_LINE_LOOP);
  glVertex2f(0.5f, 0.5f);
  glVertex2f(width - 0.5f, 0.5f);
  glVertex2f(width - 0.5f, height - 0.5f);
  glVertex2f(0.5f, height - 0.5f);
  glEnd();
  glColor3f(0, 1, 1);
  glBegin(GL_TRIANGLES);
  glVertex2i(width / 4, height / 4);
  glVertex2i(3 * width / 4, height / 4);
  glVertex2i(width / 2, 3 * height / 4);
  glEnd();
}

int main(void) {
  const struct window_options options = {.width = 200, .height = 200};
  struct window window = window_open(&options);
  draw(200, 200);
  glXSwapBuffers(window.display, window.id);
  for (unsigned i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
    const int width = SIZES[i][0], height = SIZES[i][1];
    char name[32];
    if (i == 0 || width != SIZES[i - 1][0] || height != SIZES[i - 1][1])
      window_resize(&window, width, height);
    /* A frame may still have the old size: the new one counts from the next on. */
    draw(width, height);
    glXSwapBuffers(window.display, window.id);
    draw(width, height);
    glXSwapBuffers(window.display, window.id);
    glXWaitGL();
    snprintf(name, sizeof name, "resize-%u", i);
    window_checksum(&window, name);
    window_check_pixel(&window, width - 1, 0, 255, 255, 0, "the upper right corner");
    window_check_pixel(&window, 0, height - 1, 255, 255, 0, "the lower left corner");
  }
  const int status = finish();
  window_close(&window);
  return status;
}
