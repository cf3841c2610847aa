// The executor's side of its control socket (fd 3, SOCK_STREAM): u32 little-endian length, then a
// msgpack map with a `type`. docs/design/control-channel.md lists the messages.
#pragma once

#include <cstdint>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

namespace gpuferry::executor {

struct ControlMessage {
  nlohmann::json body;
  std::vector<int> fds; ///< owned by the receiver
};

class ControlChannel {
public:
  static constexpr uint32_t kMaxMessageBytes = 1u << 20;

  explicit ControlChannel(int fd) : fd_(fd) {}

  /// Blocks for the next message. Nothing at end of file: the server is gone. Throws
  /// std::runtime_error on what is not a message.
  std::optional<ControlMessage> receive();

  /// Sends one message; from any thread. A server that is gone is noticed by receive().
  void send(const nlohmann::json &body);

private:
  bool read_exactly(void *out, size_t bytes, std::vector<int> &fds);

  int fd_;
  std::mutex send_lock_;
};

} // namespace gpuferry::executor
