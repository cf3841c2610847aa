// A host that says welcome: listens on a Unix socket, hands out a region and a courier, as the server
// does. What serves the region is the test's business.
#pragma once

#include "abi/abi.h"
#include "cuda_wire.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace gpuferry::testing {

class FakeHost {
public:
  explicit FakeHost(uint64_t heap_bytes) : heap_bytes_(heap_bytes) {
    region_bytes_ = GF_HEAP_OFFSET_BYTES + heap_bytes;
    region_fd_ = memfd_create("gpuferry-test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (region_fd_ < 0 || ftruncate(region_fd_, static_cast<off_t>(region_bytes_)) != 0)
      throw std::runtime_error("no memfd");
    gf_region header{};
    header.magic = GF_REGION_MAGIC;
    header.abi_version = GF_ABI_VERSION;
    header.lane_count = GF_LANE_COUNT;
    header.heap_bytes = heap_bytes;
    header.session_id = 1;
    if (pwrite(region_fd_, &header, sizeof header, 0) != sizeof header)
      throw std::runtime_error("no header");
    fcntl(region_fd_, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW);
    path_ = "/tmp/gpuferry-test-" + std::to_string(getpid()) + ".sock";
    unlink(path_.c_str());
    listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "%s", path_.c_str());
    if (bind(listener_, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0 ||
        listen(listener_, 4) != 0)
      throw std::runtime_error("cannot listen");
    setenv("GPUFERRY_HOST", path_.c_str(), 1);
    greeter_ = std::thread([this] { greet(); });
  }

  ~FakeHost() {
    shutdown(listener_, SHUT_RDWR);
    greeter_.join();
    hang_up();
    close(listener_);
    close(region_fd_);
    unlink(path_.c_str());
  }

  /// A descriptor of the region for the executor's side, which closes it.
  int region_fd() const { return fcntl(region_fd_, F_DUPFD_CLOEXEC, 0); }
  uint64_t region_bytes() const { return region_bytes_; }

  /// As if executor and server had died.
  void hang_up() {
    for (int *fd : {&guest_, &courier_}) {
      if (*fd >= 0)
        close(*fd);
      *fd = -1;
    }
  }

private:
  void greet() {
    guest_ = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    gf_hello hello{};
    if (guest_ < 0 || recv(guest_, &hello, sizeof hello, MSG_WAITALL) != sizeof hello)
      return;
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
      return;
    courier_ = pair[0];
    gf_welcome welcome{};
    welcome.magic = GF_WELCOME_MAGIC;
    welcome.abi_version = GF_ABI_VERSION;
    welcome.status = hello.magic == GF_HELLO_MAGIC ? GF_WELCOME_OK : GF_WELCOME_MALFORMED;
    welcome.protocol_hash = GF_PROTOCOL_HASH;
    welcome.session_id = 1;
    welcome.region_bytes = region_bytes_;
    iovec part{&welcome, sizeof welcome};
    alignas(cmsghdr) char control[CMSG_SPACE(2 * sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(2 * sizeof(int));
    const int fds[2] = {region_fd_, pair[1]};
    std::memcpy(CMSG_DATA(rights), fds, sizeof fds);
    sendmsg(guest_, &message, MSG_NOSIGNAL);
    close(pair[1]);
  }

  uint64_t heap_bytes_, region_bytes_;
  int region_fd_ = -1, listener_ = -1, guest_ = -1, courier_ = -1;
  std::string path_;
  std::thread greeter_;
};

} // namespace gpuferry::testing
