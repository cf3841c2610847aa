// What never changes about a context, in one reply; and the strings that do.
#include "backends/gl/custom/errors.h"
#include "backends/gl/custom/pinned_memory.h"
#include "backends/gl/decode.h"

#include <string>
#include <string_view>

namespace gpuferry::gl {
namespace {

constexpr uint32_t kLimitsMax = 1024;

struct Limit {
  uint32_t count;
  GLint values[4];
};

std::string text_of(GlCall &call, GLenum name) {
  const GLubyte *text = call.driver().glGetString(name);
  return text ? reinterpret_cast<const char *>(text) : "";
}

/// Without one that is switched off.
std::string offered(std::string all) {
  constexpr std::string_view kPinned = "GL_AMD_pinned_memory ";
  const size_t at = is_pinning_off() ? all.find(kPinned) : std::string::npos;
  return at == std::string::npos ? all : all.erase(at, kPinned.size());
}

std::string extensions_of(GlCall &call) {
  if (!call.context().is_core)
    return offered(text_of(call, GL_EXTENSIONS));
  GLint count = 0;
  call.driver().glGetIntegerv(GL_NUM_EXTENSIONS, &count);
  std::string all;
  for (GLint i = 0; i < count; ++i) {
    const GLubyte *name = call.driver().glGetStringi(GL_EXTENSIONS, static_cast<GLuint>(i));
    if (name)
      all.append(reinterpret_cast<const char *>(name)).append(" ");
  }
  return offered(std::move(all));
}

/// Appends text and zero; how many bytes that is.
uint32_t append(std::string &all, const std::string &text) {
  all.append(text.c_str(), text.size() + 1);
  return static_cast<uint32_t>(text.size() + 1);
}

void send(GlCall &call, const std::string &text) {
  if (auto *room = call.reply_array<char>(text.size()))
    std::memcpy(room, text.data(), text.size());
}

void reply_text(GlCall &call, const GLubyte *text) {
  auto *reply = call.reply<gf_gl_glGetString_reply>();
  if (!text)
    return;
  std::string all;
  reply->text_bytes = append(all, reinterpret_cast<const char *>(text));
  send(call, all);
}

/// What the driver says of one name. False: the session is poisoned.
bool ask(GlCall &call, GLenum name, Limit &out) {
  if (name & GF_GL_IS_ENABLED) {
    was_accepted_quietly(call);
    const GLint value = call.driver().glIsEnabled(name & ~GF_GL_IS_ENABLED);
    if (was_accepted_quietly(call))
      out = {.count = 1, .values = {value}};
    return true;
  }
  Out<GLint> values(call, 4);
  if (!values.data)
    return false;
  call.driver().glGetIntegerv(name, values.data);
  const uint32_t count = values.written();
  name_back(call, gf_gl_pname_kind(name), values.data, count);
  out.count = count;
  std::memcpy(out.values, values.data, count * sizeof(GLint));
  return true;
}

} // namespace

void custom_gfGlContextFacts(GlCall &call) {
  const auto *args = call.args<gf_gl_gfGlContextFacts_args>();
  const uint32_t count = args->limit_count;
  const GLenum *names = nullptr;
  if (count > kLimitsMax)
    return call.violate("more limits than there are");
  if (!call.private_payload(args->limits, count * sizeof(GLenum), &names))
    return;
  settle_errors(call);
  auto *reply = call.reply<gf_gl_gfGlContextFacts_reply>();
  reply->version = call.context().version;
  reply->flags = call.context().is_core ? GF_GL_FACT_CORE : 0;
  auto *limits = call.reply_array<Limit>(count);
  if (!limits)
    return;
  for (uint32_t i = 0; names && i < count; ++i)
    if (!ask(call, names[i], limits[i]))
      return;
  if (args->only_limits) {
    was_accepted_quietly(call);
    return;
  }
  std::string texts;
  reply->vendor_bytes = append(texts, text_of(call, GL_VENDOR));
  reply->renderer_bytes = append(texts, text_of(call, GL_RENDERER));
  reply->version_bytes = append(texts, text_of(call, GL_VERSION));
  reply->shading_language_bytes = append(texts, text_of(call, GL_SHADING_LANGUAGE_VERSION));
  reply->extensions_bytes = append(texts, extensions_of(call));
  send(call, texts);
  was_accepted_quietly(call); // limits that this driver has none of
}

void custom_glGetString(GlCall &call) {
  reply_text(call, call.driver().glGetString(call.args<gf_gl_glGetString_args>()->name));
}

void custom_glGetStringi(GlCall &call) {
  const auto *args = call.args<gf_gl_glGetStringi_args>();
  if (!call.driver().glGetStringi)
    return call.missing("glGetStringi");
  reply_text(call, call.driver().glGetStringi(args->name, args->index));
}

} // namespace gpuferry::gl
