/* OpenGL ES 2 in a window of EGL's, with every function found by dlopen, dlsym and eglGetProcAddress, as toolkits do. */
#include <EGL/egl.h>
#include <GLES2/gl2.h>
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 200, HEIGHT = 150 };

static void *egl_library, *gles_library;
static __eglMustCastToProperFunctionPointerType (*get_proc)(const char *);

/* EGL by dlsym; OpenGL by eglGetProcAddress, which gives core functions since EGL 1.5. */
#define EGL(name) ((__typeof__(&name))dlsym(egl_library, #name))
#define GL(name) ((__typeof__(&name))get_proc(#name))

static void give_up(const char *why) {
  printf("%s\nFAIL\n", why);
  exit(2);
}

static Window open_window(Display *display, VisualID id) {
  XVisualInfo wanted = {.visualid = id};
  int count = 0;
  XEvent event;
  XVisualInfo *visual = XGetVisualInfo(display, VisualIDMask, &wanted, &count);
  if (count == 0)
    give_up("a configuration without a visual");
  XSetWindowAttributes set = {
      .colormap = XCreateColormap(display, DefaultRootWindow(display), visual->visual, AllocNone),
      .event_mask = StructureNotifyMask,
  };
  const Window window =
      XCreateWindow(display, DefaultRootWindow(display), 0, 0, WIDTH, HEIGHT, 0, visual->depth,
                    InputOutput, visual->visual, CWBorderPixel | CWColormap | CWEventMask, &set);
  XMapWindow(display, window);
  do
    XNextEvent(display, &event);
  while (event.type != MapNotify);
  return window;
}

static GLuint shader(GLenum type, const char *source) {
  GLint compiled = 0;
  const GLuint name = GL(glCreateShader)(type);
  GL(glShaderSource)(name, 1, &source, NULL);
  GL(glCompileShader)(name);
  GL(glGetShaderiv)(name, GL_COMPILE_STATUS, &compiled);
  if (!compiled)
    give_up("a shader does not compile");
  return name;
}

static void draw(void) {
  static const GLfloat PLACES[] = {-1, -1, 1, -1, 0, 1};
  const GLuint program = GL(glCreateProgram)();
  GL(glAttachShader)(program,
                     shader(GL_VERTEX_SHADER, "attribute vec2 place; varying vec2 v; void main() { "
                                              "v = place; gl_Position = vec4(place, 0, 1); }"));
  GL(glAttachShader)(program,
                     shader(GL_FRAGMENT_SHADER, "precision mediump float; varying vec2 v; void "
                                                "main() { gl_FragColor = vec4(abs(v), 0.5, 1); }"));
  GL(glBindAttribLocation)(program, 0, "place");
  GL(glLinkProgram)(program);
  GL(glUseProgram)(program);
  GL(glVertexAttribPointer)(0, 2, GL_FLOAT, GL_FALSE, 0, PLACES);
  GL(glEnableVertexAttribArray)(0);
  GL(glClearColor)(0, 0.2f, 0, 1);
  GL(glClear)(GL_COLOR_BUFFER_BIT);
  GL(glDrawArrays)(GL_TRIANGLES, 0, 3);
}

/* A polynomial over what X shows; the pixels themselves are compared by whoever compares what is printed. */
static unsigned sum_of(Display *display, Window window) {
  unsigned sum = 0;
  XImage *image = XGetImage(display, window, 0, 0, WIDTH, HEIGHT, AllPlanes, ZPixmap);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      sum = sum * 31 + (XGetPixel(image, x, y) & 0xffffff);
  XDestroyImage(image);
  return sum;
}

int main(void) {
  const EGLint wanted[] = {
      EGL_SURFACE_TYPE, EGL_WINDOW_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_ES2_BIT, EGL_RED_SIZE, 8,
      EGL_NONE};
  const EGLint version[] = {EGL_CONTEXT_CLIENT_VERSION, 2, EGL_NONE};
  EGLConfig config;
  EGLint count = 0, visual = 0;
  egl_library = dlopen("libEGL.so.1", RTLD_NOW | RTLD_LOCAL);
  gles_library = dlopen("libGLESv2.so.2", RTLD_NOW | RTLD_LOCAL);
  if (!egl_library || !gles_library)
    give_up("no libEGL.so.1 or no libGLESv2.so.2");
  get_proc = EGL(eglGetProcAddress);
  Display *x = XOpenDisplay(NULL);
  if (!x)
    give_up("no X server");
  const EGLDisplay display = EGL(eglGetDisplay)((EGLNativeDisplayType)x);
  if (!EGL(eglInitialize)(display, NULL, NULL) ||
      !EGL(eglChooseConfig)(display, wanted, &config, 1, &count) || count == 0)
    give_up("no EGL");
  EGL(eglGetConfigAttrib)(display, config, EGL_NATIVE_VISUAL_ID, &visual);
  const Window window = open_window(x, visual);
  const EGLSurface surface = EGL(eglCreateWindowSurface)(display, config, window, NULL);
  const EGLContext context = EGL(eglCreateContext)(display, config, EGL_NO_CONTEXT, version);
  if (!EGL(eglMakeCurrent)(display, surface, surface, context))
    give_up("the context cannot be made current");
  draw();
  const GLenum error = ((__typeof__(&glGetError))dlsym(gles_library, "glGetError"))();
  EGL(eglSwapBuffers)(display, surface);
  EGL(eglWaitGL)();
  XSync(x, False);
  printf("in X: %08x\n", sum_of(x, window));
  printf("%s\n", error == GL_NO_ERROR ? "PASS" : "FAIL");
  EGL(eglTerminate)(display);
  return error == GL_NO_ERROR ? 0 : 1;
}
