// GLX_MESA_query_renderer: what draws, told before there is a context.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gl/export.h"
#include "gl/glx/context.h"
#include "gl/window/host.h"

/// What Mesa says of a device without PCI numbers; the host does not tell its own.
#define GF_UNKNOWN_ID 0xffffffffu

static int is_software(const struct gf_gl_host *host) {
  return strstr(host->gl_renderer, "llvmpipe") != NULL ||
         strstr(host->gl_renderer, "softpipe") != NULL;
}

static unsigned int memory_megabytes(void) {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page_bytes = sysconf(_SC_PAGESIZE);
  return pages > 0 && page_bytes > 0 ? (unsigned int)((uint64_t)pages * (uint64_t)page_bytes >> 20)
                                     : 0;
}

static void version_of(uint32_t offer, unsigned int *value) {
  value[0] = offer / 100;
  value[1] = offer / 10 % 10;
}

/// "4.5 (…) Mesa 22.3.6", or "4.6.0 NVIDIA 550.54.14": the driver's own version ends the text.
static void driver_version(const char *text, unsigned int *value) {
  const char *last = strrchr(text, ' ');
  value[0] = value[1] = value[2] = 0;
  sscanf(last != NULL ? last + 1 : text, "%u.%u.%u", &value[0], &value[1], &value[2]);
}

GF_GL_EXPORT Bool glXQueryRendererIntegerMESA(Display *dpy, int screen, int renderer, int attribute,
                                              unsigned int *value) {
  const struct gf_gl_host *host = gf_gl_host();
  if (host == NULL || renderer != 0 || gf_glx_screen(gf_glx_display(dpy), screen) == NULL)
    return False;
  switch (attribute) {
  case GLX_RENDERER_VENDOR_ID_MESA:
  case GLX_RENDERER_DEVICE_ID_MESA:
    *value = GF_UNKNOWN_ID;
    return True;
  case GLX_RENDERER_VERSION_MESA:
    driver_version(host->gl_version, value);
    return True;
  case GLX_RENDERER_ACCELERATED_MESA:
    *value = !is_software(host);
    return True;
  case GLX_RENDERER_VIDEO_MEMORY_MESA:
    *value = memory_megabytes();
    return True;
  case GLX_RENDERER_UNIFIED_MEMORY_ARCHITECTURE_MESA:
    *value = (unsigned int)is_software(host);
    return True;
  case GLX_RENDERER_PREFERRED_PROFILE_MESA:
    *value = host->offers[GF_GL_OFFER_CORE].version != 0
                 ? GLX_CONTEXT_CORE_PROFILE_BIT_ARB
                 : GLX_CONTEXT_COMPATIBILITY_PROFILE_BIT_ARB;
    return True;
  case GLX_RENDERER_OPENGL_CORE_PROFILE_VERSION_MESA:
    version_of(host->offers[GF_GL_OFFER_CORE].version, value);
    return True;
  case GLX_RENDERER_OPENGL_COMPATIBILITY_PROFILE_VERSION_MESA:
    version_of(host->offers[GF_GL_OFFER_COMPAT].version, value);
    return True;
  case GLX_RENDERER_OPENGL_ES_PROFILE_VERSION_MESA:
    version_of(host->offers[GF_GL_OFFER_ES1].version, value);
    return True;
  case GLX_RENDERER_OPENGL_ES2_PROFILE_VERSION_MESA:
    version_of(host->offers[GF_GL_OFFER_ES2].version, value);
    return True;
  default:
    return False;
  }
}

GF_GL_EXPORT const char *glXQueryRendererStringMESA(Display *dpy, int screen, int renderer,
                                                    int attribute) {
  const struct gf_gl_host *host = gf_gl_host();
  if (host == NULL || renderer != 0 || gf_glx_screen(gf_glx_display(dpy), screen) == NULL)
    return NULL;
  switch (attribute) {
  case GLX_RENDERER_VENDOR_ID_MESA:
    return host->gl_vendor;
  case GLX_RENDERER_DEVICE_ID_MESA:
    return host->gl_renderer;
  default:
    return NULL;
  }
}

GF_GL_EXPORT Bool glXQueryCurrentRendererIntegerMESA(int attribute, unsigned int *value) {
  const struct gf_glx_context *context = gf_glx_thread.context;
  return context != NULL &&
         glXQueryRendererIntegerMESA(gf_glx_thread.xlib, context->screen, 0, attribute, value);
}

GF_GL_EXPORT const char *glXQueryCurrentRendererStringMESA(int attribute) {
  const struct gf_glx_context *context = gf_glx_thread.context;
  if (context == NULL)
    return NULL;
  return glXQueryRendererStringMESA(gf_glx_thread.xlib, context->screen, 0, attribute);
}
