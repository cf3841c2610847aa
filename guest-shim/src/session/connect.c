#include "session/connect.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "abi/handshake.h"
#include "base/futex.h"
#include "cuda_wire.h"
#include "session/environment.h"

#define GF_WHY_BYTES 512
#define GF_HANDSHAKE_NS 10000000000ull

/// Waits until `fd` is ready for `events`. 0, or -1 after the deadline.
static int wait_ready(int fd, short events, uint64_t deadline_ns) {
  for (;;) {
    uint64_t now_ns = gf_now_ns();
    if (now_ns >= deadline_ns) {
      errno = ETIMEDOUT;
      return -1;
    }
    struct pollfd entry = {.fd = fd, .events = events};
    int n = poll(&entry, 1, (int)((deadline_ns - now_ns) / 1000000u) + 1);
    if (n > 0)
      return 0;
    if (n < 0 && errno != EINTR)
      return -1;
  }
}

static int connect_socket(const char *path, uint64_t deadline_ns, char *why) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    snprintf(why, GF_WHY_BYTES, "the socket's path is longer than %zu bytes: %s",
             sizeof address.sun_path - 1, path);
    return -1;
  }
  strcpy(address.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) {
    snprintf(why, GF_WHY_BYTES, "no socket: %s", strerror(errno));
    return -1;
  }
  while (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
    // EAGAIN: the backlog is full, which Unix sockets do not let one poll for.
    if (errno == EINTR || (errno == EAGAIN && gf_now_ns() < deadline_ns)) {
      usleep(1000);
      continue;
    }
    snprintf(why, GF_WHY_BYTES,
             "no gpuferry server at %s (%s); start one with `gpuferry serve`, or run the program "
             "with `gpuferry run -- PROGRAM`",
             path, strerror(errno));
    close(fd);
    return -1;
  }
  return fd;
}

static void copy_text(char *to, size_t capacity_bytes, const char *from) {
  if (from != NULL)
    snprintf(to, capacity_bytes, "%s", from);
}

static int send_hello(int fd, uint32_t flags, uint32_t weight, uint64_t deadline_ns) {
  struct gf_hello hello = {
      .magic = GF_HELLO_MAGIC,
      .abi_version = GF_ABI_VERSION,
      .size_bytes = sizeof hello,
      .protocol_hash = GF_PROTOCOL_HASH,
      .pid = (uint32_t)getpid(),
      .flags = flags,
  };
  copy_text(hello.program, sizeof hello.program, program_invocation_short_name);
  copy_text(hello.version, sizeof hello.version, GF_VERSION);
  copy_text(hello.tenant, sizeof hello.tenant, gf_environment("GPUFERRY_TENANT"));
  hello.weight = weight;
  for (size_t done = 0; done < sizeof hello;) {
    ssize_t n = send(fd, (char *)&hello + done, sizeof hello - done, MSG_NOSIGNAL);
    if (n > 0)
      done += (size_t)n;
    else if (errno != EINTR && (errno != EAGAIN || wait_ready(fd, POLLOUT, deadline_ns) != 0))
      return -1;
  }
  return 0;
}

/// Receives the welcome and up to two descriptors. 0, or -1; descriptors received are in `fds`, the
/// others -1.
static int receive_welcome(int fd, struct gf_welcome *welcome, int fds[2], uint64_t deadline_ns) {
  fds[0] = fds[1] = -1;
  for (size_t done = 0; done < sizeof *welcome;) {
    union {
      struct cmsghdr header;
      char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control;
    struct iovec part = {(char *)welcome + done, sizeof *welcome - done};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    if (n == 0) {
      errno = ECONNRESET;
      return -1;
    }
    if (n < 0) {
      if (errno == EINTR || (errno == EAGAIN && wait_ready(fd, POLLIN, deadline_ns) == 0))
        continue;
      return -1;
    }
    done += (size_t)n;
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    if (rights != NULL && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS) {
      size_t bytes = rights->cmsg_len - CMSG_LEN(0);
      memcpy(fds, CMSG_DATA(rights), bytes < sizeof(int[2]) ? bytes : sizeof(int[2]));
    }
  }
  return 0;
}

static enum gf_connect_status judge(const struct gf_welcome *welcome, const int fds[2], char *why) {
  if (welcome->magic != GF_WELCOME_MAGIC) {
    snprintf(why, GF_WHY_BYTES, "what listens there is not a gpuferry server");
    return GF_CONNECT_BROKEN;
  }
  const int text_bytes = (int)strnlen(welcome->message, sizeof welcome->message);
  if (welcome->status == GF_WELCOME_VERSION_MISMATCH || welcome->abi_version != GF_ABI_VERSION ||
      (welcome->status == GF_WELCOME_OK && welcome->protocol_hash != GF_PROTOCOL_HASH)) {
    snprintf(
        why, GF_WHY_BYTES,
        "guest and server do not speak the same protocol: this libcuda.so.1 is gpuferry %s "
        "(ABI %u, protocol %016llx), the server has ABI %u, protocol %016llx; install the same "
        "version on both sides",
        GF_VERSION, GF_ABI_VERSION, (unsigned long long)GF_PROTOCOL_HASH, welcome->abi_version,
        (unsigned long long)welcome->protocol_hash);
    return GF_CONNECT_MISMATCH;
  }
  if (welcome->status != GF_WELCOME_OK) {
    snprintf(why, GF_WHY_BYTES, "the server refused this session: %.*s", text_bytes,
             welcome->message);
    return welcome->status == GF_WELCOME_NO_DEVICE ? GF_CONNECT_NO_DEVICE : GF_CONNECT_REFUSED;
  }
  if (fds[0] < 0 || fds[1] < 0) {
    // The kernel drops what this process has no room for.
    snprintf(why, GF_WHY_BYTES,
             "the session's two descriptors did not arrive: this process has too many open files "
             "(ulimit -n)");
    return GF_CONNECT_BROKEN;
  }
  return GF_CONNECT_OK;
}

/// The weight that the environment asks for, 0 for none. 0, or -1 for what is no weight.
static int wanted_weight(uint32_t *weight, char *why) {
  const char *text = gf_environment("GPUFERRY_WEIGHT");
  *weight = 0;
  if (text == NULL)
    return 0;
  char *end = NULL;
  errno = 0;
  const unsigned long value = strtoul(text, &end, 10);
  if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value == 0 ||
      value > UINT32_MAX) {
    snprintf(why, GF_WHY_BYTES, "GPUFERRY_WEIGHT=%.100s is no whole number above 0", text);
    return -1;
  }
  *weight = (uint32_t)value;
  return 0;
}

enum gf_connect_status gf_connect(const char *path, uint32_t hello_flags,
                                  struct gf_connection *connection, char *why) {
  const uint64_t deadline_ns = gf_now_ns() + GF_HANDSHAKE_NS;
  uint32_t weight;
  if (wanted_weight(&weight, why) != 0)
    return GF_CONNECT_REFUSED;
  int fd = connect_socket(path, deadline_ns, why);
  if (fd < 0)
    return GF_CONNECT_NO_SERVER;
  struct gf_welcome welcome;
  int fds[2] = {-1, -1};
  enum gf_connect_status status;
  if (send_hello(fd, hello_flags, weight, deadline_ns) != 0 ||
      receive_welcome(fd, &welcome, fds, deadline_ns) != 0) {
    if (errno == ETIMEDOUT)
      snprintf(why, GF_WHY_BYTES, "the server at %s did not complete the handshake within %llu s",
               path, GF_HANDSHAKE_NS / 1000000000u);
    else
      snprintf(why, GF_WHY_BYTES, "the server at %s hung up in the handshake (%s)", path,
               strerror(errno));
    status = GF_CONNECT_NO_SERVER;
  } else {
    status = judge(&welcome, fds, why);
  }
  if (status != GF_CONNECT_OK) {
    for (int i = 0; i < 2; i++) {
      if (fds[i] >= 0)
        close(fds[i]);
    }
    close(fd);
    return status;
  }
  *connection = (struct gf_connection){.host_fd = fd,
                                       .courier_fd = fds[1],
                                       .region_fd = fds[0],
                                       .region_bytes = welcome.region_bytes,
                                       .session_id = welcome.session_id};
  return GF_CONNECT_OK;
}
