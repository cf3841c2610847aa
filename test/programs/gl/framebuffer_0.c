/* What framebuffer 0 says of itself: attachments, buffers' names, sizes, encodings, errors; of windows of all kinds, and
 * of pbuffers in OpenGL, OpenGL ES 2 and 3. Prints every answer: direct and forwarded have to be the same. */
#include "common/window.h"
#include <EGL/egl.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const GLenum BUFFERS[] = {
    GL_NONE,      GL_FRONT,      GL_BACK,        GL_LEFT,           GL_RIGHT, GL_FRONT_LEFT,
    GL_BACK_LEFT, GL_BACK_RIGHT, GL_FRONT_RIGHT, GL_FRONT_AND_BACK, GL_AUX0,  GL_AUX2,
    GL_COLOR,     GL_DEPTH,      GL_STENCIL,     GL_DEPTH_STENCIL,  0x1234};
static const GLenum ATTACHMENTS[] = {GL_COLOR_ATTACHMENT0, GL_COLOR_ATTACHMENT0 + 3,
                                     GL_DEPTH_ATTACHMENT, GL_DEPTH_STENCIL_ATTACHMENT};
static const GLenum ABOUT_ATTACHMENTS[] = {
    GL_FRAMEBUFFER_ATTACHMENT_OBJECT_TYPE,    GL_FRAMEBUFFER_ATTACHMENT_OBJECT_NAME,
    GL_FRAMEBUFFER_ATTACHMENT_TEXTURE_LEVEL,  GL_FRAMEBUFFER_ATTACHMENT_TEXTURE_LAYER,
    GL_FRAMEBUFFER_ATTACHMENT_LAYERED,        GL_FRAMEBUFFER_ATTACHMENT_COLOR_ENCODING,
    GL_FRAMEBUFFER_ATTACHMENT_COMPONENT_TYPE, GL_FRAMEBUFFER_ATTACHMENT_RED_SIZE,
    GL_FRAMEBUFFER_ATTACHMENT_ALPHA_SIZE,     GL_FRAMEBUFFER_ATTACHMENT_DEPTH_SIZE,
    GL_FRAMEBUFFER_ATTACHMENT_STENCIL_SIZE,   1};
static const GLenum PARAMETERS[] = {GL_DOUBLEBUFFER,
                                    GL_STEREO,
                                    GL_SAMPLES,
                                    GL_SAMPLE_BUFFERS,
                                    GL_IMPLEMENTATION_COLOR_READ_FORMAT,
                                    GL_IMPLEMENTATION_COLOR_READ_TYPE,
                                    GL_FRAMEBUFFER_DEFAULT_WIDTH,
                                    1};
static const GLenum STATE[] = {GL_RED_BITS,
                               GL_ALPHA_BITS,
                               GL_DEPTH_BITS,
                               GL_STENCIL_BITS,
                               GL_ACCUM_RED_BITS,
                               GL_AUX_BUFFERS,
                               GL_STEREO,
                               GL_DOUBLEBUFFER,
                               GL_RGBA_MODE,
                               GL_DRAW_BUFFER,
                               GL_READ_BUFFER,
                               GL_DRAW_BUFFER0,
                               GL_DRAW_BUFFER0 + 1,
                               GL_FRAMEBUFFER_SRGB,
                               GL_FRAMEBUFFER_SRGB_CAPABLE_EXT,
                               GL_SAMPLES,
                               GL_SAMPLE_BUFFERS,
                               GL_IMPLEMENTATION_COLOR_READ_FORMAT,
                               GL_IMPLEMENTATION_COLOR_READ_TYPE,
                               GL_DRAW_FRAMEBUFFER_BINDING,
                               GL_READ_FRAMEBUFFER_BINDING};

static void answer(GLint value) {
  const GLenum error = glGetError();
  if (error == GL_NO_ERROR)
    printf(" %x", value);
  else
    printf(" E%x", error);
}

static void attachments(const GLenum *names, size_t count, int is_new) {
  for (size_t i = 0; i < count; i++) {
    printf("  %x:", names[i]);
    for (size_t k = 0; k < COUNT(ABOUT_ATTACHMENTS); k++) {
      GLint value = -1;
      glGetFramebufferAttachmentParameteriv(GL_FRAMEBUFFER, names[i], ABOUT_ATTACHMENTS[k], &value);
      answer(value);
      if (!is_new)
        continue;
      glGetNamedFramebufferAttachmentParameteriv(0, names[i], ABOUT_ATTACHMENTS[k], &value);
      answer(value);
    }
    printf("\n");
  }
}

/* `is_new`: desktop OpenGL with direct state access. `embedded`: OpenGL ES of this version. */
static void interrogate(const char *what, int is_new, int embedded) {
  printf("%s\n", what);
  attachments(BUFFERS, COUNT(BUFFERS), is_new);
  attachments(ATTACHMENTS, COUNT(ATTACHMENTS), is_new);
  for (size_t i = 0; i < COUNT(PARAMETERS) && embedded != 2; i++) {
    GLint value = -1;
    printf("  parameter %x:", PARAMETERS[i]);
    glGetFramebufferParameteriv(GL_FRAMEBUFFER, PARAMETERS[i], &value);
    answer(value);
    if (is_new) {
      glGetNamedFramebufferParameteriv(0, PARAMETERS[i], &value);
      answer(value);
    }
    printf("\n");
  }
  for (size_t i = 0; i < COUNT(STATE); i++) {
    GLint number = -1;
    GLfloat real = -1;
    GLboolean truth = 7;
    printf("  state %x:", STATE[i]);
    glGetIntegerv(STATE[i], &number);
    answer(number);
    glGetFloatv(STATE[i], &real);
    answer((GLint)real);
    glGetBooleanv(STATE[i], &truth);
    answer(truth);
    printf("\n");
  }
}

static GLint get(GLenum name) {
  GLint value = -1;
  glGetIntegerv(name, &value);
  return value;
}

/* What each name does to the state, and what is left of the one before where it is refused. */
static void choose(const GLenum *names, size_t count) {
  for (size_t i = 0; i < count; i++) {
    printf("  choose %x:", names[i]);
    glDrawBuffer(names[i]);
    answer(get(GL_DRAW_BUFFER));
    printf(" %x", get(GL_DRAW_BUFFER));
    glReadBuffer(names[i]);
    answer(get(GL_READ_BUFFER));
    printf(" %x", get(GL_READ_BUFFER));
    glDrawBuffers(1, &names[i]);
    answer(get(GL_DRAW_BUFFER0));
    printf(" %x\n", get(GL_DRAW_BUFFER));
  }
}

/* glEnable(GL_FRAMEBUFFER_SRGB) in a window whose config may or may not promise it. */
static void encode(void) {
  glDrawBuffer(GL_FRONT);
  glReadBuffer(GL_FRONT);
  glClearColor(1, 0.5f, 0.25f, 0.7f);
  glClear(GL_COLOR_BUFFER_BIT);
  glEnable(GL_FRAMEBUFFER_SRGB);
  checksum_pixels("drawn before", 16, 16);
  glClear(GL_COLOR_BUFFER_BIT);
  checksum_pixels("encoded", 16, 16);
  glDisable(GL_FRAMEBUFFER_SRGB);
  glEnable(GL_BLEND);
  glBlendFunc(GL_DST_ALPHA, GL_ONE);
  glColor4f(0, 0, 1, 0.5f);
  glRectf(-1, -1, 1, 1);
  glDisable(GL_BLEND);
  checksum_pixels("blended by alpha", 16, 16);
}

static void windows(void) {
  for (int single = 0; single < 2; single++)
    for (int alpha = 0; alpha < 2; alpha++)
      for (int depth = 0; depth < 2; depth++) {
        const struct window_options options = {.width = 32,
                                               .height = 32,
                                               .single_buffer = single,
                                               .no_depth = !depth,
                                               .alpha = alpha ? WINDOW_ALPHA : WINDOW_OPAQUE};
        struct window window = window_open(&options);
        printf("single %d alpha %d depth %d\n", single, alpha, depth);
        interrogate("window", 1, 0);
        choose(BUFFERS, COUNT(BUFFERS));
        choose(ATTACHMENTS, COUNT(ATTACHMENTS));
        encode();
        check_error(GL_NO_ERROR, "a window");
        window_close(&window);
      }
}

static void pbuffers(void) {
  const struct {
    const char *what;
    EGLenum api;
    int version, bit, alpha;
  } kinds[] = {{"OpenGL in a pbuffer", EGL_OPENGL_API, 0, EGL_OPENGL_BIT, 8},
               {"OpenGL ES 2", EGL_OPENGL_ES_API, 2, EGL_OPENGL_ES2_BIT, 8},
               {"OpenGL ES 2 without alpha", EGL_OPENGL_ES_API, 2, EGL_OPENGL_ES2_BIT, 0},
               {"OpenGL ES 3", EGL_OPENGL_ES_API, 3, EGL_OPENGL_ES3_BIT, 8},
               {"OpenGL ES 3 without alpha", EGL_OPENGL_ES_API, 3, EGL_OPENGL_ES3_BIT, 0}};
  const EGLDisplay display = eglGetDisplay(EGL_DEFAULT_DISPLAY);
  check(eglInitialize(display, NULL, NULL), "EGL starts");
  for (size_t i = 0; i < COUNT(kinds); i++) {
    const EGLint wanted[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE,
                             kinds[i].bit,     EGL_ALPHA_SIZE,  kinds[i].alpha,
                             EGL_DEPTH_SIZE,   i % 2 ? 24 : 0,  EGL_NONE};
    const EGLint size[] = {EGL_WIDTH, 32, EGL_HEIGHT, 32, EGL_NONE};
    const EGLint version[] = {EGL_CONTEXT_CLIENT_VERSION, kinds[i].version, EGL_NONE};
    EGLConfig config = NULL;
    EGLint count = 0;
    eglBindAPI(kinds[i].api);
    check(eglChooseConfig(display, wanted, &config, 1, &count) && count, "%s", kinds[i].what);
    const EGLSurface surface = eglCreatePbufferSurface(display, config, size);
    const EGLContext context =
        eglCreateContext(display, config, EGL_NO_CONTEXT, kinds[i].version ? version : NULL);
    check(eglMakeCurrent(display, surface, surface, context), "%s is current", kinds[i].what);
    if (kinds[i].version == 0) // which drivers begin with differs
      glDrawBuffer(GL_BACK), glReadBuffer(GL_BACK);
    interrogate(kinds[i].what, kinds[i].version == 0, kinds[i].version);
    eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    eglDestroyContext(display, context);
    eglDestroySurface(display, surface);
  }
  eglTerminate(display);
}

int main(void) {
  windows();
  pbuffers();
  return finish();
}
