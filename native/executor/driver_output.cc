#include "executor/driver_output.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <poll.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace gpuferry::executor {

namespace {

constexpr size_t kMostAtOnceBytes = 16u << 10;
/// A driver writes whole lines; what has none for this long is passed on as it is.
constexpr size_t kLongestLineBytes = 64u << 10;

int checked(int result, const char *what) {
  if (result < 0)
    throw std::system_error(errno, std::generic_category(), what);
  return result;
}

/// Puts a pipe in the place of `fd`; the end to read from.
int replace(int fd) {
  int ends[2];
  checked(pipe2(ends, O_CLOEXEC), "pipe");
  checked(fcntl(ends[0], F_SETFL, O_NONBLOCK), "pipe"); // the driver's end waits for room
  checked(dup2(ends[1], fd), "taking over the driver's output");
  close(ends[1]);
  return ends[0];
}

/// `kernel.cu:7: void k(int *): block: [0,0,0], thread: [0,0,0] Assertion `i < n` failed.`
bool is_assertion(std::string_view line) {
  const size_t block = line.find(": block: [");
  return block != line.npos && line.find("Assertion `", block) != line.npos;
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = write(fd, text.data(), text.size());
    if (wrote < 0 && errno == EINTR)
      continue;
    if (wrote <= 0)
      return; // there is nobody to tell
    text.remove_prefix(static_cast<size_t>(wrote));
  }
}

void read_what_is_there(int fd, const DriverOutput::Take &take) {
  char text[kMostAtOnceBytes];
  ssize_t got = 0;
  while ((got = read(fd, text, sizeof text)) > 0 || (got < 0 && errno == EINTR))
    if (got > 0)
      take({text, static_cast<size_t>(got)});
}

} // namespace

DriverOutput::DriverOutput(Take printed, Take assertion)
    : printed_(std::move(printed)), assertion_(std::move(assertion)),
      log_fd_(checked(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1), "keeping stderr")) {
  std::setvbuf(stdout, nullptr, _IONBF, 0);
  stdout_fd_ = replace(STDOUT_FILENO);
  stderr_fd_ = replace(STDERR_FILENO);
  std::thread([this] { watch(); }).detach();
}

void DriverOutput::drain() {
  std::lock_guard lock(lock_);
  drain_locked();
}

void DriverOutput::drain_locked() {
  read_what_is_there(stdout_fd_, printed_);
  read_what_is_there(stderr_fd_, [this](std::string_view text) { take_errors(text); });
}

/// Between calls, and so that a full pipe holds no driver up.
void DriverOutput::watch() {
  for (;;) {
    pollfd both[] = {{stdout_fd_, POLLIN, 0}, {stderr_fd_, POLLIN, 0}};
    if (poll(both, 2, -1) > 0)
      drain();
    else if (errno != EINTR)
      return;
  }
}

void DriverOutput::take_errors(std::string_view text) {
  line_ += text;
  size_t begin = 0;
  for (size_t end = 0; (end = line_.find('\n', begin)) != line_.npos; begin = end + 1) {
    const std::string_view line = std::string_view(line_).substr(begin, end + 1 - begin);
    if (is_assertion(line))
      assertion_(line);
    else
      write_all(log_fd_, line);
  }
  line_.erase(0, begin);
  if (line_.size() > kLongestLineBytes) {
    write_all(log_fd_, line_);
    line_.clear();
  }
}

} // namespace gpuferry::executor
