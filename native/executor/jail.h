// What an executor may no longer do once it reads its guest's first byte. docs/design/security.md
// tells what each part is for.
#pragma once

#include <cstdint>
#include <span>

namespace gpuferry::executor {

/// Ends this process when its parent ends, and sets resource limits. At the start of main. Throws
/// std::system_error.
void limit_process(int parent_pid);

/// No program that it runs gets more privileges than it has. Once its driver is loaded: where a device
/// node is missing, NVIDIA's runs the set-uid nvidia-modprobe for it. Throws std::system_error.
void give_up_privileges();

/// Installs the seccomp filter on all threads. Calls that are not in allowed_calls() fail with EPERM
/// and are named in the log, once each, where the kernel can tell of them (5.7 and newer, and not
/// everywhere); those in forbidden_calls() kill the process. Irrevocable. Throws std::system_error.
void enter_jail();

/// What a system call's argument has to be for the rule to apply.
struct ArgRule {
  enum Kind { any, equals, has_bits, masked_equals, is_own_pid } kind = any;
  unsigned index = 0;
  uint64_t value = 0;
  uint64_t mask = 0; ///< of masked_equals
};

struct CallRule {
  const char *name; ///< of the system call
  const char *why;
  ArgRule arg = {};
  ArgRule other_arg = {}; ///< applies as well
};

std::span<const CallRule> allowed_calls();
std::span<const CallRule> forbidden_calls();

} // namespace gpuferry::executor
