#include "gl/egl/extensions.h"

#include <stdio.h>
#include <string.h>

#include "gl/export.h"
#include "gl/window/host.h"

static const char g_client_extensions[] =
    "EGL_EXT_client_extensions EGL_EXT_device_base EGL_EXT_device_enumeration "
    "EGL_EXT_device_query EGL_EXT_platform_base EGL_EXT_platform_device EGL_EXT_platform_x11 "
    "EGL_EXT_platform_xcb EGL_KHR_client_get_all_proc_addresses EGL_KHR_platform_x11 "
    "EGL_MESA_platform_surfaceless";

// Ours to do, whatever the host has.
static const char g_always[] = "EGL_KHR_config_attribs EGL_KHR_create_context EGL_KHR_fence_sync "
                               "EGL_KHR_get_all_proc_addresses EGL_KHR_gl_colorspace "
                               "EGL_KHR_no_config_context EGL_KHR_surfaceless_context "
                               "EGL_KHR_wait_sync EGL_MESA_configless_context "
                               "EGL_MESA_query_driver";

// Attributes of contexts that the host's EGL must understand, and images, which are the host's.
static const char *const g_if_host_has[] = {
    "EGL_EXT_create_context_robustness", "EGL_KHR_context_flush_control",
    "EGL_KHR_create_context_no_error",   "EGL_KHR_gl_renderbuffer_image",
    "EGL_KHR_gl_texture_2D_image",       "EGL_KHR_gl_texture_3D_image",
    "EGL_KHR_gl_texture_cubemap_image",  "EGL_KHR_image_base",
};

static int g_device; // its address is the handle

void *gf_egl_the_device(void) { return &g_device; }

void gf_egl_extensions_make(struct gf_egl_display *display) {
  size_t used = (size_t)snprintf(display->extensions, sizeof display->extensions, "%s", g_always);
  for (size_t i = 0; i < sizeof g_if_host_has / sizeof g_if_host_has[0]; i++) {
    if (gf_gl_host_has(g_if_host_has[i]))
      used += (size_t)snprintf(display->extensions + used, sizeof display->extensions - used, " %s",
                               g_if_host_has[i]);
  }
}

GF_GL_EXPORT const char *eglQueryString(EGLDisplay handle, EGLint name) {
  if (handle == EGL_NO_DISPLAY) {
    switch (name) {
    case EGL_EXTENSIONS:
      gf_egl_succeed();
      return g_client_extensions;
    case EGL_VERSION:
      gf_egl_succeed();
      return "1.5";
    default:
      gf_egl_fail(EGL_BAD_DISPLAY);
      return NULL;
    }
  }
  const struct gf_egl_display *display = gf_egl_ready(handle);
  if (display == NULL)
    return NULL;
  gf_egl_succeed();
  switch (name) {
  case EGL_CLIENT_APIS:
    return "OpenGL OpenGL_ES ";
  case EGL_VENDOR:
    return "gpuferry";
  case EGL_VERSION:
    return "1.5";
  case EGL_EXTENSIONS:
    return display->extensions;
  default:
    gf_egl_fail(EGL_BAD_PARAMETER);
    return NULL;
  }
}

GF_GL_EXPORT EGLBoolean eglQueryDevicesEXT(EGLint most, EGLDeviceEXT *devices, EGLint *count) {
  if (count == NULL || (devices != NULL && most <= 0))
    return gf_egl_fail(EGL_BAD_PARAMETER);
  if (devices != NULL)
    devices[0] = &g_device;
  *count = 1;
  return gf_egl_succeed();
}

GF_GL_EXPORT const char *eglQueryDeviceStringEXT(EGLDeviceEXT device, EGLint name) {
  if (device != &g_device) {
    gf_egl_fail(EGL_BAD_DEVICE_EXT);
    return NULL;
  }
  if (name != EGL_EXTENSIONS) {
    gf_egl_fail(EGL_BAD_PARAMETER);
    return NULL;
  }
  gf_egl_succeed();
  const struct gf_gl_host *host = gf_gl_host();
  return host != NULL && strstr(host->gl_renderer, "llvmpipe") != NULL ? "EGL_MESA_device_software"
                                                                       : "";
}

GF_GL_EXPORT const char *eglGetDisplayDriverName(EGLDisplay handle) {
  if (gf_egl_ready(handle) == NULL)
    return NULL;
  gf_egl_succeed();
  return "gpuferry";
}

GF_GL_EXPORT char *eglGetDisplayDriverConfig(EGLDisplay handle) {
  if (gf_egl_ready(handle) == NULL)
    return NULL;
  gf_egl_succeed();
  // The caller frees it. No option of the host's driver is a guest's to set.
  return strdup("<?xml version=\"1.0\" standalone=\"yes\"?><driinfo></driinfo>");
}

GF_GL_EXPORT EGLBoolean eglQueryDeviceAttribEXT(EGLDeviceEXT device, EGLint name,
                                                EGLAttrib *value) {
  (void)name;
  (void)value;
  return gf_egl_fail(device == &g_device ? EGL_BAD_ATTRIBUTE : EGL_BAD_DEVICE_EXT);
}

GF_GL_EXPORT EGLBoolean eglQueryDisplayAttribEXT(EGLDisplay handle, EGLint name, EGLAttrib *value) {
  if (gf_egl_ready(handle) == NULL)
    return EGL_FALSE;
  if (name != EGL_DEVICE_EXT || value == NULL)
    return gf_egl_fail(name != EGL_DEVICE_EXT ? EGL_BAD_ATTRIBUTE : EGL_BAD_PARAMETER);
  *value = (EGLAttrib)&g_device;
  return gf_egl_succeed();
}
