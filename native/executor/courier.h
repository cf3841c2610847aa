// The courier (protocol/abi/courier.h): what the host starts in the guest. Callbacks wait here for
// the guest's answer; a guest that leaves answers all of them.
#pragma once

#include "abi/abi.h"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>
#include <unordered_map>

namespace gpuferry::executor {

class Courier {
public:
  /// Takes `fd`. `sent` counts packets for the guest (gf_region::courier_sent). `guest_left` is
  /// called once, from the courier's thread, when the guest's end closes.
  Courier(int fd, uint32_t *sent, std::function<void()> guest_left);
  ~Courier();

  /// Asks the guest to run its function `callback_id` and waits until it has, or has left.
  void call(uint64_t callback_id, int32_t status);

  /// Asks the guest to run its function, and does not wait.
  void post(uint64_t callback_id);

  /// Text that a kernel printed, or that of a failed device assertion: any length, in packets.
  void print(std::string_view text) { text_packets(GF_COURIER_PRINT, text); }
  void assertion(std::string_view text) { text_packets(GF_COURIER_ASSERT, text); }

  /// Gives the guest a descriptor, which its call of this number asked for.
  bool send_descriptor(uint64_t number, int fd);
  /// The descriptor that the guest sent for its call of this number; the caller's to close. −1 where none came.
  int take_descriptor(uint64_t number);

private:
  void listen();
  bool take_packet();
  void keep_descriptor(uint64_t number, int fd);
  void text_packets(uint32_t type, std::string_view text);
  bool send(const gf_courier &header, std::string_view text, int fd = -1);

  int fd_;
  uint32_t *sent_;
  std::function<void()> guest_left_;
  std::mutex lock_;
  std::condition_variable answered_;
  std::unordered_map<uint64_t, unsigned> pending_; // callback → answers awaited
  std::unordered_map<uint64_t, int> descriptors_;  // that the guest sent, by its number
  bool gone_ = false;
  std::mutex send_lock_; // packets of one text stay together
  std::thread listener_;
};

} // namespace gpuferry::executor
