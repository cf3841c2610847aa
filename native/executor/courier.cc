#include "executor/courier.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace gpuferry::executor {

namespace {
/// One packet, and the descriptor that came with it; any more are closed by the kernel for want of room.
ssize_t receive(int socket, gf_courier &header, int *fd) {
  iovec part{&header, sizeof header};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof *fd)];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  const cmsghdr *rights = got < 0 ? nullptr : CMSG_FIRSTHDR(&message);
  if (rights && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS &&
      rights->cmsg_len == CMSG_LEN(sizeof *fd))
    std::memcpy(fd, CMSG_DATA(rights), sizeof *fd);
  return got;
}

bool holds_packets(int socket) {
  pollfd one{.fd = socket, .events = POLLIN, .revents = 0};
  return poll(&one, 1, 0) > 0;
}
} // namespace

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

bool Courier::send_descriptor(uint64_t number, int fd) {
  gf_courier header{};
  header.type = GF_COURIER_FD;
  header.callback_id = number;
  std::lock_guard lock(send_lock_);
  return send(header, {}, fd);
}

int Courier::take_descriptor(uint64_t number) {
  // It was sent before the call, on another way, and packets are taken from there under the lock: where the socket
  // holds none, it was not sent.
  std::unique_lock lock(lock_);
  answered_.wait(lock,
                 [&] { return gone_ || descriptors_.contains(number) || !holds_packets(fd_); });
  const auto found = descriptors_.find(number);
  if (found == descriptors_.end())
    return -1;
  const int fd = found->second;
  descriptors_.erase(found);
  return fd;
}

/// Under the lock. A guest that sends what no call asks for fills its own table, and no more than that.
void Courier::keep_descriptor(uint64_t number, int fd) {
  constexpr size_t kMost = 16;
  if (descriptors_.size() >= kMost || !descriptors_.emplace(number, fd).second)
    close(fd);
}

bool Courier::send(const gf_courier &header, std::string_view text, int fd) {
  iovec parts[2] = {{const_cast<gf_courier *>(&header), sizeof header},
                    {const_cast<char *>(text.data()), text.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof fd)] = {};
  if (fd >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof fd);
    std::memcpy(CMSG_DATA(rights), &fd, sizeof fd);
  }
  // Counted before it is sent: a guest that sees the count after a synchronising call waits for the
  // packet. Published by that call's reply_seq.
  __atomic_fetch_add(sent_, 1, __ATOMIC_RELEASE);
  while (sendmsg(fd_, &message, MSG_NOSIGNAL) < 0)
    if (errno != EINTR)
      return false;
  return true;
}

/// One packet, under the lock. False: there will be no more.
bool Courier::take_packet() {
  gf_courier header{};
  int fd = -1;
  std::lock_guard lock(lock_);
  const ssize_t got = receive(fd_, header, &fd);
  if (fd >= 0 && header.type == GF_COURIER_FD && got == sizeof header)
    keep_descriptor(header.callback_id, fd);
  else if (fd >= 0)
    close(fd);
  if (got < 0)
    return errno == EINTR || errno == EAGAIN;
  if (got == 0)
    return false;
  // What is not a DONE is ignored: it can only confuse the guest that sent it.
  const auto pending = got == sizeof header && header.type == GF_COURIER_DONE
                           ? pending_.find(header.callback_id)
                           : pending_.end();
  if (pending != pending_.end() && --pending->second == 0)
    pending_.erase(pending);
  answered_.notify_all();
  return true;
}

void Courier::listen() {
  pollfd socket{.fd = fd_, .events = POLLIN, .revents = 0};
  do {
    if (poll(&socket, 1, -1) < 0 && errno != EINTR)
      break;
  } while (take_packet());
  {
    std::lock_guard lock(lock_);
    gone_ = true;
  }
  answered_.notify_all();
  guest_left_();
}

} // namespace gpuferry::executor
