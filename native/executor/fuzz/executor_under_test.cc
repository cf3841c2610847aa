#include "executor/fuzz/executor_under_test.h"

#include "abi/abi.h"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gpuferry::executor::fuzz {

using nlohmann::json;

namespace {

void send_with_fds(int socket, const json &body, std::initializer_list<int> fds) {
  std::vector<uint8_t> packed(4);
  json::to_msgpack(body, packed);
  const auto bytes = static_cast<uint32_t>(packed.size() - 4);
  for (unsigned i = 0; i < 4; ++i)
    packed[i] = static_cast<uint8_t>(bytes >> (8 * i));
  iovec part{packed.data(), packed.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(8 * sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = CMSG_SPACE(fds.size() * sizeof(int));
  cmsghdr *c = CMSG_FIRSTHDR(&message);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = CMSG_LEN(fds.size() * sizeof(int));
  std::memcpy(CMSG_DATA(c), fds.begin(), fds.size() * sizeof(int));
  if (sendmsg(socket, &message, 0) != static_cast<ssize_t>(packed.size()))
    throw std::runtime_error("cannot send to the executor");
}

int make_grant_page() {
  const int fd = memfd_create("test grant", MFD_CLOEXEC);
  gf_grant page{};
  page.granted_ns = GF_GRANT_UNGATED;
  page.memory_quota_bytes = UINT64_MAX;
  if (ftruncate(fd, GF_PAGE_BYTES) != 0 || pwrite(fd, &page, sizeof page, 0) != sizeof page)
    throw std::runtime_error("cannot make a grant page");
  return fd;
}

} // namespace

ExecutorUnderTest::ExecutorUnderTest(const std::string &path) {
  start(path);
  open_session();
}

void ExecutorUnderTest::start(const std::string &path) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    throw std::runtime_error("socketpair");
  stderr_fd_ = memfd_create("executor's stderr", MFD_CLOEXEC);
  pid_ = fork();
  if (pid_ == 0) {
    dup2(pair[1], 3); // without CLOEXEC
    if (!std::getenv("FUZZ_STDERR"))
      dup2(stderr_fd_, 2);
    execl(path.c_str(), path.c_str(), "--cuda-driver", "soft", nullptr);
    _exit(127);
  }
  close(pair[1]);
  control_fd_ = pair[0];
  control_ = std::make_unique<ControlChannel>(control_fd_);
}

void ExecutorUnderTest::open_session() {
  const auto ready = control_->receive();
  if (!ready || ready->body["type"] != "ready")
    throw std::runtime_error("the executor did not get ready");
  memory_ = std::make_unique<ring::testing::TestRegion>(kHeapBytes);
  int courier[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, courier) != 0)
    throw std::runtime_error("socketpair");
  const int grant = make_grant_page();
  send_with_fds(control_fd_,
                {{"type", "serve"},
                 {"sessionId", 1},
                 {"regionBytes", memory_->region_bytes},
                 {"heapBytes", memory_->heap_bytes},
                 {"devices", {0}},
                 {"memoryQuotaBytes", kQuotaBytes},
                 {"program", "fuzz"},
                 {"guestPid", getpid()}},
                {memory_->fd, grant, courier[1]});
  close(grant);
  close(courier[1]);
  courier_fd_ = courier[0];
  fcntl(courier_fd_, F_SETFL, O_NONBLOCK);
}

ExecutorUnderTest::~ExecutorUnderTest() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(control_fd_);
  close(courier_fd_);
  close(stderr_fd_);
}

std::string ExecutorUnderTest::last_words() const {
  char tail[512];
  const off_t end = lseek(stderr_fd_, 0, SEEK_END);
  const off_t from =
      end > static_cast<off_t>(sizeof tail) ? end - static_cast<off_t>(sizeof tail) : 0;
  const ssize_t bytes = pread(stderr_fd_, tail, sizeof tail, from);
  std::string text(tail, bytes > 0 ? static_cast<size_t>(bytes) : 0);
  while (text.ends_with('\n'))
    text.pop_back();
  // What it says of a crash comes in two pieces: others may have said something in between.
  const size_t crash = text.rfind("gpuferry-executor: crashed: ");
  return text.substr(crash != std::string::npos ? crash : text.rfind('\n') + 1);
}

void ExecutorUnderTest::serve_courier() {
  char packet[sizeof(gf_courier) + GF_COURIER_TEXT_MAX_BYTES];
  while (recv(courier_fd_, packet, sizeof packet, 0) >= static_cast<ssize_t>(sizeof(gf_courier))) {
    gf_courier header;
    std::memcpy(&header, packet, sizeof header);
    if (header.type != GF_COURIER_CALLBACK)
      continue;
    header.type = GF_COURIER_DONE;
    send(courier_fd_, &header, sizeof header, MSG_NOSIGNAL);
  }
}

Verdict ExecutorUnderTest::look() {
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_)
    return {};
  pid_ = -1;
  Verdict verdict;
  verdict.running = false;
  verdict.crashed = WIFSIGNALED(status);
  verdict.signal = verdict.crashed ? WTERMSIG(status) : 0;
  verdict.last_words = verdict.crashed ? last_words() : "";
  pollfd readable{control_fd_, POLLIN, 0};
  if (!verdict.crashed && poll(&readable, 1, 0) == 1)
    if (const auto ended = control_->receive()) {
      verdict.reason = ended->body.value("reason", "");
      verdict.detail = ended->body.value("detail", "");
    }
  return verdict;
}

Verdict ExecutorUnderTest::kill_hung() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
  Verdict verdict;
  verdict.running = false;
  verdict.hung = true;
  return verdict;
}

} // namespace gpuferry::executor::fuzz
