// libglvnd's way in: a program that is linked with its libGL.so.1 or libEGL.so.1 has those loaded before
// we could offer ours. They load libGLX_gpuferry.so.0 and libEGL_gpuferry.so.0, because the environment names
// them (see preload/gl_libraries.c), and ask these two functions for what they need.
//
// All displays of the process are ours then, so an extension's function needs no stub that finds out whose
// display it is about: the function itself is its dispatch.
#include <glvnd/libeglabi.h>
#include <glvnd/libglxabi.h>
#include <string.h>

#include "gl/egl/display.h"
#include "gl/export.h"
#include "gl/glx/display.h"
#include "gl/proc.h"

static Bool supports_screen(Display *dpy, int screen) {
  return gf_glx_screen(gf_glx_display(dpy), screen) != NULL;
}

static void *glx_proc(const GLubyte *name) { return (void *)gf_gl_proc_of((const char *)name); }

static void *glx_dispatch(const GLubyte *name) {
  return strncmp((const char *)name, "glX", 3) == 0 ? glx_proc(name) : NULL;
}

static void ignore_glx_index(const GLubyte *name, int index) {
  (void)name;
  (void)index;
}

GF_GL_EXPORT Bool __glx_Main(uint32_t version, const __GLXapiExports *exports,
                             __GLXvendorInfo *vendor, __GLXapiImports *imports) {
  (void)exports;
  (void)vendor;
  if (GLX_VENDOR_ABI_GET_MAJOR_VERSION(version) != GLX_VENDOR_ABI_MAJOR_VERSION)
    return False;
  imports->isScreenSupported = supports_screen;
  imports->getProcAddress = glx_proc;
  imports->getDispatchAddress = glx_dispatch;
  imports->setDispatchIndex = ignore_glx_index;
  return True;
}

static EGLDisplay egl_display(EGLenum platform, void *native, const EGLAttrib *list) {
  return platform == EGL_NONE ? eglGetDisplay((EGLNativeDisplayType)native)
                              : eglGetPlatformDisplay(platform, native, list);
}

static EGLBoolean supports_api(EGLenum api) {
  return api == EGL_OPENGL_API || api == EGL_OPENGL_ES_API;
}

static const char *vendor_string(int name) {
  return name == __EGL_VENDOR_STRING_PLATFORM_EXTENSIONS
             ? "EGL_EXT_platform_device EGL_EXT_platform_x11 EGL_EXT_platform_xcb "
               "EGL_KHR_platform_x11 EGL_MESA_platform_surfaceless"
             : NULL;
}

static void *egl_proc(const char *name) { return (void *)gf_gl_proc_of(name); }

static void *egl_dispatch(const char *name) {
  return strncmp(name, "egl", 3) == 0 ? egl_proc(name) : NULL;
}

static void ignore_egl_index(const char *name, int index) {
  (void)name;
  (void)index;
}

GF_GL_EXPORT EGLBoolean __egl_Main(uint32_t version, const __EGLapiExports *exports,
                                   __EGLvendorInfo *vendor, __EGLapiImports *imports) {
  (void)exports;
  (void)vendor;
  if (EGL_VENDOR_ABI_GET_MAJOR_VERSION(version) != EGL_VENDOR_ABI_MAJOR_VERSION)
    return EGL_FALSE;
  imports->getPlatformDisplay = egl_display;
  imports->getSupportsAPI = supports_api;
  imports->getVendorString = vendor_string;
  imports->getProcAddress = egl_proc;
  imports->getDispatchAddress = egl_dispatch;
  imports->setDispatchIndex = ignore_egl_index;
  return EGL_TRUE;
}
