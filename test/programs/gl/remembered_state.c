/* State that the guest may remember has to be what the driver says, whatever came in between: thousands of random
 * commands, each kind of which changes state in a way of its own, and random questions after each. */
#include "common/headless.h"
#include <stdio.h>
#include <string.h>

#define STEPS 4000
#define TEXTURES 6

static uint32_t random_state = 1;

static uint32_t next(uint32_t limit) {
  random_state = pattern(random_state);
  return random_state % limit;
}

static const GLenum CAPABILITIES[] = {
    GL_BLEND,        GL_CULL_FACE,      GL_DEPTH_TEST,          GL_DITHER,
    GL_SCISSOR_TEST, GL_STENCIL_TEST,   GL_ALPHA_TEST,          GL_FOG,
    GL_LIGHTING,     GL_LINE_SMOOTH,    GL_NORMALIZE,           GL_TEXTURE_2D,
    GL_MULTISAMPLE,  GL_COLOR_LOGIC_OP, GL_POLYGON_OFFSET_FILL, GL_RASTERIZER_DISCARD};
static const GLenum NUMBERS[] = {GL_ACTIVE_TEXTURE,
                                 GL_ARRAY_BUFFER_BINDING,
                                 GL_BLEND_DST_RGB,
                                 GL_BLEND_EQUATION_RGB,
                                 GL_BLEND_SRC_ALPHA,
                                 GL_COLOR_WRITEMASK,
                                 GL_CURRENT_PROGRAM,
                                 GL_DEPTH_FUNC,
                                 GL_DEPTH_WRITEMASK,
                                 GL_DRAW_FRAMEBUFFER_BINDING,
                                 GL_ELEMENT_ARRAY_BUFFER_BINDING,
                                 GL_FRONT_FACE,
                                 GL_MATRIX_MODE,
                                 GL_POLYGON_MODE,
                                 GL_READ_FRAMEBUFFER_BINDING,
                                 GL_RENDERBUFFER_BINDING,
                                 GL_SAMPLER_BINDING,
                                 GL_SCISSOR_BOX,
                                 GL_SHADE_MODEL,
                                 GL_STENCIL_FUNC,
                                 GL_STENCIL_REF,
                                 GL_TEXTURE_BINDING_2D,
                                 GL_TEXTURE_BINDING_CUBE_MAP,
                                 GL_UNPACK_ALIGNMENT,
                                 GL_UNPACK_ROW_LENGTH,
                                 GL_VERTEX_ARRAY_BINDING,
                                 GL_VIEWPORT};
#define COUNT(array) (sizeof(array) / sizeof *(array))

static GLuint textures[TEXTURES], buffers[3], arrays[2], framebuffers[2], samplers[2], renderbuffer;
static GLuint programs[2], list;

static GLuint make_program(const char *body) {
  const GLuint program = glCreateProgram(), shader = glCreateShader(GL_VERTEX_SHADER);
  glShaderSource(shader, 1, &body, NULL);
  glCompileShader(shader);
  glAttachShader(program, shader);
  glLinkProgram(program);
  return program;
}

static void make_objects(void) {
  glGenTextures(TEXTURES, textures);
  glGenBuffers(3, buffers);
  glGenVertexArrays(2, arrays);
  glGenFramebuffers(2, framebuffers);
  glGenSamplers(2, samplers);
  glGenRenderbuffers(1, &renderbuffer);
  programs[0] = make_program("void main() { gl_Position = vec4(0); }");
  programs[1] = make_program("no program"); /* cannot be used */
  list = glGenLists(1);
}

static GLuint one_of(const GLuint *names, uint32_t count) {
  const uint32_t which = next(count + 1);
  return which == count ? 0 : names[which];
}

static void set_number(void) {
  const GLenum factors[] = {GL_ONE, GL_ZERO, GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_TEXTURE_2D};
  switch (next(12)) {
  case 0:
    glBlendFunc(factors[next(5)], factors[next(4)]); /* the last of the five is none */
    break;
  case 1:
    glBlendEquation(next(2) ? GL_FUNC_ADD : GL_MAX);
    break;
  case 2:
    glDepthFunc(GL_NEVER + next(9)); /* the ninth is none */
    break;
  case 3:
    glDepthMask((GLboolean)next(2));
    break;
  case 4:
    glColorMask((GLboolean)next(2), (GLboolean)next(2), GL_TRUE, GL_FALSE);
    break;
  case 5:
    glScissor((GLint)next(9), (GLint)next(9), (GLsizei)next(50) - 2, 7); /* may be negative */
    break;
  case 6:
    glViewport(-3, (GLint)next(9), (GLsizei)next(70), 7);
    break;
  case 7:
    glStencilFunc(GL_LESS, (GLint)next(300), 255);
    break;
  case 8:
    glPolygonMode(GL_FRONT_AND_BACK, next(2) ? GL_LINE : GL_FILL);
    break;
  case 9:
    glMatrixMode(next(2) ? GL_MODELVIEW : GL_PROJECTION);
    break;
  case 10:
    glPixelStorei(GL_UNPACK_ALIGNMENT, 1 << next(4));
    break;
  default:
    glShadeModel(next(2) ? GL_FLAT : GL_SMOOTH);
  }
}

static void bind(void) {
  switch (next(10)) {
  case 0: /* may be of the other target already */
    glBindTexture(next(2) ? GL_TEXTURE_2D : GL_TEXTURE_CUBE_MAP, one_of(textures, TEXTURES));
    break;
  case 1:
    glActiveTexture(GL_TEXTURE0 + next(4));
    break;
  case 2:
    glBindBuffer(next(2) ? GL_ARRAY_BUFFER : GL_ELEMENT_ARRAY_BUFFER, one_of(buffers, 3));
    break;
  case 3:
    glBindVertexArray(one_of(arrays, 2));
    break;
  case 4:
    glBindFramebuffer(GL_DRAW_FRAMEBUFFER +
                          (next(2) ? 0 : GL_READ_FRAMEBUFFER - GL_DRAW_FRAMEBUFFER),
                      one_of(framebuffers, 2));
    break;
  case 5:
    glBindSampler(next(4), one_of(samplers, 2));
    break;
  case 6:
    glUseProgram(one_of(programs, 2));
    break;
  case 7:
    glBindRenderbuffer(GL_RENDERBUFFER, next(2) ? renderbuffer : 0);
    break;
  case 8:
    glBindTextureUnit(next(4), one_of(textures, TEXTURES));
    break;
  default:
    glDeleteTextures(1, &textures[next(TEXTURES)]);
    glDeleteBuffers(1, &buffers[next(3)]);
    glDeleteFramebuffers(1, &framebuffers[next(2)]);
  }
}

/* What takes state along, or brings it back. */
static void carry(void) {
  static int depth;
  switch (next(6)) {
  case 0:
    glPushAttrib(GL_ALL_ATTRIB_BITS);
    depth += depth < 10;
    break;
  case 1:
    glPopAttrib();
    break;
  case 2:
    glPushClientAttrib(GL_CLIENT_ALL_ATTRIB_BITS);
    break;
  case 3:
    glPopClientAttrib();
    break;
  case 4:
    glNewList(list, next(2) ? GL_COMPILE : GL_COMPILE_AND_EXECUTE);
    glEnable(CAPABILITIES[next(COUNT(CAPABILITIES))]);
    set_number();
    glBindTexture(GL_TEXTURE_2D, one_of(textures, TEXTURES));
    glEndList();
    break;
  default:
    glCallList(list);
  }
}

static void leave_alone(void) {
  static const GLubyte pixel[4] = {1, 2, 3, 4};
  switch (next(6)) {
  case 0:
    glBegin(GL_POINTS);
    glVertex2f(0, 0);
    glEnd();
    break;
  case 1:
    glColor3f(1, 0, 0);
    break;
  case 2:
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, 1, 1, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixel);
    break;
  case 3:
    glBufferData(GL_ARRAY_BUFFER, 16, NULL, GL_STATIC_DRAW);
    break;
  case 4:
    glUniform1f(0, 1);
    break;
  default:
    glClear(GL_COLOR_BUFFER_BIT);
  }
}

static void command(void) {
  switch (next(6)) {
  case 0:
    next(2) ? glEnable(CAPABILITIES[next(COUNT(CAPABILITIES))])
            : glDisable(CAPABILITIES[next(COUNT(CAPABILITIES))]);
    break;
  case 1:
    set_number();
    break;
  case 2:
    bind();
    break;
  case 3:
    carry();
    break;
  default:
    leave_alone();
  }
}

struct answers {
  GLint log[STEPS * 8][5];
  size_t count;
};
static struct answers answers;

static void ask(void) {
  GLint *entry = answers.log[answers.count++];
  const uint32_t kind = next(8);
  memset(entry, 0x55, sizeof *answers.log);
  if (kind < 3) {
    entry[0] = glIsEnabled(CAPABILITIES[next(COUNT(CAPABILITIES))]);
  } else if (kind < 7) {
    glGetIntegerv(NUMBERS[next(COUNT(NUMBERS))], entry);
  } else {
    GLboolean values[8] = {7, 7, 7, 7};
    glGetBooleanv(NUMBERS[next(COUNT(NUMBERS))], values);
    for (int i = 0; i < 4; i++)
      entry[i] = values[i];
  }
}

/* Between the two glGet* is an error, and answers nothing. */
static void ask_between(void) {
  GLint value = -1;
  glGetError();
  glGetIntegerv(GL_DEPTH_FUNC, &value);
  glGetIntegerv(GL_DEPTH_FUNC, &value);
  glGetIntegerv(GL_DEPTH_FUNC, &value);
  check_error(GL_NO_ERROR, "before glBegin");
  value = -1;
  glBegin(GL_POINTS);
  glGetIntegerv(GL_DEPTH_FUNC, &value);
  const GLboolean enabled = glIsEnabled(GL_DITHER);
  glEnd();
  check_error(GL_INVALID_OPERATION, "between glBegin and glEnd");
  check(value == -1 && !enabled, "an answer between glBegin and glEnd: %d, %d", value, enabled);
  glGetIntegerv(GL_DEPTH_FUNC, &value);
  check(value != -1, "no answer after glEnd");
}

int main(void) {
  struct headless headless = headless_open_compat(4, 5);
  make_objects();
  for (int step = 0; step < STEPS; step++) {
    command();
    for (uint32_t questions = next(6); questions > 0; questions--)
      ask();
    if (step % 500 == 499) {
      char name[32];
      snprintf(name, sizeof name, "answers up to %d", step + 1);
      checksum(name, answers.log, answers.count * sizeof *answers.log);
      printf("error %x\n", glGetError());
      while (glGetError() != GL_NO_ERROR) {
      }
    }
  }
  headless_target(16, 16); /* may be drawn to, so that glBegin begins */
  glUseProgram(0);
  glDisable(GL_RASTERIZER_DISCARD);
  ask_between();
  headless_close(&headless);
  return finish();
}
