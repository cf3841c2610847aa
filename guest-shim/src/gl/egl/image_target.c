// OpenGL takes an EGLImage for a texture's or a renderbuffer's pixels. A handle that names no image travels
// as 0, which the driver refuses.
#include "gl/egl/image.h"
#include "gl/export.h"
#include "gl/stub.h"
#include "gl_api.h"
#include "gl_wire.h"

GF_GL_EXPORT void glEGLImageTargetTexture2DOES(GLenum target, GLeglImageOES image) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL)
    return;
  struct gf_gl_glEGLImageTargetTexture2DOES_args *args =
      gf_gl_begin(lane, GF_GL_OP_glEGLImageTargetTexture2DOES, sizeof *args);
  args->target = target;
  args->image = gf_egl_image_number(image);
  gf_gl_post(lane);
}

GF_GL_EXPORT void glEGLImageTargetRenderbufferStorageOES(GLenum target, GLeglImageOES image) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL)
    return;
  struct gf_gl_glEGLImageTargetRenderbufferStorageOES_args *args =
      gf_gl_begin(lane, GF_GL_OP_glEGLImageTargetRenderbufferStorageOES, sizeof *args);
  args->target = target;
  args->image = gf_egl_image_number(image);
  gf_gl_post(lane);
}

/// No extension that is offered has attributes for these lists.
static int refuses(struct gf_gl_lane *lane, const GLint *list) {
  if (list == NULL || list[0] == GL_NONE)
    return 0;
  gf_gl_raise(lane, GL_INVALID_VALUE);
  return 1;
}

GF_GL_EXPORT void glEGLImageTargetTexStorageEXT(GLenum target, GLeglImageOES image,
                                                const GLint *attrib_list) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL || refuses(lane, attrib_list))
    return;
  struct gf_gl_glEGLImageTargetTexStorageEXT_args *args =
      gf_gl_begin(lane, GF_GL_OP_glEGLImageTargetTexStorageEXT, sizeof *args);
  args->target = target;
  args->image = gf_egl_image_number(image);
  gf_gl_post(lane);
}

GF_GL_EXPORT void glEGLImageTargetTextureStorageEXT(GLuint texture, GLeglImageOES image,
                                                    const GLint *attrib_list) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL || refuses(lane, attrib_list))
    return;
  struct gf_gl_glEGLImageTargetTextureStorageEXT_args *args =
      gf_gl_begin(lane, GF_GL_OP_glEGLImageTargetTextureStorageEXT, sizeof *args);
  args->texture = texture;
  args->image = gf_egl_image_number(image);
  gf_gl_post(lane);
}
