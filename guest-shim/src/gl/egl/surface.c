#include "gl/egl/surface.h"

#include <stdlib.h>

#include "gl/egl/list.h"
#include "gl/export.h"
#include "gl/x11/target.h"

struct gf_egl_surface *gf_egl_surface(struct gf_egl_display *display, EGLSurface handle) {
  pthread_mutex_lock(&display->mutex);
  struct gf_egl_surface *surface = display->surfaces;
  while (surface != NULL && surface != handle)
    surface = surface->next;
  pthread_mutex_unlock(&display->mutex);
  if (surface == NULL)
    gf_egl_fail(EGL_BAD_SURFACE);
  return surface;
}

void gf_egl_surface_unref(struct gf_egl_surface *surface) {
  if (surface == NULL || __atomic_sub_fetch(&surface->references, 1, __ATOMIC_ACQ_REL) != 0)
    return;
  gf_gl_drawable_unref(surface->drawable);
  free(surface);
}

void gf_egl_surfaces_give_up(struct gf_egl_display *display) {
  for (;;) {
    pthread_mutex_lock(&display->mutex);
    struct gf_egl_surface *surface = display->surfaces;
    if (surface != NULL)
      display->surfaces = surface->next;
    pthread_mutex_unlock(&display->mutex);
    if (surface == NULL)
      return;
    gf_egl_surface_unref(surface);
  }
}

/// The value that an attribute of a surface has, for reading lists; NULL if this kind has none such.
static EGLint *attribute_of(struct gf_egl_surface *surface, EGLAttrib name) {
  switch (name) {
  case EGL_GL_COLORSPACE:
    return &surface->colour_space;
  case EGL_RENDER_BUFFER:
    return surface->kind == GF_EGL_WINDOW ? &surface->render_buffer : NULL;
  case EGL_LARGEST_PBUFFER:
    return surface->kind == GF_EGL_PBUFFER ? &surface->largest : NULL;
  case EGL_TEXTURE_FORMAT:
    return surface->kind == GF_EGL_PBUFFER ? &surface->texture_format : NULL;
  case EGL_TEXTURE_TARGET:
    return surface->kind == GF_EGL_PBUFFER ? &surface->texture_target : NULL;
  case EGL_MIPMAP_TEXTURE:
    return surface->kind == GF_EGL_PBUFFER ? &surface->mipmap_texture : NULL;
  default:
    return NULL;
  }
}

static int is_allowed(EGLAttrib name, EGLAttrib value) {
  switch (name) {
  case EGL_GL_COLORSPACE:
    return value == EGL_GL_COLORSPACE_LINEAR || value == EGL_GL_COLORSPACE_SRGB;
  case EGL_RENDER_BUFFER:
    return value == EGL_BACK_BUFFER || value == EGL_SINGLE_BUFFER;
  case EGL_TEXTURE_FORMAT:
    return value == EGL_NO_TEXTURE || value == EGL_TEXTURE_RGB || value == EGL_TEXTURE_RGBA;
  case EGL_TEXTURE_TARGET:
    return value == EGL_NO_TEXTURE || value == EGL_TEXTURE_2D;
  default:
    return 1;
  }
}

/// Reads a list; the error, or EGL_SUCCESS.
static EGLint read_list(struct gf_egl_surface *surface, const EGLAttrib *list, EGLint *width,
                        EGLint *height) {
  for (; list != NULL && list[0] != EGL_NONE; list += 2) {
    EGLint *value = attribute_of(surface, list[0]);
    if (surface->kind == GF_EGL_PBUFFER && list[0] == EGL_WIDTH)
      value = width;
    else if (surface->kind == GF_EGL_PBUFFER && list[0] == EGL_HEIGHT)
      value = height;
    if (value == NULL || !is_allowed(list[0], list[1]))
      return EGL_BAD_ATTRIBUTE;
    *value = (EGLint)list[1];
  }
  if (*width < 0 || *height < 0)
    return EGL_BAD_PARAMETER;
  if ((surface->texture_format == EGL_NO_TEXTURE) != (surface->texture_target == EGL_NO_TEXTURE))
    return EGL_BAD_MATCH;
  // RGBA of a config without alpha is opaque; Mesa does not mind either.
  return EGL_SUCCESS;
}

static EGLint fit_size(const struct gf_egl_surface *surface, EGLint *width, EGLint *height) {
  const EGLint most = surface->config->max_pbuffer_width;
  if (*width <= most && *height <= most)
    return EGL_SUCCESS;
  if (!surface->largest)
    return EGL_BAD_ALLOC;
  // The largest that a host's memory is sure to bear.
  const EGLint bearable = most < 4096 ? most : 4096;
  *width = *width < bearable ? *width : bearable;
  *height = *height < bearable ? *height : bearable;
  return EGL_SUCCESS;
}

static int is_taken(struct gf_egl_display *display, uint32_t xid) {
  int taken = 0;
  pthread_mutex_lock(&display->mutex);
  for (const struct gf_egl_surface *at = display->surfaces; at != NULL; at = at->next)
    taken |= at->kind == GF_EGL_WINDOW && at->xid == xid;
  pthread_mutex_unlock(&display->mutex);
  return taken;
}

/// The X drawable that a surface is for, NULL with `*error` set.
static struct gf_x_target *open_target(struct gf_egl_display *display,
                                       enum gf_egl_surface_kind kind, uint32_t xid, EGLint *error) {
  const int is_window = kind == GF_EGL_WINDOW;
  *error = is_window ? EGL_BAD_NATIVE_WINDOW : EGL_BAD_NATIVE_PIXMAP;
  struct gf_x_target *target =
      display->x != NULL && xid != 0 ? gf_x_target_open(display->x, xid) : NULL;
  if (target != NULL && target->is_window != is_window) {
    gf_x_target_close(target);
    return NULL;
  }
  if (target != NULL && is_window && is_taken(display, xid)) {
    gf_x_target_close(target);
    *error = EGL_BAD_ALLOC;
    return NULL;
  }
  return target;
}

static EGLSurface create(EGLDisplay handle, EGLConfig config_handle, enum gf_egl_surface_kind kind,
                         uint32_t xid, const EGLAttrib *list) {
  static const EGLint bits[] = {EGL_WINDOW_BIT, EGL_PBUFFER_BIT, EGL_PIXMAP_BIT};
  struct gf_egl_display *display = gf_egl_ready(handle);
  if (display == NULL)
    return EGL_NO_SURFACE;
  if (kind != GF_EGL_PBUFFER && display->platform != GF_EGL_X11) {
    // These platforms have neither, whatever the config is.
    gf_egl_fail(kind == GF_EGL_WINDOW ? EGL_BAD_NATIVE_WINDOW : EGL_BAD_NATIVE_PIXMAP);
    return EGL_NO_SURFACE;
  }
  const struct gf_egl_config *config = gf_egl_config(display, config_handle);
  if (config == NULL)
    return EGL_NO_SURFACE;
  struct gf_egl_surface *surface = calloc(1, sizeof *surface);
  EGLint error = surface != NULL ? EGL_SUCCESS : EGL_BAD_ALLOC;
  EGLint width = 0, height = 0;
  if (surface != NULL) {
    *surface = (struct gf_egl_surface){
        .references = 1,
        .kind = kind,
        .config = config,
        .xid = xid,
        .render_buffer = kind == GF_EGL_PIXMAP ? EGL_SINGLE_BUFFER : EGL_BACK_BUFFER,
        .colour_space = EGL_GL_COLORSPACE_LINEAR,
        .texture_format = EGL_NO_TEXTURE,
        .texture_target = EGL_NO_TEXTURE,
        .multisample_resolve = EGL_MULTISAMPLE_RESOLVE_DEFAULT,
        .swap_behaviour = kind == GF_EGL_PBUFFER ? EGL_BUFFER_PRESERVED : EGL_BUFFER_DESTROYED,
    };
    error = read_list(surface, list, &width, &height);
  }
  if (error == EGL_SUCCESS && (config->surface_type & bits[kind]) == 0)
    error = EGL_BAD_MATCH;
  if (error == EGL_SUCCESS && kind == GF_EGL_PBUFFER)
    error = fit_size(surface, &width, &height);
  struct gf_x_target *target = NULL;
  if (error == EGL_SUCCESS && kind != GF_EGL_PBUFFER &&
      (target = open_target(display, kind, xid, &error)) != NULL)
    error = EGL_SUCCESS;
  if (error == EGL_SUCCESS) {
    struct gf_gl_config buffers;
    gf_egl_config_buffers(config, &buffers);
    // A pbuffer has one buffer, whatever it is called.
    buffers.double_buffer = surface->render_buffer == EGL_BACK_BUFFER && kind != GF_EGL_PBUFFER;
    buffers.is_bottom_up = surface->texture_format != EGL_NO_TEXTURE;
    buffers.srgb = surface->colour_space == EGL_GL_COLORSPACE_SRGB;
    surface->drawable = gf_gl_drawable_new(&buffers, (uint32_t)width, (uint32_t)height, target);
    error = surface->drawable != NULL ? EGL_SUCCESS : EGL_BAD_ALLOC;
  }
  if (error != EGL_SUCCESS) {
    free(surface);
    gf_egl_fail(error);
    return EGL_NO_SURFACE;
  }
  surface->drawable->swap_interval = 1;
  pthread_mutex_lock(&display->mutex);
  surface->next = display->surfaces;
  display->surfaces = surface;
  pthread_mutex_unlock(&display->mutex);
  gf_egl_succeed();
  return surface;
}

GF_GL_EXPORT EGLSurface eglCreateWindowSurface(EGLDisplay display, EGLConfig config,
                                               EGLNativeWindowType window, const EGLint *list) {
  EGLAttrib wide[GF_EGL_LIST_MOST];
  return create(display, config, GF_EGL_WINDOW, (uint32_t)window, gf_egl_widen(list, wide));
}

GF_GL_EXPORT EGLSurface eglCreatePixmapSurface(EGLDisplay display, EGLConfig config,
                                               EGLNativePixmapType pixmap, const EGLint *list) {
  EGLAttrib wide[GF_EGL_LIST_MOST];
  return create(display, config, GF_EGL_PIXMAP, (uint32_t)pixmap, gf_egl_widen(list, wide));
}

GF_GL_EXPORT EGLSurface eglCreatePbufferSurface(EGLDisplay display, EGLConfig config,
                                                const EGLint *list) {
  EGLAttrib wide[GF_EGL_LIST_MOST];
  return create(display, config, GF_EGL_PBUFFER, 0, gf_egl_widen(list, wide));
}

/// Of the platform calls: X11 has a pointer to the number, xcb to a narrower one.
static uint32_t native_id(EGLDisplay handle, void *native) {
  const struct gf_egl_display *display = gf_egl_ready(handle);
  if (display == NULL || native == NULL || display->platform != GF_EGL_X11)
    return 0;
  return *(const uint32_t *)native; // little-endian: the low half of an XID
}

GF_GL_EXPORT EGLSurface eglCreatePlatformWindowSurface(EGLDisplay display, EGLConfig config,
                                                       void *native, const EGLAttrib *list) {
  return create(display, config, GF_EGL_WINDOW, native_id(display, native), list);
}

GF_GL_EXPORT EGLSurface eglCreatePlatformPixmapSurface(EGLDisplay display, EGLConfig config,
                                                       void *native, const EGLAttrib *list) {
  return create(display, config, GF_EGL_PIXMAP, native_id(display, native), list);
}

GF_GL_EXPORT EGLSurface eglCreatePlatformWindowSurfaceEXT(EGLDisplay display, EGLConfig config,
                                                          void *native, const EGLint *list) {
  EGLAttrib wide[GF_EGL_LIST_MOST];
  return create(display, config, GF_EGL_WINDOW, native_id(display, native),
                gf_egl_widen(list, wide));
}

GF_GL_EXPORT EGLSurface eglCreatePlatformPixmapSurfaceEXT(EGLDisplay display, EGLConfig config,
                                                          void *native, const EGLint *list) {
  EGLAttrib wide[GF_EGL_LIST_MOST];
  return create(display, config, GF_EGL_PIXMAP, native_id(display, native),
                gf_egl_widen(list, wide));
}

GF_GL_EXPORT EGLSurface eglCreatePbufferFromClientBuffer(EGLDisplay handle, EGLenum type,
                                                         EGLClientBuffer buffer, EGLConfig config,
                                                         const EGLint *list) {
  (void)buffer;
  (void)config;
  (void)list;
  // OpenVG's images are the only buffers that EGL has for this.
  if (gf_egl_ready(handle) != NULL)
    gf_egl_fail(type == EGL_OPENVG_IMAGE ? EGL_BAD_MATCH : EGL_BAD_PARAMETER);
  return EGL_NO_SURFACE;
}

GF_GL_EXPORT EGLBoolean eglDestroySurface(EGLDisplay handle, EGLSurface surface_handle) {
  struct gf_egl_display *display = gf_egl_ready(handle);
  struct gf_egl_surface *surface = display != NULL ? gf_egl_surface(display, surface_handle) : NULL;
  if (surface == NULL)
    return EGL_FALSE;
  pthread_mutex_lock(&display->mutex);
  struct gf_egl_surface **at = &display->surfaces;
  while (*at != NULL && *at != surface)
    at = &(*at)->next;
  const int was_there = *at != NULL;
  if (was_there)
    *at = surface->next;
  pthread_mutex_unlock(&display->mutex);
  if (was_there)
    gf_egl_surface_unref(surface);
  return gf_egl_succeed();
}
