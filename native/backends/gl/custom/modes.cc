// Selection and feedback. The driver writes into a buffer of ours; it goes home when the mode ends.
#include "backends/gl/custom/errors.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace gpuferry::gl {
namespace {

constexpr GLsizei kWordsMax = 16 << 20;

/// Kept with a context for as long as the driver may write to them.
struct ModeBuffers {
  std::vector<GLuint> select;
  std::vector<GLfloat> feedback;
};

/// Words that the driver has written: hits of three words and their names each.
uint32_t select_words(const std::vector<GLuint> &buffer, GLint hits) {
  size_t at = 0;
  for (GLint hit = 0; hit < hits && at < buffer.size(); ++hit)
    at += 3 + size_t{buffer[at]};
  return static_cast<uint32_t>(std::min(at, buffer.size()));
}

void send(GlCall &call, const gf_heap_range &memory, const void *words, uint64_t bytes) {
  std::byte *out =
      memory.size_bytes != 0 ? call.heap(memory, bytes) : call.reply_array<std::byte>(bytes);
  if (out)
    std::memcpy(out, words, bytes);
}

} // namespace

void custom_glSelectBuffer(GlCall &call) {
  const auto *args = call.args<gf_gl_glSelectBuffer_args>();
  auto *reply = call.reply<gf_gl_glSelectBuffer_reply>();
  if (args->size > kWordsMax)
    return call.violate("a selection buffer of more than 64 MiB");
  auto &buffers = call.context().attachments.get<ModeBuffers>();
  std::vector<GLuint> words(static_cast<size_t>(std::max(args->size, 1)));
  settle_errors(call);
  call.driver().glSelectBuffer(args->size, words.data());
  const bool accepted = was_accepted(call);
  reply->accepted = accepted;
  if (accepted)
    buffers.select = std::move(words);
}

void custom_glFeedbackBuffer(GlCall &call) {
  const auto *args = call.args<gf_gl_glFeedbackBuffer_args>();
  auto *reply = call.reply<gf_gl_glFeedbackBuffer_reply>();
  if (args->size > kWordsMax)
    return call.violate("a feedback buffer of more than 64 MiB");
  auto &buffers = call.context().attachments.get<ModeBuffers>();
  std::vector<GLfloat> words(static_cast<size_t>(std::max(args->size, 1)));
  settle_errors(call);
  call.driver().glFeedbackBuffer(args->size, args->type, words.data());
  const bool accepted = was_accepted(call);
  reply->accepted = accepted;
  if (accepted)
    buffers.feedback = std::move(words);
}

void custom_glRenderMode(GlCall &call) {
  const auto *args = call.args<gf_gl_glRenderMode_args>();
  auto *reply = call.reply<gf_gl_glRenderMode_reply>();
  GLint before = GL_RENDER;
  call.driver().glGetIntegerv(GL_RENDER_MODE, &before);
  settle_errors(call);
  const GLint result = call.driver().glRenderMode(args->mode);
  if (!was_accepted(call))
    return;
  const auto &buffers = call.context().attachments.get<ModeBuffers>();
  reply->result = result;
  reply->ended = static_cast<GLenum>(before);
  // A negative result: the buffer was too small, and is full.
  if (before == GL_SELECT) {
    const uint32_t words = result < 0 ? static_cast<uint32_t>(buffers.select.size())
                                      : select_words(buffers.select, result);
    reply->words = words;
    send(call, args->memory, buffers.select.data(), words * sizeof(GLuint));
  } else if (before == GL_FEEDBACK) {
    const auto size = static_cast<uint32_t>(buffers.feedback.size());
    const uint32_t words = result < 0 ? size : std::min(static_cast<uint32_t>(result), size);
    reply->words = words;
    send(call, args->memory, buffers.feedback.data(), words * sizeof(GLfloat));
  }
}

} // namespace gpuferry::gl
