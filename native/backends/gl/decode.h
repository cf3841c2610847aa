// What generated handlers need beside GlCall: texts of the guest, and room for what the driver writes.
#pragma once

#include "backends/gl/call.h"
#include "gl_sizes.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace gpuferry::gl {

/// A text for the driver: zero-terminated if `length` is negative, else at least that many bytes. Null
/// for NULL. False: it is neither, and the session is poisoned.
bool text(GlCall &call, const gf_gl_payload &payload, int64_t length, const GLchar **out);

struct Texts {
  const GLchar **strings = nullptr; ///< null where the guest passed NULL
  const GLint *lengths = nullptr;   ///< without the zeros, which are there nonetheless
};

/// Texts as the guest packs them: `count` lengths, then each text with its zero, GF_GL_TEXT_NULL for one
/// that is a null pointer. False: they do not fit
/// their payload, and the session is poisoned.
bool texts(GlCall &call, const gf_gl_payload &payload, int64_t count, Texts *out);

/// What a query reports of a single byte pattern that no driver writes by chance.
inline constexpr uint8_t kUnwritten = 0xA5;

/// Room for `count` values that the driver may write. How many it did write, nobody tells: the room is
/// filled with a pattern first, and looked at afterwards. A call that fails writes nothing, here and so
/// in the guest.
template <class T> class Out {
public:
  Out(GlCall &call, uint64_t count) : data(call.scratch<T>(count + kSlack)), count_(count) {
    if (data)
      std::memset(static_cast<void *>(data), kUnwritten, count * sizeof(T));
  }

  /// Values up to the last one that was written.
  uint32_t written() const {
    T pattern;
    std::memset(static_cast<void *>(&pattern), kUnwritten, sizeof pattern);
    uint64_t n = count_;
    while (n > 0 && std::memcmp(&data[n - 1], &pattern, sizeof pattern) == 0)
      --n;
    return static_cast<uint32_t>(n);
  }

  void send(GlCall &call, uint32_t count) const {
    if (count == 0)
      return;
    if (T *room = call.reply_array<T>(count))
      std::memcpy(static_cast<void *>(room), data, count * sizeof(T));
  }

  T *data;

private:
  /// For values that a driver writes although its caller expects fewer.
  static constexpr uint64_t kSlack = 16;

  uint64_t count_;
};

/// Values of a parameter, with zeros behind them where the driver reads more than the guest sent.
template <class T> class Padded {
public:
  Padded(const T *values, uint64_t count) : null_(values == nullptr) {
    if (values)
      std::copy_n(values, std::min<uint64_t>(count, kValues), values_);
  }
  const T *data() const { return null_ ? nullptr : values_; }

private:
  static constexpr uint64_t kValues = 16;
  T values_[kValues] = {};
  bool null_;
};

/// Room for a text that the driver writes.
class OutText {
public:
  OutText(GlCall &call, int64_t capacity);

  /// Sends what was written, with its zero; its length without, or -1 when the driver wrote nothing.
  int32_t send(GlCall &call) const;

  GLchar *data;
  GLsizei length;

private:
  int64_t capacity_;
};

/// The native name; where nobody knows of what kind it is, the number goes to the driver, which knows
/// no object by it either.
inline GLuint name_of(GlCall &call, gf_gl_kind kind, GLuint guest) {
  return kind == GF_GL_KIND_NONE ? guest : call.name(kind, guest);
}

/// Names that the driver reported → the guest's, in place.
template <class T> void name_back(GlCall &call, gf_gl_kind kind, T *values, uint32_t count) {
  if (kind == GF_GL_KIND_NONE || sizeof(T) == sizeof(GLboolean))
    return;
  for (uint32_t i = 0; i < count; ++i)
    values[i] = static_cast<T>(call.guest_name(kind, static_cast<uint32_t>(values[i])));
}

} // namespace gpuferry::gl
