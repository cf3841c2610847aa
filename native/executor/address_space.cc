#include "executor/address_space.h"

#include <pthread.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <unistd.h>

namespace gpuferry::executor {

namespace {

constexpr char kSelf[] = "/proc/self/exe";
constexpr size_t kThreadStackBytes = 8u << 20;

/// Containers often refuse to change a process's personality, but not its limits: without one for the
/// stack, kernels leave as much room for it as they can, and mappings begin far below.
void leave_room_for_the_stack(char **argv) {
  rlimit stack{};
  if (getrlimit(RLIMIT_STACK, &stack) != 0 || stack.rlim_max != RLIM_INFINITY)
    return;
  if (stack.rlim_cur != RLIM_INFINITY) {
    const rlimit without{RLIM_INFINITY, RLIM_INFINITY};
    if (setrlimit(RLIMIT_STACK, &without) == 0)
      execv(kSelf, argv);
    setrlimit(RLIMIT_STACK, &stack);
    return;
  }
  // Threads would now get stacks of the C library's own choice, which is less than usual.
  pthread_attr_t usual;
  pthread_attr_init(&usual);
  pthread_attr_setstacksize(&usual, kThreadStackBytes);
  pthread_setattr_default_np(&usual);
  pthread_attr_destroy(&usual);
}

} // namespace

void move_mappings_away(char **argv) {
  constexpr unsigned long kAsk = 0xffffffff;
  const int now = personality(kAsk);
  if (now != -1 && (now & ADDR_COMPAT_LAYOUT))
    return;
  if (now != -1 && personality(static_cast<unsigned long>(now) | ADDR_COMPAT_LAYOUT) != -1) {
    execv(kSelf, argv);
    personality(static_cast<unsigned long>(now));
  }
  leave_room_for_the_stack(argv);
}

} // namespace gpuferry::executor
