// What surfaces say of themselves, and how they are shown.
#include "gl/egl/context.h"
#include "gl/egl/surface.h"
#include "gl/export.h"

GF_GL_EXPORT EGLBoolean eglQuerySurface(EGLDisplay handle, EGLSurface surface_handle, EGLint name,
                                        EGLint *value) {
  struct gf_egl_display *display = gf_egl_ready(handle);
  struct gf_egl_surface *surface = display != NULL ? gf_egl_surface(display, surface_handle) : NULL;
  if (surface == NULL)
    return EGL_FALSE;
  if (value == NULL)
    return gf_egl_fail(EGL_BAD_PARAMETER);
  struct gf_gl_drawable *drawable = surface->drawable;
  const int is_pbuffer = surface->kind == GF_EGL_PBUFFER;
  EGLint said = *value; // what only pbuffers have is left alone for others
  switch (name) {
  case EGL_WIDTH:
  case EGL_HEIGHT:
    gf_gl_drawable_follow(drawable, 1);
    said = (EGLint)(name == EGL_WIDTH ? drawable->width : drawable->height);
    break;
  case EGL_CONFIG_ID:
    said = surface->config->config_id;
    break;
  case EGL_LARGEST_PBUFFER:
    said = is_pbuffer ? surface->largest : said;
    break;
  case EGL_TEXTURE_FORMAT:
    said = is_pbuffer ? surface->texture_format : said;
    break;
  case EGL_TEXTURE_TARGET:
    said = is_pbuffer ? surface->texture_target : said;
    break;
  case EGL_MIPMAP_TEXTURE:
    said = is_pbuffer ? surface->mipmap_texture : said;
    break;
  case EGL_MIPMAP_LEVEL:
    said = is_pbuffer ? surface->mipmap_level : said;
    break;
  case EGL_RENDER_BUFFER:
    said = surface->render_buffer;
    break;
  case EGL_SWAP_BEHAVIOR:
    said = surface->swap_behaviour;
    break;
  case EGL_MULTISAMPLE_RESOLVE:
    said = surface->multisample_resolve;
    break;
  case EGL_GL_COLORSPACE:
    said = surface->colour_space;
    break;
  case EGL_VG_COLORSPACE:
    said = EGL_VG_COLORSPACE_sRGB;
    break;
  case EGL_VG_ALPHA_FORMAT:
    said = EGL_VG_ALPHA_FORMAT_NONPRE;
    break;
  case EGL_HORIZONTAL_RESOLUTION:
  case EGL_VERTICAL_RESOLUTION:
  case EGL_PIXEL_ASPECT_RATIO:
    said = EGL_UNKNOWN;
    break;
  default:
    return gf_egl_fail(EGL_BAD_ATTRIBUTE);
  }
  *value = said;
  return gf_egl_succeed();
}

GF_GL_EXPORT EGLBoolean eglSurfaceAttrib(EGLDisplay handle, EGLSurface surface_handle, EGLint name,
                                         EGLint value) {
  struct gf_egl_display *display = gf_egl_ready(handle);
  struct gf_egl_surface *surface = display != NULL ? gf_egl_surface(display, surface_handle) : NULL;
  if (surface == NULL)
    return EGL_FALSE;
  switch (name) {
  case EGL_MIPMAP_LEVEL:
    surface->mipmap_level = value;
    return gf_egl_succeed();
  case EGL_MULTISAMPLE_RESOLVE:
    if (value != EGL_MULTISAMPLE_RESOLVE_DEFAULT && value != EGL_MULTISAMPLE_RESOLVE_BOX)
      return gf_egl_fail(EGL_BAD_ATTRIBUTE);
    // The box filter needs EGL_MULTISAMPLE_RESOLVE_BOX_BIT of the config.
    return value == EGL_MULTISAMPLE_RESOLVE_BOX ? gf_egl_fail(EGL_BAD_MATCH) : gf_egl_succeed();
  case EGL_SWAP_BEHAVIOR:
    if (value != EGL_BUFFER_DESTROYED && value != EGL_BUFFER_PRESERVED)
      return gf_egl_fail(EGL_BAD_ATTRIBUTE);
    if (value == EGL_BUFFER_PRESERVED &&
        (surface->config->surface_type & EGL_SWAP_BEHAVIOR_PRESERVED_BIT) == 0)
      return gf_egl_fail(EGL_BAD_MATCH);
    surface->swap_behaviour = value; // a frame is a copy: what was drawn stays in any case
    return gf_egl_succeed();
  default:
    return gf_egl_fail(EGL_BAD_ATTRIBUTE);
  }
}

GF_GL_EXPORT EGLBoolean eglSwapBuffers(EGLDisplay handle, EGLSurface surface_handle) {
  struct gf_egl_display *display = gf_egl_ready(handle);
  if (display == NULL)
    return EGL_FALSE;
  // The common case first: the surface is known to be one, because it is current.
  const struct gf_egl_surface *surface = surface_handle;
  if (surface == NULL || surface != gf_egl_thread.draw) {
    surface = gf_egl_surface(display, surface_handle);
    return surface != NULL ? gf_egl_fail(EGL_BAD_SURFACE) : EGL_FALSE;
  }
  if (surface->kind == GF_EGL_WINDOW && surface->render_buffer == EGL_BACK_BUFFER)
    gf_gl_drawable_swap(surface->drawable);
  return gf_gl_notice_loss() ? gf_egl_fail(EGL_CONTEXT_LOST) : gf_egl_succeed();
}

GF_GL_EXPORT EGLBoolean eglSwapInterval(EGLDisplay handle, EGLint interval) {
  if (gf_egl_ready(handle) == NULL)
    return EGL_FALSE;
  if (gf_egl_thread.context == NULL)
    return gf_egl_fail(EGL_BAD_CONTEXT);
  if (gf_egl_thread.draw == NULL)
    return gf_egl_fail(EGL_BAD_SURFACE);
  gf_egl_thread.draw->drawable->swap_interval = interval;
  return gf_egl_succeed();
}

GF_GL_EXPORT EGLBoolean eglCopyBuffers(EGLDisplay handle, EGLSurface surface_handle,
                                       EGLNativePixmapType pixmap) {
  struct gf_egl_display *display = gf_egl_ready(handle);
  struct gf_egl_surface *surface = display != NULL ? gf_egl_surface(display, surface_handle) : NULL;
  if (surface == NULL)
    return EGL_FALSE;
  if (surface != gf_egl_thread.draw)
    return gf_egl_fail(EGL_BAD_SURFACE);
  struct gf_x_target *target =
      display->x != NULL ? gf_x_target_open(display->x, (uint32_t)pixmap) : NULL;
  if (target == NULL)
    return gf_egl_fail(EGL_BAD_NATIVE_PIXMAP);
  return gf_gl_drawable_copy_to(surface->drawable, target) ? gf_egl_succeed()
                                                           : gf_egl_fail(EGL_BAD_ALLOC);
}

/// The surface, where it was made to become a texture; else NULL with the error set.
static const struct gf_egl_surface *bindable(EGLDisplay handle, EGLSurface surface_handle,
                                             EGLint buffer) {
  struct gf_egl_display *display = gf_egl_ready(handle);
  const struct gf_egl_surface *surface =
      display != NULL ? gf_egl_surface(display, surface_handle) : NULL;
  if (surface == NULL)
    return NULL;
  if (surface->kind == GF_EGL_WINDOW)
    gf_egl_fail(EGL_BAD_SURFACE);
  else if (buffer != EGL_BACK_BUFFER)
    gf_egl_fail(EGL_BAD_PARAMETER);
  else if (surface->texture_format == EGL_NO_TEXTURE)
    gf_egl_fail(EGL_BAD_MATCH);
  else
    return surface;
  return NULL;
}

GF_GL_EXPORT EGLBoolean eglBindTexImage(EGLDisplay handle, EGLSurface surface_handle,
                                        EGLint buffer) {
  const struct gf_egl_surface *surface = bindable(handle, surface_handle, buffer);
  if (surface == NULL)
    return EGL_FALSE;
  gf_gl_drawable_bind(surface->drawable);
  return gf_egl_succeed();
}

GF_GL_EXPORT EGLBoolean eglReleaseTexImage(EGLDisplay handle, EGLSurface surface_handle,
                                           EGLint buffer) {
  // The texture's pixels are undefined from here on: it may keep those it has.
  return bindable(handle, surface_handle, buffer) != NULL ? gf_egl_succeed() : EGL_FALSE;
}
