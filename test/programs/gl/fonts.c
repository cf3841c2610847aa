/* An X font's glyphs as display lists (glXUseXFont), of the one font that every X server has. */
#include "common/window.h"

enum { WIDTH = 200, HEIGHT = 60, GLYPHS = 96 };

int main(void) {
  const struct window_options options = {.width = WIDTH, .height = HEIGHT};
  struct window window = window_open(&options);
  const Font font = XLoadFont(window.display, "fixed");
  const GLuint lists = glGenLists(GLYPHS);
  glXUseXFont(font, 32, GLYPHS, (int)lists);
  check(glIsList(lists + 'A' - 32) == GL_TRUE, "a glyph is a list");
  glViewport(0, 0, WIDTH, HEIGHT);
  glClearColor(0, 0, 0.25f, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  glColor3f(1, 1, 0);
  glRasterPos2f(-0.9f, 0);
  glListBase(lists - 32);
  glCallLists(10, GL_UNSIGNED_BYTE, "Glyphs,jq|");
  while (glGetError() !=
         GL_NO_ERROR) /* Mesa finds no memory for a glyph without pixels, in a list */
    ;
  checksum_pixels("text", WIDTH, HEIGHT);
  glXSwapBuffers(window.display, window.id);
  glFinish();
  window_checksum(&window, "text");
  XUnloadFont(window.display, font);
  const int status = finish();
  window_close(&window);
  return status;
}
