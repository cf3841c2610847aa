// EGLImages: made of a context's textures and renderbuffers, taken by another's.
#include "backends/gl/call.h"
#include "backends/gl/lane.h"
#include "backends/gl/session.h"
#include "backends/gl/surface/default_framebuffer.h"
#include "backends/gl/surface/pack_state.h"

namespace gpuferry::gl {

namespace {

/// The driver's name of what an image is made of; one that it does not know where the guest's names nothing.
uint32_t native_object(Context &context, EGLenum target, uint32_t guest) {
  const gf_gl_kind kind =
      target == EGL_GL_RENDERBUFFER_KHR ? GF_GL_KIND_RENDERBUFFER : GF_GL_KIND_TEXTURE;
  const uint32_t native = context.table(kind).native(guest);
  return native != 0 || guest == 0 ? native : GlCall::kUnknownName;
}

/// The image that a command names, null for none: drivers refuse that.
GLeglImageOES image_of(GlCall &call, uint32_t id) {
  return id != 0 ? call.session().images.find(id) : nullptr;
}

} // namespace

void custom_gfGlCreateImage(GlCall &call) {
  const auto *args = call.args<gf_gl_gfGlCreateImage_args>();
  auto *reply = call.reply<gf_gl_gfGlCreateImage_reply>();
  Session &session = call.session();
  const auto context = session.context(args->context);
  if (!context) {
    reply->egl_error = EGL_BAD_CONTEXT;
    return;
  }
  EGLint attributes[7], *end = attributes;
  const auto add = [&](uint32_t flag, EGLint name, EGLint value) {
    if (args->attributes & flag)
      *end++ = name, *end++ = value;
  };
  add(GF_GL_IMAGE_LEVEL, EGL_GL_TEXTURE_LEVEL_KHR, args->level);
  add(GF_GL_IMAGE_Z_OFFSET, EGL_GL_TEXTURE_ZOFFSET_KHR, args->z_offset);
  add(GF_GL_IMAGE_PRESERVED, EGL_IMAGE_PRESERVED_KHR, EGL_TRUE);
  *end = EGL_NONE;
  EGLImageKHR image = session.egl.create_image(context->native, args->target,
                                               native_object(*context, args->target, args->object),
                                               attributes, &reply->egl_error);
  if (image != EGL_NO_IMAGE_KHR && !session.images.add(args->image, image)) {
    session.egl.destroy_image(image);
    call.violate("a new image has the number of one that lives");
  }
}

void custom_gfGlDestroyImage(GlCall &call) {
  Session &session = call.session();
  if (EGLImageKHR image = session.images.take(call.args<gf_gl_gfGlDestroyImage_args>()->image))
    session.egl.destroy_image(image);
}

/// What is drawn to the drawable later shows in the texture, too, where the host makes images; elsewhere
/// the texture has the picture of now, which is all that EGL promises.
void custom_gfGlBindTexImage(GlCall &call) {
  const auto *args = call.args<gf_gl_gfGlBindTexImage_args>();
  const auto drawable = call.session().drawable(args->drawable);
  if (!drawable)
    return;
  Context &context = call.context();
  DefaultFramebuffer &zero = *context.framebuffer;
  const GlDriver &gl = zero.gl();
  Target &target = zero.target(drawable);
  BufferSet &set = *target.buffers;
  zero.rebind();
  EGLImageKHR image = EGL_NO_IMAGE_KHR;
  EGLint error = EGL_SUCCESS;
  constexpr EGLint none = EGL_NONE;
  if (!drawable->samples() && gl.glEGLImageTargetTexture2DOES)
    image = call.session().egl.create_image(context.native, EGL_GL_TEXTURE_2D_KHR,
                                            set.of(Colour::back), &none, &error);
  if (image != EGL_NO_IMAGE_KHR) {
    gl.glEGLImageTargetTexture2DOES(GL_TEXTURE_2D, image);
    call.session().egl.destroy_image(image); // the texture keeps the pixels
    return;
  }
  gl.glBindFramebuffer(context.has.separate_read ? GL_READ_FRAMEBUFFER : GL_FRAMEBUFFER,
                       zero.readable(target, Colour::back));
  gl.glCopyTexImage2D(GL_TEXTURE_2D, 0, args->has_alpha ? GL_RGBA : GL_RGB, 0, 0,
                      static_cast<GLsizei>(set.width), static_cast<GLsizei>(set.height), 0);
  zero.rebind();
}

void custom_gfGlTexPixmap(GlCall &call) {
  const auto *args = call.args<gf_gl_gfGlTexPixmap_args>();
  constexpr int32_t kMaxSide = 65535; // X's own limit, which also keeps the product from wrapping
  if (args->width <= 0 || args->height <= 0 || args->width > kMaxSide || args->height > kMaxSide)
    return call.violate("a pixmap of an impossible size");
  const std::byte *pixels = nullptr;
  if (!call.payload(args->pixels,
                    uint64_t{4} * static_cast<uint32_t>(args->width) *
                        static_cast<uint32_t>(args->height),
                    &pixels))
    return;
  const Context &context = call.context();
  const GlDriver &gl = call.session().egl.driver();
  const PlainUnpacking plain(gl, context);
  if (context.is_es()) // whose opaque pixels say so themselves
    gl.glTexImage2D(args->target, 0, GL_BGRA, args->width, args->height, 0, GL_BGRA,
                    GL_UNSIGNED_BYTE, pixels);
  else
    gl.glTexImage2D(args->target, 0, args->has_alpha ? GL_RGBA : GL_RGB, args->width, args->height,
                    0, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, pixels);
}

void custom_glEGLImageTargetTexture2DOES(GlCall &call) {
  const auto *args = call.args<gf_gl_glEGLImageTargetTexture2DOES_args>();
  const auto native = call.driver().glEGLImageTargetTexture2DOES;
  if (!native)
    return call.missing("glEGLImageTargetTexture2DOES");
  native(args->target, image_of(call, args->image));
}

void custom_glEGLImageTargetRenderbufferStorageOES(GlCall &call) {
  const auto *args = call.args<gf_gl_glEGLImageTargetRenderbufferStorageOES_args>();
  const auto native = call.driver().glEGLImageTargetRenderbufferStorageOES;
  if (!native)
    return call.missing("glEGLImageTargetRenderbufferStorageOES");
  native(args->target, image_of(call, args->image));
}

void custom_glEGLImageTargetTexStorageEXT(GlCall &call) {
  const auto *args = call.args<gf_gl_glEGLImageTargetTexStorageEXT_args>();
  const auto native = call.driver().glEGLImageTargetTexStorageEXT;
  if (!native)
    return call.missing("glEGLImageTargetTexStorageEXT");
  native(args->target, image_of(call, args->image), nullptr);
}

void custom_glEGLImageTargetTextureStorageEXT(GlCall &call) {
  const auto *args = call.args<gf_gl_glEGLImageTargetTextureStorageEXT_args>();
  const auto native = call.driver().glEGLImageTargetTextureStorageEXT;
  if (!native)
    return call.missing("glEGLImageTargetTextureStorageEXT");
  native(call.name(GF_GL_KIND_TEXTURE, args->texture), image_of(call, args->image), nullptr);
}

} // namespace gpuferry::gl
