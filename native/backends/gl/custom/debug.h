// Debug messages on their way to the guest's callback.
#pragma once

#include "abi/gl.h"

#include <atomic>
#include <deque>
#include <mutex>
#include <string>

namespace gpuferry::gl {

/// Kept with a context. The driver may add messages from threads of its own.
class Messages {
public:
  /// Replies say in `reply_flags` whether there are messages.
  void tell(std::atomic<int32_t> &reply_flags) { reply_flags_ = &reply_flags; }
  void add(const gf_gl_message &message, const char *text);

  struct Entry {
    gf_gl_message message;
    std::string text;
  };
  /// The next ones whose texts fit into `text_bytes` together, `count` at most.
  std::deque<Entry> take(size_t count, size_t text_bytes);

private:
  std::mutex lock_;
  std::deque<Entry> entries_;
  std::atomic<int32_t> *reply_flags_ = nullptr;
};

} // namespace gpuferry::gl
