// The calls that are ours: what the host has, contexts, drawables, and what is current.
#include "backends/gl/call.h"
#include "backends/gl/lane.h"
#include "backends/gl/session.h"
#include "backends/gl/surface/default_framebuffer.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace gpuferry::gl {

namespace {

constexpr uint32_t kMaxAttributes = 32;
// A drawable's side; drivers end at 16 or 32 Ki pixels.
constexpr uint32_t kMaxSide = 32768;
constexpr uint8_t kMaxSamples = 64;

/// Attributes of eglCreateContext that mean the same on any host.
bool is_known(EGLint attribute) {
  switch (attribute) {
  case EGL_CONTEXT_MAJOR_VERSION:
  case EGL_CONTEXT_MINOR_VERSION:
  case EGL_CONTEXT_FLAGS_KHR:
  case EGL_CONTEXT_OPENGL_PROFILE_MASK:
  case EGL_CONTEXT_OPENGL_DEBUG:
  case EGL_CONTEXT_OPENGL_FORWARD_COMPATIBLE:
  case EGL_CONTEXT_OPENGL_ROBUST_ACCESS:
  case EGL_CONTEXT_OPENGL_ROBUST_ACCESS_EXT:
  case EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY:
  case EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY_EXT:
  case EGL_CONTEXT_OPENGL_NO_ERROR_KHR:
  case EGL_CONTEXT_RELEASE_BEHAVIOR_KHR:
  case EGL_CONTEXT_PRIORITY_LEVEL_IMG:
    return true;
  default:
    return false;
  }
}

template <class T> bool append(GlCall &call, const T *items, size_t count) {
  auto *room = call.reply_array<T>(count);
  if (room)
    std::memcpy(room, items, count * sizeof(T));
  return room != nullptr;
}

EGLint create(GlCall &call, const gf_gl_gfGlCreateContext_args &args,
              const std::vector<EGLint> &attributes) {
  Session &session = call.session();
  if (!session.egl.open())
    return EGL_NOT_INITIALIZED;
  auto context = std::make_shared<Context>();
  context->id = args.context;
  context->api = args.api;
  EGLContext share = EGL_NO_CONTEXT;
  if (args.share) {
    const auto other = session.context(args.share);
    if (!other)
      return EGL_BAD_CONTEXT;
    share = other->native;
    context->group = other->group;
  } else {
    context->group = std::make_shared<ShareGroup>();
  }
  for (size_t i = 0; i + 1 < attributes.size(); i += 2)
    if (attributes[i] == EGL_CONTEXT_RELEASE_BEHAVIOR_KHR)
      context->flushes_on_release = attributes[i + 1] != EGL_CONTEXT_RELEASE_BEHAVIOR_NONE_KHR;
  EGLint error = EGL_SUCCESS;
  context->native = session.egl.create_context(args.api, share, attributes.data(), &error);
  if (error != EGL_SUCCESS)
    return error;
  if (!session.add_context(context)) {
    session.egl.destroy_context(context->native);
    call.violate("a new context has the number of one that lives");
  }
  return EGL_SUCCESS;
}

} // namespace

void custom_gfGlOpen(GlCall &call) {
  auto *reply = call.reply<gf_gl_gfGlOpen_reply>();
  const HostGl *host = call.session().egl.open();
  if (!host) {
    std::fprintf(stderr, "gpuferry-executor: no OpenGL: %s\n",
                 call.session().egl.why_not().c_str());
    reply->egl_error = EGL_NOT_INITIALIZED;
    return;
  }
  reply->egl_error = EGL_SUCCESS;
  reply->egl_major = static_cast<uint32_t>(host->egl_major);
  reply->egl_minor = static_cast<uint32_t>(host->egl_minor);
  reply->config_count = static_cast<uint32_t>(host->configs.size());
  const std::string *const texts[] = {&host->vendor,      &host->version,      &host->extensions,
                                      &host->client_apis, &host->gl_vendor,    &host->gl_renderer,
                                      &host->gl_version,  &host->gl_extensions};
  uint32_t *const lengths[] = {&reply->vendor_bytes,     &reply->version_bytes,
                               &reply->extensions_bytes, &reply->client_apis_bytes,
                               &reply->gl_vendor_bytes,  &reply->gl_renderer_bytes,
                               &reply->gl_version_bytes, &reply->gl_extensions_bytes};
  std::string all;
  for (size_t i = 0; i < std::size(texts); ++i) {
    *lengths[i] = static_cast<uint32_t>(texts[i]->size() + 1);
    all.append(texts[i]->c_str(), texts[i]->size() + 1);
  }
  if (append(call, host->offers.data(), host->offers.size()) &&
      append(call, host->configs.data(), host->configs.size()))
    append(call, all.data(), all.size());
}

void custom_gfGlCreateContext(GlCall &call) {
  const auto *args = call.args<gf_gl_gfGlCreateContext_args>();
  auto *reply = call.reply<gf_gl_gfGlCreateContext_reply>();
  if (args->attribute_count > kMaxAttributes || args->context == 0 || args->api > GF_GL_API_ES2)
    return call.violate("a context is described impossibly");
  const auto *pairs =
      reinterpret_cast<const EGLint *>(call.tail(args->attribute_count * 2 * sizeof(EGLint)));
  if (!pairs)
    return;
  std::vector<EGLint> attributes;
  reply->egl_error = EGL_SUCCESS;
  for (uint32_t i = 0; i < args->attribute_count; ++i) {
    if (!is_known(pairs[2 * i])) {
      reply->egl_error = EGL_BAD_ATTRIBUTE;
      return;
    }
    attributes.insert(attributes.end(), {pairs[2 * i], pairs[2 * i + 1]});
  }
  attributes.push_back(EGL_NONE);
  reply->egl_error = create(call, *args, attributes);
}

void custom_gfGlDestroyContext(GlCall &call) {
  const auto *args = call.args<gf_gl_gfGlDestroyContext_args>();
  call.session().destroy_context(args->context);
}

void custom_gfGlCreateDrawable(GlCall &call) {
  const auto *args = call.args<gf_gl_gfGlCreateDrawable_args>();
  if (args->drawable == 0 || args->width > kMaxSide || args->height > kMaxSide ||
      args->samples > kMaxSamples)
    return call.violate("a drawable is described impossibly");
  if (!call.session().add_drawable(std::make_shared<Drawable>(*args, &call.session().egl)))
    call.violate("a new drawable has the number of one that lives");
}

void custom_gfGlResizeDrawable(GlCall &call) {
  const auto *args = call.args<gf_gl_gfGlResizeDrawable_args>();
  if (args->width > kMaxSide || args->height > kMaxSide)
    return call.violate("a drawable is resized impossibly");
  const auto drawable = call.session().drawable(args->drawable);
  if (!drawable)
    return;
  drawable->resize({args->width, args->height});
  Lane &lane = call.lane();
  if (lane.context && (lane.draw == drawable || lane.read == drawable))
    lane.context->framebuffer->fit();
}

void custom_gfGlDestroyDrawable(GlCall &call) {
  const auto *args = call.args<gf_gl_gfGlDestroyDrawable_args>();
  const auto drawable = call.session().take_drawable(args->drawable);
  // What is current stays until it is not: then its framebuffers go with their context.
  if (const auto &context = call.lane().context; drawable && context)
    context->framebuffer->forget(*drawable);
}

void custom_gfGlMakeCurrent(GlCall &call) {
  const auto *args = call.args<gf_gl_gfGlMakeCurrent_args>();
  auto *reply = call.reply<gf_gl_gfGlMakeCurrent_reply>();
  Session &session = call.session();
  const auto context = session.context(args->context);
  const auto draw = session.drawable(args->draw), read = session.drawable(args->read);
  if (args->context != 0 && !context)
    reply->egl_error = EGL_BAD_CONTEXT;
  else if ((args->draw != 0 && !draw) || (args->read != 0 && !read))
    reply->egl_error = EGL_BAD_SURFACE;
  else
    reply->egl_error = session.make_current(call.lane(), context, draw, read);
}

} // namespace gpuferry::gl
