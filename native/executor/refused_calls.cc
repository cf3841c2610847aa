#include "executor/refused_calls.h"

#include <bitset>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <thread>
#include <unistd.h>

namespace gpuferry::executor {

namespace {

constexpr size_t kMostCalls = 1024;

/// Room for what a newer kernel may say as well.
template <class Known> union Roomy {
  Known known;
  char room[512];
};

void say(const seccomp_data &call) {
  char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, call.nr);
  char line[256];
  const int length = std::snprintf(
      line, sizeof line,
      "gpuferry-executor: the jail refused the system call %s (%d) with 0x%llx, 0x%llx, 0x%llx\n",
      name ? name : "of an unknown name", call.nr, static_cast<unsigned long long>(call.args[0]),
      static_cast<unsigned long long>(call.args[1]), static_cast<unsigned long long>(call.args[2]));
  std::free(name);
  if (write(STDERR_FILENO, line, static_cast<size_t>(length)) != length) {
    // There is nobody to tell.
  }
}

/// Only with calls that the filter lets pass: it would wait for itself.
void answer(int listener) {
  std::bitset<kMostCalls> said;
  for (;;) {
    Roomy<seccomp_notif> request;
    std::memset(&request, 0, sizeof request); // the kernel wants it so
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) != 0) {
      if (errno == EINTR || errno == ENOENT) // the thread that called was killed meanwhile
        continue;
      return;
    }
    Roomy<seccomp_notif_resp> response;
    std::memset(&response, 0, sizeof response);
    response.known.id = request.known.id;
    response.known.error = -EPERM;
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
    // After the answer: who calls may hold locks of the C library, as fork does.
    const auto number = static_cast<size_t>(request.known.data.nr);
    if (number < kMostCalls && !said[number]) {
      said[number] = true;
      say(request.known.data);
    }
  }
}

} // namespace

void answer_refused_calls(int listener) { std::thread(answer, listener).detach(); }

} // namespace gpuferry::executor
