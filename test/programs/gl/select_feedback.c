/* Selection and feedback, evaluators, pixel maps and stipples: what only a compatibility profile has. */
#include "common/window.h"
#include <stdio.h>

static void square(float x, float y) { glRectf(x, y, x + 0.4f, y + 0.4f); }

static void select_names(void) {
  static GLuint hits[64];
  glSelectBuffer(64, hits);
  glRenderMode(GL_SELECT);
  glInitNames();
  glPushName(100);
  square(-0.9f, -0.9f);
  glLoadName(200);
  square(5, 5); /* outside */
  glPushName(7);
  square(0, 0);
  glPopName();
  const GLint count = glRenderMode(GL_RENDER);
  check(count == 2, "%d hits", count);
  checksum("hits", hits, 9 * sizeof *hits);
}

static void feed_back(void) {
  static GLfloat values[256];
  glFeedbackBuffer(256, GL_3D_COLOR, values);
  glRenderMode(GL_FEEDBACK);
  glPassThrough(12.5f);
  glColor3f(1, 0.5f, 0);
  square(-0.5f, -0.5f);
  glBegin(GL_LINES);
  glVertex2f(0, 0), glVertex2f(1, 1);
  glEnd();
  const GLint count = glRenderMode(GL_RENDER);
  printf("%d values fed back\n", count);
  check(count > 30 && values[0] == GL_PASS_THROUGH_TOKEN && values[1] == 12.5f,
        "the mark is first");
  if (count > 0)
    checksum("fed back", values, count * sizeof *values);
  glFeedbackBuffer(4, GL_2D, values);
  glRenderMode(GL_FEEDBACK);
  square(0, 0);
  check(glRenderMode(GL_RENDER) == -1, "too much to feed back");
}

static void evaluate(void) {
  static const GLfloat POINTS[4][3] = {
      {-0.9f, -0.9f, 0}, {-0.5f, 0.9f, 0}, {0.5f, -0.9f, 0}, {0.9f, 0.9f, 0}};
  GLfloat back[12] = {0};
  glMap1f(GL_MAP1_VERTEX_3, 0, 1, 3, 4, &POINTS[0][0]);
  glEnable(GL_MAP1_VERTEX_3);
  glMapGrid1f(20, 0, 1);
  glEvalMesh1(GL_LINE, 0, 20);
  glGetMapfv(GL_MAP1_VERTEX_3, GL_COEFF, back);
  check(back[3] == -0.5f && back[11] == 0, "control points");
}

static void pixel_maps(void) {
  const GLfloat map[4] = {0, 0.25f, 0.5f, 1};
  GLfloat back[4] = {0};
  GLubyte stipple[128], stipple_back[128];
  for (int i = 0; i < 128; i++)
    stipple[i] = pattern(i) >> 24;
  glPixelMapfv(GL_PIXEL_MAP_R_TO_R, 4, map);
  glGetPixelMapfv(GL_PIXEL_MAP_R_TO_R, back);
  check(back[1] == 0.25f && back[3] == 1, "a pixel map");
  glPolygonStipple(stipple);
  glGetPolygonStipple(stipple_back);
  checksum("stipple", stipple_back, sizeof stipple_back);
  glEnable(GL_POLYGON_STIPPLE);
  square(-0.2f, -0.2f);
  glDisable(GL_POLYGON_STIPPLE);
}

int main(void) {
  const struct window_options options = {.width = 100, .height = 100};
  struct window window = window_open(&options);
  glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
  select_names();
  feed_back();
  evaluate();
  pixel_maps();
  checksum_pixels("drawn", options.width, options.height);
  const int status = finish();
  window_close(&window);
  return status;
}
