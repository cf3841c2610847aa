// Framebuffer 0 of one context: a framebuffer object of ours stands in for it, one for each drawable that
// the context has met.
//
//   application                     driver
//   framebuffer 0                   our object
//   GL_BACK, GL_BACK_LEFT           GL_COLOR_ATTACHMENT0     (also GL_FRONT of a drawable with one buffer)
//   GL_FRONT, GL_FRONT_LEFT         GL_COLOR_ATTACHMENT1
//   GL_DEPTH, GL_STENCIL            GL_DEPTH_ATTACHMENT, GL_STENCIL_ATTACHMENT
//
// The entry points that can tell the two apart are replaced (surface/overrides.h). State is not shadowed
// where the driver can be asked: display lists and glPopAttrib change it behind our back.
#pragma once

#include "backends/gl/surface/drawable.h"
#include "gl_driver.h"

#include <map>
#include <memory>

namespace gpuferry::gl {

struct Context;

/// A drawable as one context draws to it.
struct Target {
  std::shared_ptr<Drawable> drawable;
  std::shared_ptr<BufferSet> buffers;
  GLuint framebuffer = 0;
  /// With one colour buffer alone, to read from whatever glReadBuffer says; by Colour, and resolved.
  GLuint only[static_cast<unsigned>(Colour::count)] = {};
  GLuint resolved = 0;
  GLuint resolved_depth = 0; ///< renderbuffer, of the size that the buffers had when it was filled
  bool has_front = false;    ///< GL_COLOR_ATTACHMENT1 is there
  uint64_t attached = 0;     ///< BufferSet::generation of what is attached
  /// Before the first use of the drawable by this context: how the buffers' names were last spelled.
  GLenum read_as = GL_NONE;
  /// What the application called its buffer last, and which attachments (a bit each) stood for that: while they
  /// still do, it gets its own word back.
  struct Spelled {
    GLenum name = GL_NONE;
    unsigned attachments = 0;
  } drawn_spelled, read_spelled;
};

class DefaultFramebuffer {
public:
  /// `gl`: the driver's own entry points. The context is current whenever a member is called.
  DefaultFramebuffer(const GlDriver &gl, Context &context) : gl_(gl), context_(context) {}

  /// The context has become current with these (null: none). Sizes of buffers follow the drawables'.
  void use(const std::shared_ptr<Drawable> &draw, const std::shared_ptr<Drawable> &read);

  /// The drawables may have been resized.
  void fit();

  /// Null without a drawable: then the driver's own framebuffer 0 is the right one.
  Target *draw() { return draw_; }
  Target *read() { return read_; }
  GLuint draw_framebuffer() const { return draw_ ? draw_->framebuffer : 0; }
  GLuint read_framebuffer() const { return read_ ? read_->framebuffer : 0; }

  /// The target of a drawable that this context has used; makes it if it has not.
  Target &target(const std::shared_ptr<Drawable> &drawable);
  void forget(const Drawable &drawable);

  // What is bound: noted by the replaced glBindFramebuffer, in the driver's names; 0 stands for ours.
  GLuint bound_draw = 0, bound_read = 0;
  bool is_draw_default() const { return bound_draw == 0 && draw_; }
  bool is_read_default() const { return bound_read == 0 && read_; }
  /// The target that `framebuffer_target` (GL_FRAMEBUFFER, GL_DRAW_…, GL_READ_…) names, if it is ours.
  Target *default_at(GLenum framebuffer_target);
  /// Binds again what the application has bound.
  void rebind();
  void rebind_read();

  /// GL_COLOR_ATTACHMENTi of a buffer's name, made if it is the front; GL_NONE for GL_NONE; 0xffffffff
  /// for what is none of a drawable's buffers. GL_FRONT_AND_BACK and GL_LEFT give the back.
  GLenum attachment_of(Target &target, GLenum buffer);
  /// The other way round.
  GLenum buffer_of(const Target &target, GLenum attachment) const;

  /// A framebuffer with just this buffer, as many samples as it has. May leave bindings changed.
  GLuint single(Target &target, Colour which);
  /// A framebuffer with just this buffer, resolved if it is multisampled. Leaves bindings changed.
  GLuint readable(Target &target, Colour which);
  /// Adds depth and stencil to the resolved framebuffer of a multisampled drawable, after readable().
  void resolve_depth(Target &target);

  /// The application is about to enable GL_FRAMEBUFFER_SRGB.
  void want_srgb();

  /// A command could tell that colours of a drawable without alpha are stored with it: they are not, from
  /// now on.
  void show_alpha();

  /// After a swap: the front buffer, where there is one, has the back buffer's picture.
  void copy_back_to_front(Target &target);

  const GlDriver &gl() const { return gl_; }
  Context &context() { return context_; }

  static constexpr GLenum kNoBuffer = 0xffffffff;

private:
  void attach(Target &target);
  void attach_colour(GLuint framebuffer, GLenum attachment, const Target &target, uint32_t buffer);
  void attach_front(Target &target);
  GLuint make_framebuffer(const Drawable &drawable);
  void fit(Target &target);
  void carry_buffers(const Target &from, Target &to);

  const GlDriver &gl_;
  Context &context_;
  std::map<const Drawable *, Target> targets_;
  Target *draw_ = nullptr, *read_ = nullptr;
};

} // namespace gpuferry::gl
