/* The fixed pipeline in a window: glBegin, matrices, lighting, fog, display lists within display lists. */
#include "common/window.h"
#include <math.h>
#include <stdio.h>

static void wheel(int spokes, float inner, float outer) {
  glBegin(GL_QUAD_STRIP);
  for (int i = 0; i <= spokes; i++) {
    const float angle = 2 * (float)M_PI * i / spokes;
    glNormal3f(cosf(angle), sinf(angle), 0.5f);
    glVertex3f(inner * cosf(angle), inner * sinf(angle), 0);
    glVertex3f(outer * cosf(angle), outer * sinf(angle), 0.3f * (i & 1));
  }
  glEnd();
}

static GLuint make_lists(void) {
  const GLuint first = glGenLists(3);
  glNewList(first, GL_COMPILE);
  wheel(12, 0.2f, 0.8f);
  glEndList();
  glNewList(first + 1, GL_COMPILE);
  for (int i = 0; i < 3; i++) {
    const GLfloat colour[4] = {i == 0, i == 1, i == 2, 1};
    glPushMatrix();
    glTranslatef(i - 1.0f, 0.5f * i - 0.5f, 0);
    glRotatef(25.0f * i, 0.3f, 1, 0);
    glMaterialfv(GL_FRONT_AND_BACK, GL_AMBIENT_AND_DIFFUSE, colour);
    glCallList(first);
    glPopMatrix();
  }
  glEndList();
  glNewList(first + 2, GL_COMPILE_AND_EXECUTE);
  glColor3f(1, 1, 0);
  glRectf(-0.1f, -0.1f, 0.1f, 0.1f);
  glEndList();
  return first;
}

static void set_scene(void) {
  const GLfloat position[4] = {3, 4, 10, 0}, fog[4] = {0.1f, 0.1f, 0.2f, 1};
  glMatrixMode(GL_PROJECTION);
  glFrustum(-1, 1, -1, 1, 2, 20);
  glMatrixMode(GL_MODELVIEW);
  glTranslatef(0, 0, -6);
  glEnable(GL_DEPTH_TEST);
  glEnable(GL_LIGHTING);
  glEnable(GL_LIGHT0);
  glEnable(GL_NORMALIZE);
  glLightfv(GL_LIGHT0, GL_POSITION, position);
  glEnable(GL_FOG);
  glFogi(GL_FOG_MODE, GL_LINEAR);
  glFogf(GL_FOG_START, 4);
  glFogf(GL_FOG_END, 9);
  glFogfv(GL_FOG_COLOR, fog);
}

/* Every way to give a vertex its attributes, as bytes, shorts, doubles and arrays. */
static void mixed_attributes(void) {
  const GLdouble place[2] = {0.9, -0.9};
  const GLubyte colour[4] = {255, 0, 255, 128};
  glDisable(GL_LIGHTING);
  glDisable(GL_FOG);
  glLoadIdentity();
  glMatrixMode(GL_PROJECTION);
  glLoadIdentity();
  glMatrixMode(GL_MODELVIEW);
  glBegin(GL_TRIANGLES);
  glColor4ubv(colour);
  glVertex2dv(place);
  glColor3s(32767, 0, 0);
  glVertex2i(0, -1);
  glColor3d(0.25, 0.5, 0.75);
  glVertex3f(0.5f, 0, 0);
  glEnd();
}

int main(void) {
  const struct window_options options = {.width = 300, .height = 300};
  struct window window = window_open(&options);
  set_scene();
  glClearColor(0.1f, 0.1f, 0.2f, 1);
  glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
  const GLuint lists = make_lists();
  const GLubyte order[2] = {0, 1};
  glListBase(lists + 1);
  glCallLists(1, GL_UNSIGNED_BYTE, order);
  check(glIsList(lists + 2) && !glIsList(lists + 3), "lists have names");
  mixed_attributes();
  checksum_pixels("drawn", options.width, options.height);
  glXSwapBuffers(window.display, window.id);
  glXWaitGL();
  window_checksum(&window, "immediate");

  GLfloat matrix[16], colour[4];
  glPushAttrib(GL_CURRENT_BIT);
  glColor4f(0.25f, 0.5f, 0.75f, 1);
  glGetFloatv(GL_CURRENT_COLOR, colour);
  check(colour[0] == 0.25f && colour[2] == 0.75f, "the current colour is %g %g", colour[0],
        colour[2]);
  glPopAttrib();
  glScalef(2, 3, 4);
  glGetFloatv(GL_MODELVIEW_MATRIX, matrix);
  check(matrix[0] == 2 && matrix[5] == 3 && matrix[10] == 4, "a scaled matrix");
  glDeleteLists(lists, 3);
  const int status = finish();
  window_close(&window);
  return status;
}
