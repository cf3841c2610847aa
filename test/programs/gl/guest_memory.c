/* What the guest decides by itself about the application's memory and names: attachments by name, indirect draws from
 * arrays in client memory, arrays turned on with glEnable, images and uniforms that name more than there is. */
#include "common/headless.h"
#include "common/shaders.h"
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE 64

static void attachment_names(void) {
  GLuint texture[2], renderbuffer, framebuffer;
  GLint name = -1;
  glGenTextures(2, texture);
  glGenRenderbuffers(1, &renderbuffer);
  glGenFramebuffers(1, &framebuffer);
  glBindTexture(GL_TEXTURE_2D, texture[1]);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 8, 8, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
  glBindRenderbuffer(GL_RENDERBUFFER, renderbuffer);
  glRenderbufferStorage(GL_RENDERBUFFER, GL_DEPTH24_STENCIL8, 8, 8);
  GLint before;
  glGetIntegerv(GL_DRAW_FRAMEBUFFER_BINDING, &before);
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
  glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture[1], 0);
  glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_DEPTH_STENCIL_ATTACHMENT, GL_RENDERBUFFER,
                            renderbuffer);
  glGetFramebufferAttachmentParameteriv(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0,
                                        GL_FRAMEBUFFER_ATTACHMENT_OBJECT_NAME, &name);
  check(name == (GLint)texture[1], "the colour attachment is %d, not %u", name, texture[1]);
  glGetFramebufferAttachmentParameteriv(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT,
                                        GL_FRAMEBUFFER_ATTACHMENT_OBJECT_NAME, &name);
  check(name == (GLint)renderbuffer, "the depth attachment is %d, not %u", name, renderbuffer);
  glGetNamedFramebufferAttachmentParameteriv(framebuffer, GL_COLOR_ATTACHMENT0,
                                             GL_FRAMEBUFFER_ATTACHMENT_OBJECT_NAME, &name);
  check(name == (GLint)texture[1], "the named framebuffer's is %d, not %u", name, texture[1]);
  glGetFramebufferAttachmentParameteriv(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT1,
                                        GL_FRAMEBUFFER_ATTACHMENT_OBJECT_NAME, &name);
  check(name == 0, "nothing is attached, and it is %d", name);
  check_error(GL_NO_ERROR, "attachments");
  glBindFramebuffer(GL_FRAMEBUFFER, (GLuint)before);
}

/* A compatibility profile: arrays in memory, commands in a buffer. */
static void indirect_draws(void) {
  static const GLfloat corners[] = {-1, -1, 0, -1, 0, 0, -1, 0, 0, 0, 1, 0, 1, 1, 0, 1};
  static const GLuint commands[] = {4, 1, 0, 0, 0 /* padding */, 4, 1, 4, 0, 0};
  GLuint buffer;
  glGenBuffers(1, &buffer);
  glBindBuffer(GL_DRAW_INDIRECT_BUFFER, buffer);
  glBufferData(GL_DRAW_INDIRECT_BUFFER, sizeof commands, commands, GL_STATIC_DRAW);
  glClear(GL_COLOR_BUFFER_BIT);
  glColor3f(0, 1, 0);
  glVertexPointer(2, GL_FLOAT, 0, corners);
  glEnable(GL_VERTEX_ARRAY); /* EXT_vertex_array's way */
  glMultiDrawArraysIndirect(GL_TRIANGLE_FAN, NULL, 2, 20);
  check_pixel(SIZE / 4, SIZE / 4, 0, 255, 0, "the first command");
  check_pixel(3 * SIZE / 4, 3 * SIZE / 4, 0, 255, 0, "the second command");
  check_pixel(3 * SIZE / 4, SIZE / 4, 0, 0, 0, "no command");
  glMultiDrawArraysIndirect(GL_TRIANGLE_FAN, NULL, 3, 20);
  check_error(GL_INVALID_OPERATION, "commands beyond the buffer");
  glBindBuffer(GL_DRAW_INDIRECT_BUFFER, 0);
  check(glIsEnabled(GL_VERTEX_ARRAY), "the array is not on");
  glDisable(GL_VERTEX_ARRAY);
  glClear(GL_COLOR_BUFFER_BIT);
  glDrawArrays(GL_TRIANGLE_FAN, 0, 4);
  check_pixel(SIZE / 4, SIZE / 4, 0, 0, 0, "no array");
  glDrawElementsInstanced(GL_TRIANGLES, 3, GL_FLOAT, NULL, 2);
  check_error(GL_INVALID_ENUM, "indices that are none");
  checksum_pixels("indirect", SIZE, SIZE);
}

/* Nothing that may be read comes after it for a long way. */
#define NOTHING_BYTES ((size_t)64 << 20)

static void *end_of_memory(size_t bytes) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (bytes + page - 1) / page;
  uint8_t *memory = mmap(NULL, pages * page + NOTHING_BYTES, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(memory + pages * page, NOTHING_BYTES, PROT_NONE);
  return memory + pages * page - bytes;
}

static void too_little_memory(void) {
  GLubyte *pixels = end_of_memory(16 * 16 * 4);
  memset(pixels, 200, 16 * 16 * 4);
  /* Refused, whatever the memory holds. */
  glTexImage2D(GL_TEXTURE_RECTANGLE, 1, GL_RGBA, 512, 512, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
  check_error(GL_INVALID_VALUE, "an image of a level that rectangles lack");
  glTexImage2D(GL_TEXTURE_2D, -1, GL_RGBA, 512, 512, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
  check_error(GL_INVALID_VALUE, "an image of no level");
  /* An array of uniforms takes as many values as it has elements. */
  const GLuint program = program_of("#version 130\nuniform vec4 v[3];\n"
                                    "void main() { gl_Position = v[0] + v[1] + v[2]; }\n",
                                    "#version 130\nvoid main() { gl_FragColor = vec4(1); }\n");
  GLfloat *values = end_of_memory(3 * 4 * sizeof *values), got[4] = {0};
  for (int i = 0; i < 12; i++)
    values[i] = (GLfloat)i;
  glUseProgram(program);
  glUniform4fv(glGetUniformLocation(program, "v"), 1 << 30, values);
  check_error(GL_NO_ERROR, "more values than there are uniforms");
  glGetUniformfv(program, glGetUniformLocation(program, "v[2]"), got);
  check(got[0] == 8 && got[3] == 11, "the third is %g, %g", got[0], got[3]);
  glUseProgram(0);
}

static void textures_by_name(void) {
  GLuint texture;
  GLubyte pixels[4 * 4 * 4], *got = pixels;
  for (size_t i = 0; i < sizeof pixels; i++)
    pixels[i] = (GLubyte)pattern((uint32_t)i);
  glGenTextures(1, &texture);
  glBindTexture(GL_TEXTURE_2D, texture);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 4, 4, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
  glBindTexture(GL_TEXTURE_2D, 0);
  memset(got, 0, sizeof pixels);
  glGetTextureImage(texture, 0, GL_RGBA, GL_UNSIGNED_BYTE, sizeof pixels, got);
  check_error(GL_NO_ERROR, "a texture by name");
  checksum("texture by name", got, sizeof pixels);
}

static void between_begin_and_end(void) {
  static const GLfloat vertices[8];
  void *pointer = NULL;
  glVertexPointer(2, GL_FLOAT, 0, vertices);
  glBegin(GL_POINTS);
  glVertexPointer(3, GL_FLOAT, 0, vertices + 1);
  glEnd();
  check_error(GL_INVALID_OPERATION, "glVertexPointer between glBegin and glEnd");
  glGetPointerv(GL_VERTEX_ARRAY_POINTER, &pointer);
  check(pointer == vertices, "the pointer has changed");
  glBegin(GL_POINTS);
  const GLubyte *text = glGetString(GL_VENDOR);
  glEnd();
  check_error(GL_INVALID_OPERATION, "glGetString between glBegin and glEnd");
  check(text == NULL, "a text between glBegin and glEnd");
  glBegin(GL_POINTS + 77); /* does not begin */
  check_error(GL_INVALID_ENUM, "glBegin");
  glVertexPointer(3, GL_FLOAT, 0, vertices + 1);
  glGetPointerv(GL_VERTEX_ARRAY_POINTER, &pointer);
  check(pointer == vertices + 1, "the pointer has not changed");
  check_error(GL_NO_ERROR, "after a glBegin that was none");
}

int main(void) {
  struct headless headless = headless_open_compat(4, 5);
  headless_target(SIZE, SIZE);
  attachment_names();
  indirect_draws();
  too_little_memory();
  textures_by_name();
  between_begin_and_end();
  headless_close(&headless);
  return finish();
}
