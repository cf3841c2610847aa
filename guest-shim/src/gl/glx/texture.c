// GLX_EXT_texture_from_pixmap: what compositors show windows with. A pixmap's pixels are the guest's X server's;
// binding takes them from there and gives them to the texture, which is what the extension asks for at least.
#include "gl/glx/protocol.h"
#include <stdlib.h>

#include "gl/export.h"
#include "gl/glx/context.h"
#include "gl/glx/drawable.h"
#include "gl/glx/error.h"
#include "gl/stub.h"
#include "gl/x11/get.h"
#include "gl_api.h"
#include "gl_wire.h"

/// The pixmap, where it was made to become a texture; else NULL and the error was raised.
static struct gf_glx_drawable *bindable(Display *dpy, GLXDrawable id) {
  struct gf_glx_display *display = gf_glx_display(dpy);
  if (display == NULL)
    return NULL;
  struct gf_glx_drawable *found = gf_glx_drawable_find(display, id);
  if (found == NULL || found->kind != GF_GLX_PIXMAP) {
    gf_glx_error(display, GLXBadPixmap, id, X_GLXVendorPrivate, 0);
    return NULL;
  }
  if (found->texture_format == GLX_TEXTURE_FORMAT_NONE_EXT) {
    gf_glx_error(display, BadMatch, id, X_GLXVendorPrivate, 1);
    return NULL;
  }
  return found;
}

/// X does not care about a fourth byte that a depth of 24 leaves; textures do.
static void make_opaque(uint8_t *pixels, uint64_t count) {
  for (uint64_t i = 0; i < count; i++)
    pixels[4 * i + 3] = 0xff;
}

static void send(struct gf_gl_lane *lane, const struct gf_glx_drawable *drawable, uint8_t *pixels,
                 uint32_t width, uint32_t height) {
  const int has_alpha = drawable->texture_format == GLX_TEXTURE_FORMAT_RGBA_EXT;
  const uint64_t bytes = (uint64_t)width * height * 4;
  if (!has_alpha || drawable->drawable->frames->target->depth == 24)
    make_opaque(pixels, (uint64_t)width * height);
  struct gf_gl_gfGlTexPixmap_args *args =
      gf_gl_begin(lane, GF_GL_OP_gfGlTexPixmap, sizeof *args + gf_gl_room(bytes));
  args->target =
      drawable->texture_target == GLX_TEXTURE_RECTANGLE_EXT ? GL_TEXTURE_RECTANGLE : GL_TEXTURE_2D;
  args->width = (int32_t)width;
  args->height = (int32_t)height;
  args->has_alpha = (uint32_t)has_alpha;
  gf_gl_put(lane, &args->pixels, pixels, bytes, args + 1);
  gf_gl_post(lane);
}

GF_GL_EXPORT void glXBindTexImageEXT(Display *dpy, GLXDrawable id, int buffer,
                                     const int *attributes) {
  (void)buffer; // pixmaps have but one
  (void)attributes;
  const struct gf_glx_drawable *drawable = bindable(dpy, id);
  struct gf_gl_lane *lane = gf_gl_enter();
  if (drawable == NULL || lane == NULL)
    return;
  // What the application has asked X to draw, and what OpenGL has drawn there.
  gf_x.XSync(dpy, False);
  gf_gl_drawable_finish(drawable->drawable);
  uint32_t width, height;
  uint8_t *pixels = gf_x_get(drawable->drawable->frames->target, &width, &height);
  if (pixels != NULL)
    send(lane, drawable, pixels, width, height);
  free(pixels);
}

GF_GL_EXPORT void glXReleaseTexImageEXT(Display *dpy, GLXDrawable id, int buffer) {
  (void)buffer;
  (void)bindable(dpy, id); // the texture keeps its copy
}
