#include "backends/gl/surface/default_framebuffer.h"

#include "backends/gl/context.h"
#include "backends/gl/surface/keep.h"
#include "backends/gl/surface/split_lists.h"

namespace gpuferry::gl {

namespace {
constexpr GLenum kFlipY = 0x8BBB; // GL_FRAMEBUFFER_FLIP_Y_MESA
}

void DefaultFramebuffer::use(const std::shared_ptr<Drawable> &draw,
                             const std::shared_ptr<Drawable> &read) {
  const Target *before = draw_;
  draw_ = draw ? &target(draw) : nullptr;
  read_ = read ? &target(read) : nullptr;
  fit();
  if (before && draw_ && before != draw_)
    carry_buffers(*before, *draw_);
  rebind();
}

void DefaultFramebuffer::fit() {
  for (Target *target : {draw_, read_})
    if (target)
      fit(*target);
}

void DefaultFramebuffer::fit(Target &target) {
  fit_buffers(gl_, context_, *target.drawable, *target.buffers);
  if (target.buffers->has_spare_alpha && context_.group->sees_alpha)
    make_opaque(gl_, context_, *target.drawable, *target.buffers);
  if (target.attached == target.buffers->generation)
    return;
  // Other pixels, of which some have other names.
  attach(target);
  for (const Colour which : {Colour::back, Colour::front})
    if (const GLuint only = target.only[static_cast<unsigned>(which)])
      attach_colour(only, GL_COLOR_ATTACHMENT0, target, target.buffers->of(which));
  rebind();
}

Target &DefaultFramebuffer::target(const std::shared_ptr<Drawable> &drawable) {
  Target &target = targets_[drawable.get()];
  if (!target.drawable) {
    target.drawable = drawable;
    target.buffers = drawable->buffers(context_.group);
    fit_buffers(gl_, context_, *drawable, *target.buffers);
    target.framebuffer = make_framebuffer(*drawable);
    attach(target);
  }
  return target;
}

void DefaultFramebuffer::forget(const Drawable &drawable) {
  const auto found = targets_.find(&drawable);
  if (found == targets_.end() || &found->second == draw_ || &found->second == read_)
    return;
  const Target &target = found->second;
  for (const GLuint framebuffer :
       {target.framebuffer, target.only[0], target.only[1], target.resolved})
    if (framebuffer)
      gl_.glDeleteFramebuffers(1, &framebuffer);
  // The buffers themselves go with the last context that has them attached or with their share group;
  // the application's drawable ends here.
  if (target.buffers.use_count() <= 2) { // this target's and the drawable's own
    BufferSet &set = *target.buffers;
    if (target.drawable->samples())
      gl_.glDeleteRenderbuffers(2, set.colour);
    else
      gl_.glDeleteTextures(2, set.colour);
    gl_.glDeleteTextures(1, &set.resolved);
    if (set.depth_is_texture)
      gl_.glDeleteTextures(1, &set.depth_stencil);
    else
      gl_.glDeleteRenderbuffers(1, &set.depth_stencil);
    set = {};
  }
  targets_.erase(found);
}

GLuint DefaultFramebuffer::make_framebuffer(const Drawable &drawable) {
  GLuint name = 0;
  gl_.glGenFramebuffers(1, &name);
  gl_.glBindFramebuffer(GL_FRAMEBUFFER, name);
  // Rows from the top, as a window has them: pictures are then the same, bit by bit, as those that the
  // driver draws to a window, whose rules for edges depend on the direction.
  if (context_.has.flip_y && !drawable.is_bottom_up())
    gl_.glFramebufferParameteri(GL_FRAMEBUFFER, kFlipY, GL_TRUE);
  return name;
}

void DefaultFramebuffer::attach_colour(GLuint framebuffer, GLenum attachment, const Target &target,
                                       uint32_t buffer) {
  gl_.glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
  if (target.drawable->samples())
    gl_.glFramebufferRenderbuffer(GL_FRAMEBUFFER, attachment, GL_RENDERBUFFER, buffer);
  else
    gl_.glFramebufferTexture2D(GL_FRAMEBUFFER, attachment, GL_TEXTURE_2D, buffer, 0);
}

/// Leaves the framebuffer bound.
void DefaultFramebuffer::attach(Target &target) {
  target.attached = target.buffers->generation;
  attach_colour(target.framebuffer, GL_COLOR_ATTACHMENT0, target, target.buffers->of(Colour::back));
  const Drawable &drawable = *target.drawable;
  const BufferSet &set = *target.buffers;
  const auto attach_depth = [&](GLenum attachment) {
    if (set.depth_is_texture)
      gl_.glFramebufferTexture2D(GL_FRAMEBUFFER, attachment, GL_TEXTURE_2D, set.depth_stencil, 0);
    else
      gl_.glFramebufferRenderbuffer(GL_FRAMEBUFFER, attachment, GL_RENDERBUFFER, set.depth_stencil);
  };
  if (drawable.depth_bits())
    attach_depth(GL_DEPTH_ATTACHMENT);
  if (drawable.stencil_bits())
    attach_depth(GL_STENCIL_ATTACHMENT);
  if (target.buffers->of(Colour::front))
    attach_front(target);
}

void DefaultFramebuffer::attach_front(Target &target) {
  attach_colour(target.framebuffer, GL_COLOR_ATTACHMENT1, target,
                target.buffers->of(Colour::front));
  target.has_front = true;
}

Target *DefaultFramebuffer::default_at(GLenum framebuffer_target) {
  if (framebuffer_target == GL_READ_FRAMEBUFFER)
    return is_read_default() ? read_ : nullptr;
  return is_draw_default() ? draw_ : nullptr;
}

void DefaultFramebuffer::rebind() {
  const GLuint draw = bound_draw ? bound_draw : draw_framebuffer();
  const GLuint read = bound_read ? bound_read : read_framebuffer();
  gl_.glBindFramebuffer(GL_FRAMEBUFFER, draw);
  if (read != draw && context_.has.separate_read)
    gl_.glBindFramebuffer(GL_READ_FRAMEBUFFER, read);
}

void DefaultFramebuffer::rebind_read() {
  if (!context_.has.separate_read)
    return rebind();
  gl_.glBindFramebuffer(GL_READ_FRAMEBUFFER, bound_read ? bound_read : read_framebuffer());
}

GLenum DefaultFramebuffer::attachment_of(Target &target, GLenum buffer) {
  const bool two = target.drawable->is_double_buffered();
  switch (buffer) {
  case GL_NONE:
    return GL_NONE;
  case GL_BACK:
  case GL_BACK_LEFT:
    // Mesa takes it for the only one there is.
    return two || context_.is_es() || context_.has.is_mesa ? GL_COLOR_ATTACHMENT0 : kNoBuffer;
  case GL_FRONT:
  case GL_FRONT_LEFT:
  case GL_LEFT:
    if (!two)
      return GL_COLOR_ATTACHMENT0;
    if (!target.has_front) {
      if (target.buffers->of(Colour::front) == 0) {
        // What was swapped before, if nothing was drawn since.
        if (add_front(gl_, context_, *target.drawable, *target.buffers))
          copy_back_to_front(target);
      }
      attach_front(target);
      rebind();
    }
    return GL_COLOR_ATTACHMENT1;
  case GL_FRONT_AND_BACK:
    return two ? kNoBuffer : GL_COLOR_ATTACHMENT0;
  default:
    return kNoBuffer;
  }
}

GLenum DefaultFramebuffer::buffer_of(const Target &target, GLenum attachment) const {
  switch (attachment) {
  case GL_COLOR_ATTACHMENT0:
    return target.drawable->is_double_buffered() || context_.is_es() ? GL_BACK : GL_FRONT;
  case GL_COLOR_ATTACHMENT1:
    return GL_FRONT;
  default:
    return attachment;
  }
}

GLuint DefaultFramebuffer::single(Target &target, Colour which) {
  GLuint &only = target.only[static_cast<unsigned>(which)];
  if (only == 0) {
    only = make_framebuffer(*target.drawable);
    attach_colour(only, GL_COLOR_ATTACHMENT0, target, target.buffers->of(which));
  }
  return only;
}

GLuint DefaultFramebuffer::readable(Target &target, Colour which) {
  if (!target.drawable->is_double_buffered())
    which = Colour::back;
  else if (which == Colour::front && !target.has_front)
    attachment_of(target, GL_FRONT);
  BufferSet &set = *target.buffers;
  const GLuint only = single(target, which);
  if (target.drawable->samples() == 0)
    return only;
  add_resolved(gl_, context_, *target.drawable, set);
  if (target.resolved == 0) {
    target.resolved = make_framebuffer(*target.drawable);
    gl_.glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, set.resolved,
                               0);
  }
  const NoScissor everywhere(gl_);
  const auto width = static_cast<GLint>(set.width), height = static_cast<GLint>(set.height);
  gl_.glBindFramebuffer(GL_READ_FRAMEBUFFER, only);
  gl_.glBindFramebuffer(GL_DRAW_FRAMEBUFFER, target.resolved);
  gl_.glBlitFramebuffer(0, 0, width, height, 0, 0, width, height, GL_COLOR_BUFFER_BIT, GL_NEAREST);
  return target.resolved;
}

void DefaultFramebuffer::resolve_depth(Target &target) {
  const Drawable &drawable = *target.drawable;
  if (target.buffers->depth_stencil == 0)
    return;
  if (target.resolved_depth == 0)
    gl_.glGenRenderbuffers(1, &target.resolved_depth);
  size_resolved_depth(gl_, context_, drawable, *target.buffers, target.resolved_depth);
  gl_.glBindFramebuffer(GL_FRAMEBUFFER, target.resolved);
  GLbitfield mask = 0;
  if (drawable.depth_bits()) {
    gl_.glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_RENDERBUFFER,
                                  target.resolved_depth);
    mask |= GL_DEPTH_BUFFER_BIT;
  }
  if (drawable.stencil_bits()) {
    gl_.glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_STENCIL_ATTACHMENT, GL_RENDERBUFFER,
                                  target.resolved_depth);
    mask |= GL_STENCIL_BUFFER_BIT;
  }
  const NoScissor everywhere(gl_);
  const auto width = static_cast<GLint>(target.buffers->width),
             height = static_cast<GLint>(target.buffers->height);
  gl_.glBindFramebuffer(GL_READ_FRAMEBUFFER, target.framebuffer);
  gl_.glBlitFramebuffer(0, 0, width, height, 0, 0, width, height, mask, GL_NEAREST);
}

void DefaultFramebuffer::want_srgb() {
  for (Target *target : {draw_, read_}) {
    if (!target || target->buffers->has_srgb || context_.is_es() ||
        !stores_srgb(context_, *target->drawable))
      continue;
    make_srgb(gl_, context_, *target->drawable, *target->buffers);
    target->attached = target->buffers->generation;
    rebind();
  }
}

void DefaultFramebuffer::show_alpha() {
  context_.group->sees_alpha.store(true, std::memory_order_relaxed);
  for (Target *target : {draw_, read_}) {
    if (!target || !target->buffers->has_spare_alpha || is_compiling())
      continue;
    if (make_opaque(gl_, context_, *target->drawable, *target->buffers)) {
      target->attached = target->buffers->generation;
      rebind();
    }
  }
}

void DefaultFramebuffer::copy_back_to_front(Target &target) {
  BufferSet &set = *target.buffers;
  if (!target.drawable->is_double_buffered() || set.of(Colour::front) == 0)
    return;
  const GLuint back = single(target, Colour::back), front = single(target, Colour::front);
  if (!context_.has.separate_read)
    return;
  const NoScissor everywhere(gl_);
  const auto width = static_cast<GLint>(set.width), height = static_cast<GLint>(set.height);
  gl_.glBindFramebuffer(GL_READ_FRAMEBUFFER, back);
  gl_.glBindFramebuffer(GL_DRAW_FRAMEBUFFER, front);
  gl_.glBlitFramebuffer(0, 0, width, height, 0, 0, width, height, GL_COLOR_BUFFER_BIT, GL_NEAREST);
  rebind();
}

/// The draw and read buffer are the context's, not the drawable's: another drawable gets the same.
void DefaultFramebuffer::carry_buffers(const Target &from, Target &to) {
  if (!gl_.glDrawBuffer || context_.is_es() || bound_draw != 0)
    return;
  gl_.glBindFramebuffer(GL_FRAMEBUFFER, from.framebuffer);
  const GLenum drawn = buffer_of(from, static_cast<GLenum>(get_number(gl_, GL_DRAW_BUFFER)));
  const GLenum read = buffer_of(from, static_cast<GLenum>(get_number(gl_, GL_READ_BUFFER)));
  const GLenum draw_to = attachment_of(to, drawn), read_from = attachment_of(to, read);
  gl_.glBindFramebuffer(GL_FRAMEBUFFER, to.framebuffer);
  if (draw_to != kNoBuffer)
    gl_.glDrawBuffer(draw_to);
  if (read_from != kNoBuffer)
    gl_.glReadBuffer(read_from);
}

} // namespace gpuferry::gl
