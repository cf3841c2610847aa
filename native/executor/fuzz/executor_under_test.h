// A real executor process with the software device, and this process as both its server and its guest.
#pragma once

#include "executor/control.h"
#include "ring/testing/guest_end.h"

#include <memory>
#include <string>
#include <sys/types.h>

namespace gpuferry::executor::fuzz {

/// How a session ended.
struct Verdict {
  bool running = true;
  bool crashed = false; ///< by a signal
  bool hung = false;    ///< made no progress; was killed
  int signal = 0;
  std::string reason; ///< as in the executor's `ended` message
  std::string detail;
  std::string last_words; ///< what it said of its crash, or else last
};

class ExecutorUnderTest {
public:
  static constexpr uint64_t kHeapBytes = 16 << 20;
  static constexpr uint64_t kQuotaBytes = 64 << 20;

  /// Starts the executor at `path` and opens a session. Throws std::runtime_error.
  explicit ExecutorUnderTest(const std::string &path);
  ~ExecutorUnderTest();

  ring::testing::TestRegion &memory() { return *memory_; }

  /// Answers callbacks and throws text away, as a guest's courier thread would.
  void serve_courier();

  /// Whether it still runs, and if not how it ended.
  Verdict look();

  /// Ends it by force: it hangs.
  Verdict kill_hung();

private:
  void start(const std::string &path);
  void open_session();

  std::unique_ptr<ring::testing::TestRegion> memory_;
  std::unique_ptr<ControlChannel> control_;
  std::string last_words() const;

  int control_fd_ = -1, courier_fd_ = -1, stderr_fd_ = -1;
  pid_t pid_ = -1;
};

} // namespace gpuferry::executor::fuzz
