// What all GL lanes of a session share: contexts, drawables, and the way to the host's OpenGL.
#pragma once

#include "backends/gl/context.h"
#include "backends/gl/custom/pinned_memory.h"
#include "backends/gl/egl.h"
#include "backends/gl/image_table.h"
#include "backends/gl/surface/paint.h"
#include "executor/courier.h"
#include "executor/grant_page.h"
#include "ring/region.h"

#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace gpuferry::gl {

struct Lane;

class Session {
public:
  Session(Egl &egl, ring::Region &region, executor::GrantPage &grant, executor::Courier *courier)
      : egl(egl), region(region), grant(grant), courier(courier) {}

  Egl &egl;
  ring::Region &region;
  executor::GrantPage &grant;
  executor::Courier *const courier; ///< null in tests

  /// What handlers call: the host's entry points, framebuffer 0 being the drawable's. Loads the host's
  /// library on first use; entries are null where there is none.
  const GlDriver &driver();

  /// EGLImages by the guest's numbers.
  ImageTable images;

  PinnedViews pinned_views;

  /// Contexts and drawables by the guest's numbers; null for a number that names nothing.
  std::shared_ptr<Context> context(uint32_t id);
  std::shared_ptr<Drawable> drawable(uint32_t id);

  /// False: the number is taken, or 0.
  bool add_context(std::shared_ptr<Context> context);
  bool add_drawable(std::shared_ptr<Drawable> drawable);
  std::shared_ptr<Drawable> take_drawable(uint32_t id);

  /// The number is free again; the context goes when it is current nowhere.
  void destroy_context(uint32_t id);

  /// Makes a context and its drawables current on the lane's own thread (null: none). EGL_SUCCESS or
  /// an error of eglMakeCurrent.
  int make_current(Lane &lane, std::shared_ptr<Context> context, std::shared_ptr<Drawable> draw,
                   std::shared_ptr<Drawable> read);

private:
  bool share_pixels(Lane &lane, const Context &context, Drawable &drawable);
  void destroy_native(const std::shared_ptr<Context> &context);
  std::optional<Picture> picture_elsewhere(Lane &lane, const Context &context,
                                           const std::shared_ptr<Drawable> &drawable);

  std::mutex lock_;
  std::once_flag loaded_;
  GlDriver driver_{};
  std::unordered_map<uint32_t, std::shared_ptr<Context>> contexts_;
  std::unordered_map<uint32_t, std::shared_ptr<Drawable>> drawables_;
};

} // namespace gpuferry::gl
