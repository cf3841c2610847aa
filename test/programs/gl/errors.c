/* Errors: the right one, from the right call, one at a time, and nothing changed by the call that failed. */
#include "common/headless.h"
#include "common/shaders.h"
#include <string.h>

static void enums_and_values(void) {
  GLint value = 12345;
  glEnable(0x9999);
  check_error(GL_INVALID_ENUM, "glEnable");
  glGetIntegerv(0x9999, &value);
  check(value == 12345, "a get that failed left %d", value);
  check_error(GL_INVALID_ENUM, "glGetIntegerv");
  glViewport(0, 0, -1, 5);
  check_error(GL_INVALID_VALUE, "glViewport");
  glBindTexture(GL_TEXTURE_2D, 0);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, -3, 4, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
  check_error(GL_INVALID_VALUE, "glTexImage2D, a negative width");
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 4, 4, 0, GL_RGBA, 0x1111, NULL);
  check_error(GL_INVALID_ENUM, "glTexImage2D, no such type");
  glDrawArrays(GL_TRIANGLES, 0, -1);
  check_error(GL_INVALID_VALUE, "glDrawArrays, a negative count");
  glDrawArrays(0x77, 0, 3);
  check_error(GL_INVALID_ENUM, "glDrawArrays, no such mode");
  glBufferData(GL_ARRAY_BUFFER, 10, NULL, GL_STATIC_DRAW);
  check_error(GL_INVALID_OPERATION, "glBufferData without a buffer");
  glPixelStorei(GL_UNPACK_ALIGNMENT, 3);
  check_error(GL_INVALID_VALUE, "glPixelStorei");
  glGetIntegerv(GL_UNPACK_ALIGNMENT, &value);
  check(value == 4, "an alignment of %d", value);
  check(glGetString(0x4444) == NULL, "a string that is none");
  check_error(GL_INVALID_ENUM, "glGetString");
}

static void one_at_a_time(void) {
  glEnable(0x9999);
  glViewport(0, 0, -1, 5);
  glEnable(0x9999);
  check(glGetError() == GL_INVALID_ENUM, "the first error is kept");
  check(glGetError() == GL_NO_ERROR, "and the others are not");
}

static void names(void) {
  GLuint name = 0;
  glUseProgram(98765);
  check_error(GL_INVALID_VALUE, "a program that is none");
  glAttachShader(98765, 98766);
  check_error(GL_INVALID_VALUE, "neither program nor shader");
  const GLuint shader = glCreateShader(GL_VERTEX_SHADER);
  glUseProgram(shader);
  check_error(GL_INVALID_OPERATION, "a shader is no program");
  glLinkProgram(shader);
  check_error(GL_INVALID_OPERATION, "a shader does not link");
  const GLchar *const nowhere = (const GLchar *)8;
  glShaderSource(98765, 1, &nowhere, NULL);
  check_error(GL_INVALID_VALUE, "source for a name that is none: its texts are not looked at");
  const GLchar *const nothing = NULL;
  glShaderSource(shader, 1, &nothing, NULL);
  check_error(GL_INVALID_OPERATION, "a text that is a null pointer");
  glShaderSource(shader, -1, &nothing, NULL);
  check_error(GL_INVALID_VALUE, "a negative number of texts");
  glDeleteShader(shader);
  check(!glIsShader(shader), "a deleted shader is none");
  check(glCreateShader(0x8888) == 0, "a shader of no type");
  check_error(GL_INVALID_ENUM, "a shader of no type");
  glGenTextures(-1, &name);
  check_error(GL_INVALID_VALUE, "glGenTextures of a negative number");
  glGenTextures(1, &name);
  check(!glIsTexture(name), "a name that was never bound is no texture yet");
  glBindTexture(GL_TEXTURE_2D, name);
  check(glIsTexture(name), "a name that was bound is one");
  glBindTexture(GL_TEXTURE_3D, name);
  check_error(GL_INVALID_OPERATION, "a texture of another kind");
  glDeleteTextures(1, &name);
  glDeleteTextures(1, &name);
  check_error(GL_NO_ERROR, "deleting what is not there");
  glBindFramebuffer(GL_FRAMEBUFFER, 4242);
  check_error(GL_INVALID_OPERATION, "a framebuffer that nobody generated");
}

static void programs(void) {
  static const char BROKEN[] = "#version 330 core\nvoid main() { this is not GLSL }\n";
  const char *source = BROKEN;
  char log[64];
  GLint status = 1, length = 0;
  const GLuint shader = glCreateShader(GL_FRAGMENT_SHADER), program = glCreateProgram();
  glShaderSource(shader, 1, &source, NULL);
  glCompileShader(shader);
  glGetShaderiv(shader, GL_COMPILE_STATUS, &status);
  glGetShaderiv(shader, GL_INFO_LOG_LENGTH, &length);
  check(status == GL_FALSE && length > 10, "what is not GLSL does not compile");
  memset(log, 'x', sizeof log);
  glGetShaderInfoLog(shader, 20, &length, log);
  check(length == 19 && log[19] == 0 && log[20] == 'x', "a log cut to 20 bytes");
  checksum("log", log, 20);
  glAttachShader(program, shader);
  glLinkProgram(program);
  glGetProgramiv(program, GL_LINK_STATUS, &status);
  check(status == GL_FALSE, "nothing links that did not compile");
  glUseProgram(program);
  check_error(GL_INVALID_OPERATION, "a program that is not linked is used");
  check(glGetUniformLocation(program, "any") == -1, "a location of no program");
  check_error(GL_INVALID_OPERATION, "a location of no program");
  glUniform1i(5, 1);
  check_error(GL_INVALID_OPERATION, "a uniform without a program");
}

/* A command whose extension the driver has not got: it can be linked with and found, and refuses. */
static void commands_without_extension(void) {
  const PFNGLGETTEXTUREHANDLEARBPROC found =
      (PFNGLGETTEXTUREHANDLEARBPROC)eglGetProcAddress("glGetTextureHandleARB");
  check(found != NULL, "it is found");
  check(glGetTextureHandleARB(0) == 0, "no handle");
  check_error(GL_INVALID_OPERATION, "linked with");
  check(found != NULL && found(0) == 0, "no handle");
  check_error(GL_INVALID_OPERATION, "looked up");
}

int main(void) {
  struct headless headless = headless_open(EGL_OPENGL_API, 3, 3);
  GLuint array;
  glGenVertexArrays(1, &array);
  glBindVertexArray(array);
  enums_and_values();
  one_at_a_time();
  names();
  programs();
  commands_without_extension();
  const int status = finish();
  headless_close(&headless);
  return status;
}
