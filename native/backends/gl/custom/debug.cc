#include "backends/gl/custom/debug.h"

#include "backends/gl/custom/errors.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace gpuferry::gl {
namespace {

/// A guest that never fetches loses the latest messages, as with a full message log.
constexpr size_t kKeptMax = 4096;
constexpr size_t kTextMaxBytes = 4096;
constexpr size_t kFetchedMax = 128;
constexpr size_t kFetchedBytes = 32 << 10;

void on_message(GLenum source, GLenum type, GLuint id, GLenum severity, GLsizei length,
                const GLchar *text, const void *user) {
  auto *messages = static_cast<Messages *>(const_cast<void *>(user));
  const size_t bytes = length < 0 ? std::strlen(text) : static_cast<size_t>(length);
  const std::string kept(text, std::min(bytes, kTextMaxBytes));
  messages->add({source, type, id, severity, 0}, kept.c_str());
}

template <class Reply>
void send(GlCall &call, Reply *reply, const std::vector<gf_gl_message> &messages,
          const std::string &texts) {
  reply->count = static_cast<uint32_t>(messages.size());
  reply->text_bytes = static_cast<uint32_t>(texts.size());
  auto *room = call.reply_array<gf_gl_message>(messages.size());
  auto *text = call.reply_array<char>(texts.size());
  if (!room || !text)
    return;
  std::copy(messages.begin(), messages.end(), room);
  std::copy(texts.begin(), texts.end(), text);
}

} // namespace

void Messages::add(const gf_gl_message &message, const char *text) {
  std::lock_guard lock(lock_);
  if (entries_.size() >= kKeptMax)
    return;
  entries_.push_back({message, text});
  reply_flags_->fetch_or(GF_GL_STATUS_MESSAGES, std::memory_order_relaxed);
}

std::deque<Messages::Entry> Messages::take(size_t count, size_t text_bytes) {
  std::lock_guard lock(lock_);
  std::deque<Entry> taken;
  while (!entries_.empty() && taken.size() < count && entries_.front().text.size() < text_bytes) {
    text_bytes -= entries_.front().text.size() + 1;
    taken.push_back(std::move(entries_.front()));
    entries_.pop_front();
  }
  if (entries_.empty() && reply_flags_)
    reply_flags_->fetch_and(~GF_GL_STATUS_MESSAGES, std::memory_order_relaxed);
  return taken;
}

void custom_glDebugMessageCallback(GlCall &call) {
  const auto *args = call.args<gf_gl_glDebugMessageCallback_args>();
  if (!call.driver().glDebugMessageCallback)
    return call.missing("glDebugMessageCallback");
  auto &messages = call.context().attachments.get<Messages>();
  messages.tell(call.context().reply_flags);
  call.driver().glDebugMessageCallback(args->has_callback ? on_message : nullptr, &messages);
}

void custom_gfGlFetchMessages(GlCall &call) {
  auto *reply = call.reply<gf_gl_gfGlFetchMessages_reply>();
  std::vector<gf_gl_message> messages;
  std::string texts;
  for (auto &entry : call.context().attachments.get<Messages>().take(kFetchedMax, kFetchedBytes)) {
    entry.message.text_bytes = static_cast<uint32_t>(entry.text.size() + 1);
    messages.push_back(entry.message);
    texts.append(entry.text.c_str(), entry.text.size() + 1);
  }
  send(call, reply, messages, texts);
}

void custom_glGetDebugMessageLog(GlCall &call) {
  const auto *args = call.args<gf_gl_glGetDebugMessageLog_args>();
  auto *reply = call.reply<gf_gl_glGetDebugMessageLog_reply>();
  if (!call.driver().glGetDebugMessageLog)
    return call.missing("glGetDebugMessageLog");
  const auto count = std::min<uint32_t>(args->count, kFetchedMax);
  const auto room = static_cast<GLsizei>(
      std::min<int64_t>(args->text_bytes, static_cast<int64_t>(kFetchedBytes)));
  std::vector<GLenum> sources(count), types(count), severities(count);
  std::vector<GLuint> ids(count);
  std::vector<GLsizei> lengths(count);
  std::vector<GLchar> text(static_cast<size_t>(std::max(room, 1)));
  const GLuint got = call.driver().glGetDebugMessageLog(
      count, room, sources.data(), types.data(), ids.data(), severities.data(), lengths.data(),
      args->wants_text ? text.data() : nullptr);
  std::vector<gf_gl_message> messages;
  size_t text_bytes = 0;
  for (GLuint i = 0; i < std::min(got, count); ++i) {
    messages.push_back({sources[i], types[i], ids[i], severities[i],
                        static_cast<uint32_t>(std::max(lengths[i], 0))});
    text_bytes += messages.back().text_bytes;
  }
  text_bytes = args->wants_text ? std::min(text_bytes, text.size()) : 0;
  send(call, reply, messages, std::string(text.data(), text_bytes));
}

} // namespace gpuferry::gl
