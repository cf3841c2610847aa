#include "backends/gl/session.h"

#include "backends/gl/abilities.h"
#include "backends/gl/lane.h"
#include "backends/gl/surface/overrides.h"

namespace gpuferry::gl {

const GlDriver &Session::driver() {
  std::call_once(loaded_, [this] {
    if (!egl.open())
      return;
    driver_ = egl.driver();
    override_framebuffer_0(driver_, egl.driver());
  });
  return driver_;
}

template <class T>
static std::shared_ptr<T> find(const std::unordered_map<uint32_t, std::shared_ptr<T>> &in,
                               uint32_t id) {
  const auto found = in.find(id);
  return found == in.end() ? nullptr : found->second;
}

template <class T>
static std::shared_ptr<T> take(std::unordered_map<uint32_t, std::shared_ptr<T>> &from,
                               uint32_t id) {
  const auto found = from.find(id);
  if (found == from.end())
    return nullptr;
  std::shared_ptr<T> taken = std::move(found->second);
  from.erase(found);
  return taken;
}

std::shared_ptr<Context> Session::context(uint32_t id) {
  std::lock_guard lock(lock_);
  return find(contexts_, id);
}

std::shared_ptr<Drawable> Session::drawable(uint32_t id) {
  std::lock_guard lock(lock_);
  return find(drawables_, id);
}

bool Session::add_context(std::shared_ptr<Context> context) {
  std::lock_guard lock(lock_);
  return context->id != 0 && contexts_.emplace(context->id, context).second;
}

bool Session::add_drawable(std::shared_ptr<Drawable> drawable) {
  std::lock_guard lock(lock_);
  return drawable->id() != 0 && drawables_.emplace(drawable->id(), drawable).second;
}

void Session::destroy_context(uint32_t id) {
  std::lock_guard lock(lock_);
  const auto context = take(contexts_, id);
  if (!context)
    return;
  context->destroyed = true;
  if (context->current_on == 0)
    destroy_native(context);
}

/// What it drew to a drawable outlives the context, as a window's picture does. With the lock held.
void Session::destroy_native(const std::shared_ptr<Context> &context) {
  const bool is_last = context->group.use_count() == 1;
  for (const auto &[id, drawable] : drawables_)
    if (is_last && drawable->drawn_by.lock() == context && drawable->shared().generation() == 0)
      drawable->shared().publish(*context, *drawable, *drawable->buffers(context->group));
  egl.destroy_context(context->native);
}

std::shared_ptr<Drawable> Session::take_drawable(uint32_t id) {
  std::lock_guard lock(lock_);
  return take(drawables_, id);
}

/// Contexts of another share group have drawn to the drawable: from now on both groups draw to the same
/// pixels. False where the host makes no images of them.
bool Session::share_pixels(Lane &lane, const Context &context, Drawable &drawable) {
  std::shared_ptr<Context> other;
  {
    std::lock_guard lock(lock_);
    other = drawable.drawn_by.lock();
    if (!other || other->group == context.group)
      return true;
    if (drawable.shared().generation() != 0)
      return !context.framebuffer || other->has.flip_y == context.has.flip_y;
    ++other->current_on; // it stays, and nobody else takes it meanwhile
  }
  if (other == lane.context)
    lane.driver.glFinish();
  const bool shared = drawable.shared().publish(*other, drawable, *drawable.buffers(other->group));
  std::lock_guard lock(lock_);
  --other->current_on;
  return shared;
}

/// What contexts of another share group drew to the drawable, which could not be shared, so that the
/// picture has to be carried over. The driver has another context current afterwards.
std::optional<Picture> Session::picture_elsewhere(Lane &lane, const Context &context,
                                                  const std::shared_ptr<Drawable> &drawable) {
  std::shared_ptr<Context> other;
  {
    std::lock_guard lock(lock_);
    other = drawable->drawn_by.lock();
    if (!other || other->group == context.group || !other->framebuffer || !other->has.separate_read)
      return std::nullopt;
    if (other != lane.context && other->current_on > 0)
      return std::nullopt; // on another thread: it is drawing there
    ++other->current_on;   // nobody else may take it meanwhile
  }
  std::optional<Picture> picture;
  if (other == lane.context || egl.make_current(other->native) == EGL_SUCCESS)
    picture = take_picture(*other, drawable);
  if (other != lane.context)
    egl.make_current(lane.context ? lane.context->native : EGL_NO_CONTEXT);
  std::lock_guard lock(lock_);
  --other->current_on;
  return picture;
}

int Session::make_current(Lane &lane, std::shared_ptr<Context> context,
                          std::shared_ptr<Drawable> draw, std::shared_ptr<Drawable> read) {
  std::optional<Picture> carried;
  if (context && draw && !share_pixels(lane, *context, *draw))
    carried = picture_elsewhere(lane, *context, draw);
  if (context != lane.context) {
    if (lane.context) { // as OpenGL does when another context becomes current
      if (lane.draw && lane.draw->shared().generation() != 0)
        lane.driver.glFinish(); // drivers order what is drawn to one buffer by one context
      else if (lane.context->flushes_on_release)
        lane.driver.glFlush();
    }
    {
      std::lock_guard lock(lock_);
      if (context && context->current_on > 0)
        return EGL_BAD_ACCESS;
      if (context)
        ++context->current_on;
    }
    const EGLint error = egl.make_current(context ? context->native : EGL_NO_CONTEXT);
    std::lock_guard lock(lock_);
    if (error != EGL_SUCCESS) {
      if (context)
        --context->current_on;
      return error;
    }
    if (lane.context && --lane.context->current_on == 0 && lane.context->destroyed)
      destroy_native(lane.context);
  }
  lane.context = std::move(context);
  lane.draw = std::move(draw);
  lane.read = std::move(read);
  if (!lane.context)
    return EGL_SUCCESS;
  Context &now = *lane.context;
  const GlDriver &gl = egl.driver();
  if (!now.framebuffer) {
    find_abilities(gl, now);
    gf_client_state_init(&now.client, now.is_core);
    now.client.arrays.has_client_states = now.api != GF_GL_API_ES2 && !now.is_core;
    now.framebuffer = std::make_unique<DefaultFramebuffer>(gl, now);
  }
  now.framebuffer->use(lane.draw, lane.read);
  if (carried && now.has.separate_read)
    put_picture(now, *carried);
  if (lane.draw) {
    std::lock_guard lock(lock_);
    lane.draw->drawn_by = lane.context;
  }
  if (lane.draw && !now.was_current) {
    now.was_current = true;
    const Size size = lane.draw->size();
    const auto width = static_cast<GLsizei>(size.width), height = static_cast<GLsizei>(size.height);
    gl.glViewport(0, 0, width, height);
    gl.glScissor(0, 0, width, height);
  }
  return EGL_SUCCESS;
}

} // namespace gpuferry::gl
