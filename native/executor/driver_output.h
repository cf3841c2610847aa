// What kernels print. NVIDIA's driver writes it to the stdout and stderr of the process that it lives in,
// as it would in the application's; here that process is the executor, and the text is the guest's.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace gpuferry::executor {

class DriverOutput {
public:
  using Take = std::function<void(std::string_view)>;

  /// Takes the process's stdout and stderr over. `printed` gets whatever is written to stdout,
  /// `assertion` the lines of failed device assertions; what else is written to stderr goes on to where
  /// it went (the host's log), by way of a thread. Once in a process, and never destroyed. Throws
  /// std::system_error.
  DriverOutput(Take printed, Take assertion);

  /// Hands on what was written by now: after each call at which a driver may print, before its answer.
  /// From any thread.
  void drain();

  /// Where this process's own messages of last resort go.
  int log_fd() const { return log_fd_; }

private:
  void watch();
  void drain_locked();
  void take_errors(std::string_view text);

  Take printed_;
  Take assertion_;
  std::mutex lock_;
  int stdout_fd_;
  int stderr_fd_;
  int log_fd_;
  std::string line_; ///< of stderr, still without its end
};

} // namespace gpuferry::executor
