/* Asks for numbers that no driver knows. Mesa 22 looks beyond the end of a table for some of them, and does not survive it. */
#include "common/window.h"
#include <stdio.h>

int main(void) {
  const struct window_options options = {.width = 16, .height = 16};
  struct window window = window_open(&options);
  for (GLenum name = 0x9500; name < 0xa000; name++) {
    GLint values[256];
    glGetIntegerv(name, values);
  }
  while (glGetError() != GL_NO_ERROR)
    ;
  printf("survived\n");
  window_close(&window);
  return 0;
}
