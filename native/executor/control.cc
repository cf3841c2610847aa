#include "executor/control.h"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/uio.h>

namespace gpuferry::executor {

namespace {
constexpr size_t kMaxFds = 8;
}

/// False at end of file. Descriptors may come with any byte; they are collected.
bool ControlChannel::read_exactly(void *out, size_t bytes, std::vector<int> &fds) {
  auto *at = static_cast<char *>(out);
  while (bytes > 0) {
    iovec part{at, bytes};
    alignas(cmsghdr) char control[CMSG_SPACE(kMaxFds * sizeof(int))];
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t got = recvmsg(fd_, &message, MSG_CMSG_CLOEXEC);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return false;
    for (cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
      if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
        continue;
      int received[kMaxFds];
      const size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
      std::memcpy(received, CMSG_DATA(c), count * sizeof(int));
      fds.insert(fds.end(), received, received + count);
    }
    at += got;
    bytes -= static_cast<size_t>(got);
  }
  return true;
}

std::optional<ControlMessage> ControlChannel::receive() {
  ControlMessage message;
  uint8_t prefix[4];
  if (!read_exactly(prefix, sizeof prefix, message.fds))
    return std::nullopt;
  const uint32_t bytes =
      prefix[0] | prefix[1] << 8 | prefix[2] << 16 | static_cast<uint32_t>(prefix[3]) << 24;
  if (bytes > kMaxMessageBytes)
    throw std::runtime_error("control message of " + std::to_string(bytes) + " bytes");
  std::vector<uint8_t> packed(bytes);
  if (!read_exactly(packed.data(), packed.size(), message.fds))
    return std::nullopt;
  message.body = nlohmann::json::from_msgpack(packed, true, false);
  if (!message.body.is_object() || !message.body.contains("type") ||
      !message.body["type"].is_string())
    throw std::runtime_error("control message without a type");
  return message;
}

void ControlChannel::send(const nlohmann::json &body) {
  std::vector<uint8_t> packed(4);
  nlohmann::json::to_msgpack(body, packed);
  const auto bytes = static_cast<uint32_t>(packed.size() - 4);
  for (unsigned i = 0; i < 4; ++i)
    packed[i] = static_cast<uint8_t>(bytes >> (8 * i));
  std::lock_guard lock(send_lock_);
  for (size_t sent = 0; sent < packed.size();) {
    const ssize_t n = ::send(fd_, packed.data() + sent, packed.size() - sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return;
    sent += static_cast<size_t>(n);
  }
}

} // namespace gpuferry::executor
