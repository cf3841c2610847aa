// What GLX says about itself.
#include "gl/glx/protocol.h"
#include <stdlib.h>
#include <string.h>

#include "gl/export.h"
#include "gl/glx/display.h"
#include "gl/window/host.h"

#define GF_GLX_CLIENT_VENDOR "gpuferry"
#define GF_GLX_CLIENT_VERSION "1.4"

// In the order of the alphabet. A host that lacks ES contexts has no use for the ES profiles.
static const char g_extensions[] =
    "GLX_ARB_context_flush_control GLX_ARB_create_context GLX_ARB_create_context_no_error "
    "GLX_ARB_create_context_profile GLX_ARB_create_context_robustness GLX_ARB_fbconfig_float "
    "GLX_ARB_framebuffer_sRGB GLX_ARB_get_proc_address GLX_ARB_multisample "
    "GLX_EXT_create_context_es2_profile GLX_EXT_create_context_es_profile "
    "GLX_EXT_fbconfig_packed_float GLX_EXT_framebuffer_sRGB GLX_EXT_no_config_context "
    "GLX_EXT_swap_control GLX_EXT_texture_from_pixmap GLX_EXT_visual_info GLX_EXT_visual_rating "
    "GLX_MESA_copy_sub_buffer GLX_MESA_query_renderer GLX_MESA_swap_control GLX_OML_swap_method "
    "GLX_SGIS_multisample GLX_SGIX_fbconfig GLX_SGIX_pbuffer GLX_SGIX_visual_select_group "
    "GLX_SGI_make_current_read GLX_SGI_swap_control";

GF_GL_EXPORT Bool glXQueryExtension(Display *dpy, int *error_base, int *event_base) {
  const struct gf_glx_display *display = gf_glx_display(dpy);
  if (display == NULL)
    return False;
  if (error_base != NULL)
    *error_base = display->codes.first_error;
  if (event_base != NULL)
    *event_base = display->codes.first_event;
  return True;
}

GF_GL_EXPORT Bool glXQueryVersion(Display *dpy, int *major, int *minor) {
  if (gf_glx_display(dpy) == NULL)
    return False;
  if (major != NULL)
    *major = 1;
  if (minor != NULL)
    *minor = 4;
  return True;
}

GF_GL_EXPORT const char *glXQueryExtensionsString(Display *dpy, int screen) {
  return gf_glx_screen(gf_glx_display(dpy), screen) != NULL ? g_extensions : NULL;
}

GF_GL_EXPORT const char *glXGetClientString(Display *dpy, int name) {
  (void)dpy;
  switch (name) {
  case GLX_VENDOR:
    return GF_GLX_CLIENT_VENDOR;
  case GLX_VERSION:
    return GF_GLX_CLIENT_VERSION;
  case GLX_EXTENSIONS:
    return g_extensions;
  default:
    return NULL;
  }
}

GF_GL_EXPORT const char *glXQueryServerString(Display *dpy, int screen, int name) {
  const struct gf_glx_screen *of = gf_glx_screen(gf_glx_display(dpy), screen);
  if (of == NULL || name < GLX_VENDOR || name > GLX_EXTENSIONS)
    return NULL;
  // A server without GLX takes no part in it: the client's strings are all there is.
  const char *said = of->server_strings[name - GLX_VENDOR];
  return said != NULL ? said : glXGetClientString(dpy, name);
}
