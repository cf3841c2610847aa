// The images are the host's EGL's; the guest numbers them and keeps a handle for each.
#include "gl/egl/image.h"

#include <stdlib.h>

#include "gl/egl/context.h"
#include "gl/egl/list.h"
#include "gl/export.h"
#include "gl/stub.h"
#include "gl/window/host.h"
#include "gl_wire.h"
#include "session/session.h"

struct gf_egl_image {
  struct gf_egl_image *next;
  const struct gf_egl_display *display;
  uint32_t number;     ///< the host's; never used twice
  uint32_t generation; ///< gf_session_generation it belongs to
};

// OpenGL is given handles without a display: one list for all.
static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct gf_egl_image *g_images;
static uint32_t g_last_number;

uint32_t gf_egl_image_number(const void *handle) {
  uint32_t number = 0;
  pthread_mutex_lock(&g_mutex);
  for (const struct gf_egl_image *at = g_images; at != NULL && number == 0; at = at->next) {
    if (at == handle && at->generation == gf_session_generation)
      number = at->number;
  }
  pthread_mutex_unlock(&g_mutex);
  return number;
}

/// Takes an image of the display from the list: this one, or with NULL any. NULL if there is none such.
static struct gf_egl_image *take(const struct gf_egl_display *display, const void *handle) {
  struct gf_egl_image *found = NULL;
  pthread_mutex_lock(&g_mutex);
  for (struct gf_egl_image **at = &g_images; *at != NULL; at = &(*at)->next) {
    if ((*at)->display == display && (handle == NULL || *at == handle)) {
      found = *at;
      *at = found->next;
      break;
    }
  }
  pthread_mutex_unlock(&g_mutex);
  return found;
}

/// After whatever this thread's commands did with it.
static void destroy(struct gf_egl_image *image) {
  struct gf_gl_lane *lane = image->generation == gf_session_generation ? gf_gl_thread_lane() : NULL;
  if (lane != NULL) {
    struct gf_gl_gfGlDestroyImage_args *args =
        gf_gl_begin(lane, GF_GL_OP_gfGlDestroyImage, sizeof *args);
    *args = (struct gf_gl_gfGlDestroyImage_args){.image = image->number};
    gf_gl_post_point(lane);
  }
  free(image);
}

void gf_egl_images_give_up(struct gf_egl_display *display) {
  struct gf_egl_image *image;
  while ((image = take(display, NULL)) != NULL)
    destroy(image);
}

/// The extension that has images of this kind; NULL if none does.
static const char *extension_of(EGLenum target) {
  switch (target) {
  case EGL_GL_TEXTURE_2D:
    return "EGL_KHR_gl_texture_2D_image";
  case EGL_GL_TEXTURE_3D:
    return "EGL_KHR_gl_texture_3D_image";
  case EGL_GL_RENDERBUFFER:
    return "EGL_KHR_gl_renderbuffer_image";
  default:
    return target >= EGL_GL_TEXTURE_CUBE_MAP_POSITIVE_X &&
                   target <= EGL_GL_TEXTURE_CUBE_MAP_NEGATIVE_Z
               ? "EGL_KHR_gl_texture_cubemap_image"
               : NULL;
  }
}

/// Zero for an attribute that images do not have.
static int read_attribute(EGLAttrib name, EGLAttrib value,
                          struct gf_gl_gfGlCreateImage_args *args) {
  switch (name) {
  case EGL_GL_TEXTURE_LEVEL:
    args->level = (int32_t)value;
    args->attributes |= GF_GL_IMAGE_LEVEL;
    return 1;
  case EGL_GL_TEXTURE_ZOFFSET:
    args->z_offset = (int32_t)value;
    args->attributes |= GF_GL_IMAGE_Z_OFFSET;
    return 1;
  case EGL_IMAGE_PRESERVED:
    args->attributes &= ~(uint32_t)GF_GL_IMAGE_PRESERVED;
    args->attributes |= value != EGL_FALSE ? GF_GL_IMAGE_PRESERVED : 0;
    return 1;
  default:
    return 0;
  }
}

/// The host makes it; EGL_SUCCESS, or what the host's EGL says.
static EGLint ask(const struct gf_gl_gfGlCreateImage_args *wanted) {
  struct gf_gl_lane *lane = gf_gl_thread_lane();
  if (lane == NULL)
    return EGL_BAD_ALLOC;
  struct gf_gl_gfGlCreateImage_args *args =
      gf_gl_begin(lane, GF_GL_OP_gfGlCreateImage, sizeof *args);
  *args = *wanted;
  const void *reply;
  if (gf_gl_call_point(lane, &reply, sizeof(struct gf_gl_gfGlCreateImage_reply)) != 0)
    return EGL_CONTEXT_LOST;
  return ((const struct gf_gl_gfGlCreateImage_reply *)reply)->egl_error;
}

static EGLint create(struct gf_egl_display *display, EGLContext context_handle, EGLenum target,
                     EGLClientBuffer buffer, const EGLAttrib *list, struct gf_egl_image **made) {
  const char *extension = extension_of(target);
  if (extension == NULL || !gf_gl_host_has(extension))
    return EGL_BAD_PARAMETER;
  const struct gf_egl_context *context = gf_egl_context(display, context_handle);
  if (context == NULL)
    return EGL_BAD_CONTEXT;
  struct gf_gl_gfGlCreateImage_args args = {
      .context = context->gl->id, .target = target, .object = (uint32_t)(uintptr_t)buffer};
  for (; list != NULL && list[0] != EGL_NONE; list += 2) {
    if (!read_attribute(list[0], list[1], &args))
      return EGL_BAD_PARAMETER;
  }
  struct gf_egl_image *image = calloc(1, sizeof *image);
  if (image == NULL)
    return EGL_BAD_ALLOC;
  args.image = __atomic_add_fetch(&g_last_number, 1, __ATOMIC_RELAXED);
  const EGLint error = ask(&args);
  if (error != EGL_SUCCESS) {
    free(image);
    return error;
  }
  image->display = display;
  image->number = args.image;
  image->generation = gf_session_generation;
  pthread_mutex_lock(&g_mutex);
  image->next = g_images;
  g_images = image;
  pthread_mutex_unlock(&g_mutex);
  *made = image;
  return EGL_SUCCESS;
}

GF_GL_EXPORT EGLImage eglCreateImage(EGLDisplay handle, EGLContext context, EGLenum target,
                                     EGLClientBuffer buffer, const EGLAttrib *list) {
  struct gf_egl_display *display = gf_egl_ready(handle);
  if (display == NULL)
    return EGL_NO_IMAGE;
  struct gf_egl_image *image = NULL;
  const EGLint error = create(display, context, target, buffer, list, &image);
  if (error == EGL_SUCCESS)
    gf_egl_succeed();
  else
    gf_egl_fail(error);
  return image;
}

GF_GL_EXPORT EGLImageKHR eglCreateImageKHR(EGLDisplay display, EGLContext context, EGLenum target,
                                           EGLClientBuffer buffer, const EGLint *list) {
  EGLAttrib wide[GF_EGL_LIST_MOST];
  return eglCreateImage(display, context, target, buffer, gf_egl_widen(list, wide));
}

GF_GL_EXPORT EGLBoolean eglDestroyImage(EGLDisplay handle, EGLImage image_handle) {
  const struct gf_egl_display *display = gf_egl_ready(handle);
  if (display == NULL)
    return EGL_FALSE;
  struct gf_egl_image *image = image_handle != EGL_NO_IMAGE ? take(display, image_handle) : NULL;
  if (image == NULL)
    return gf_egl_fail(EGL_BAD_PARAMETER);
  destroy(image);
  return gf_egl_succeed();
}

GF_GL_EXPORT EGLBoolean eglDestroyImageKHR(EGLDisplay display, EGLImageKHR image) {
  return eglDestroyImage(display, image);
}
