// Unix sockets beyond what Node offers: a mode that holds from the first moment, pairs, and file
// descriptors sent along with bytes.
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "addon.h"
#include "system_error.h"
#include "unique_fd.h"

namespace gpuferry {

namespace {

constexpr int kBacklog = 128;
constexpr uint32_t kMaxFds = 8;

/// listenUnix(path, mode) → fd. The path must not exist.
Napi::Value listen_unix(const Napi::CallbackInfo &info) {
  Napi::Env env = info.Env();
  const std::string path = info[0].As<Napi::String>().Utf8Value();
  const auto mode = static_cast<mode_t>(info[1].As<Napi::Number>().Uint32Value());
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    throw_errno(env, "bind", "socket path " + path);
  }
  std::memcpy(address.sun_path, path.c_str(), path.size());

  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid())
    throw_errno(env, "socket", "a Unix socket");
  // Linux gives the file the socket's mode, less the umask: the file is never wider than asked for,
  // not even before chmod widens it to what the umask took away.
  if (fchmod(fd.get(), mode) != 0)
    throw_errno(env, "fchmod", "socket path " + path);
  if (bind(fd.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
    throw_errno(env, "bind", "socket path " + path);
  if (chmod(path.c_str(), mode) != 0)
    throw_errno(env, "chmod", "socket path " + path);
  if (listen(fd.get(), kBacklog) != 0)
    throw_errno(env, "listen", "socket path " + path);
  return Napi::Number::New(env, fd.release());
}

/// socketPair("stream" | "seqpacket") → [fd, fd].
Napi::Value socket_pair(const Napi::CallbackInfo &info) {
  Napi::Env env = info.Env();
  const bool packets = info[0].As<Napi::String>().Utf8Value() == "seqpacket";
  int fds[2];
  if (socketpair(AF_UNIX, (packets ? SOCK_SEQPACKET : SOCK_STREAM) | SOCK_CLOEXEC, 0, fds) != 0)
    throw_errno(env, "socketpair", "a pair of Unix sockets");
  auto result = Napi::Array::New(env, 2);
  result.Set(0u, Napi::Number::New(env, fds[0]));
  result.Set(1u, Napi::Number::New(env, fds[1]));
  return result;
}

/// sendFds(socket, bytes, fds) → bytes sent. The descriptors travel with the first byte; they stay
/// open here.
Napi::Value send_fds(const Napi::CallbackInfo &info) {
  Napi::Env env = info.Env();
  const int socket = info[0].As<Napi::Number>().Int32Value();
  auto bytes = info[1].As<Napi::Uint8Array>();
  auto fds = info[2].As<Napi::Array>();
  const uint32_t fd_count = fds.Length();
  if (fd_count > kMaxFds) {
    errno = EINVAL;
    throw_errno(env, "sendmsg", std::to_string(fd_count) + " descriptors in one message");
  }

  iovec data = {bytes.Data(), bytes.ByteLength()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kMaxFds)] = {};
  msghdr message = {};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (fd_count > 0) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
    cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
    for (uint32_t i = 0; i < fd_count; i++) {
      const int fd = fds.Get(i).As<Napi::Number>().Int32Value();
      std::memcpy(CMSG_DATA(header) + i * sizeof(int), &fd, sizeof fd);
    }
  }
  ssize_t sent;
  do
    sent = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (sent < 0 && errno == EINTR);
  if (sent < 0)
    throw_errno(env, "sendmsg", "a message with " + std::to_string(fd_count) + " descriptors");
  return Napi::Number::New(env, static_cast<double>(sent));
}

/// receive(socket, maxBytes) → a Buffer with what lies there now, perhaps nothing. Whatever is wrong with the
/// socket, its stream will tell.
Napi::Value receive(const Napi::CallbackInfo &info) {
  const int socket = info[0].As<Napi::Number>().Int32Value();
  std::string bytes(info[1].As<Napi::Number>().Uint32Value(), '\0');
  ssize_t received;
  do
    received = recv(socket, bytes.data(), bytes.size(), MSG_DONTWAIT);
  while (received < 0 && errno == EINTR);
  return Napi::Buffer<char>::Copy(info.Env(), bytes.data(),
                                  received < 0 ? 0 : static_cast<size_t>(received));
}

} // namespace

void register_sockets(Napi::Env env, Napi::Object exports) {
  exports.Set("listenUnix", Napi::Function::New(env, listen_unix, "listenUnix"));
  exports.Set("socketPair", Napi::Function::New(env, socket_pair, "socketPair"));
  exports.Set("receive", Napi::Function::New(env, receive, "receive"));
  exports.Set("sendFds", Napi::Function::New(env, send_fds, "sendFds"));
}

} // namespace gpuferry
