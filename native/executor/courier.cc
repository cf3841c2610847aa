#include "executor/courier.h"

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace gpuferry::executor {

Courier::Courier(int fd, uint32_t *sent, std::function<void()> guest_left)
    : fd_(fd), sent_(sent), guest_left_(std::move(guest_left)), listener_([this] { listen(); }) {}

Courier::~Courier() {
  shutdown(fd_, SHUT_RDWR);
  listener_.join();
  close(fd_);
}

void Courier::call(uint64_t callback_id, int32_t status) {
  {
    std::lock_guard lock(lock_);
    if (gone_)
      return;
    ++pending_[callback_id];
  }
  gf_courier header{};
  header.type = GF_COURIER_CALLBACK;
  header.status = status;
  header.callback_id = callback_id;
  {
    std::lock_guard lock(send_lock_);
    if (!send(header, {}))
      return;
  }
  std::unique_lock lock(lock_);
  answered_.wait(lock, [&] { return gone_ || !pending_.contains(callback_id); });
}

void Courier::post(uint64_t callback_id) {
  gf_courier header{};
  header.type = GF_COURIER_CALLBACK;
  header.callback_id = callback_id;
  std::lock_guard lock(send_lock_);
  send(header, {});
}

void Courier::text_packets(uint32_t type, std::string_view text) {
  std::lock_guard lock(send_lock_);
  while (!text.empty()) {
    const std::string_view part = text.substr(0, GF_COURIER_TEXT_MAX_BYTES);
    gf_courier header{};
    header.type = type;
    header.text_bytes = static_cast<uint32_t>(part.size());
    if (!send(header, part))
      return;
    text.remove_prefix(part.size());
  }
}

bool Courier::send(const gf_courier &header, std::string_view text) {
  iovec parts[2] = {{const_cast<gf_courier *>(&header), sizeof header},
                    {const_cast<char *>(text.data()), text.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  // Counted before it is sent: a guest that sees the count after a synchronising call waits for the
  // packet. Published by that call's reply_seq.
  __atomic_fetch_add(sent_, 1, __ATOMIC_RELEASE);
  while (sendmsg(fd_, &message, MSG_NOSIGNAL) < 0)
    if (errno != EINTR)
      return false;
  return true;
}

void Courier::listen() {
  for (;;) {
    gf_courier header{};
    const ssize_t got = recv(fd_, &header, sizeof header, 0);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      break;
    // What is not a DONE is ignored: it can only confuse the guest that sent it.
    if (got != sizeof header || header.type != GF_COURIER_DONE)
      continue;
    std::lock_guard lock(lock_);
    if (auto pending = pending_.find(header.callback_id); pending != pending_.end()) {
      if (--pending->second == 0)
        pending_.erase(pending);
      answered_.notify_all();
    }
  }
  {
    std::lock_guard lock(lock_);
    gone_ = true;
  }
  answered_.notify_all();
  guest_left_();
}

} // namespace gpuferry::executor
