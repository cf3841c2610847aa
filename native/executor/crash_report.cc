#include "executor/crash_report.h"

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <execinfo.h>
#include <ucontext.h>
#include <unistd.h>

namespace gpuferry::executor {

namespace {

// Initial-exec: a signal handler may not allocate.
__attribute__((tls_model("initial-exec"))) thread_local const char *issuing = nullptr;

volatile int report_fd = STDERR_FILENO;

constexpr int kMaxFrames = 48;
constexpr size_t kStackBytes = 64 << 10;
constexpr char kCrashed[] = "gpuferry-executor: crashed: ";
constexpr int kFatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

const char *file_of(const char *path) {
  const char *slash = std::strrchr(path, '/');
  return slash ? slash + 1 : path;
}

bool is_c_library(const char *file) {
  return std::strncmp(file, "libc.so", 7) == 0 || std::strncmp(file, "libc-", 5) == 0;
}

void say(const char *line, int length) {
  if (length > 0 && write(report_fd, line, static_cast<size_t>(length)) != length) {
    // There is nobody to tell.
  }
}

/// The innermost code on the stack that is not the C library's.
void say_where(void *context) {
  char line[256];
  void *stack[kMaxFrames];
#if defined(__x86_64__)
  const auto pc =
      static_cast<uintptr_t>(static_cast<const ucontext_t *>(context)->uc_mcontext.gregs[REG_RIP]);
#else
  const auto pc = static_cast<uintptr_t>(static_cast<const ucontext_t *>(context)->uc_mcontext.pc);
#endif
  const int depth = backtrace(stack, kMaxFrames);
  int at = 0;
  while (at < depth && reinterpret_cast<uintptr_t>(stack[at]) != pc)
    ++at; // before it are this handler and the kernel's way into it
  for (; at < depth; ++at) {
    Dl_info info;
    if (!dladdr(stack[at], &info) || !info.dli_fname)
      break;
    const char *file = file_of(info.dli_fname);
    if (is_c_library(file))
      continue;
    const auto offset =
        reinterpret_cast<uintptr_t>(stack[at]) - reinterpret_cast<uintptr_t>(info.dli_fbase);
    return say(line, std::snprintf(line, sizeof line, " in %s+0x%zx\n", file,
                                   static_cast<size_t>(offset)));
  }
  say(line, std::snprintf(line, sizeof line, " in code made at run time, 0x%zx\n",
                          static_cast<size_t>(pc)));
}

void on_fatal_signal(int number, siginfo_t *, void *context) {
  // In pieces, what needs the least first: a crash may have left little to rely on.
  say(kCrashed, sizeof kCrashed - 1);
  char line[256];
  say(line, std::snprintf(line, sizeof line, "signal %d, issuing %s,", number,
                          issuing ? issuing : "nothing"));
  say_where(context);
  // A driver's own handler may be in front of this one and have called it: the default action comes
  // back for both, and the instruction, or this, raises the signal again.
  std::signal(number, SIG_DFL);
  if (number == SIGABRT)
    raise(SIGABRT);
}

} // namespace

void note_issuing(const char *symbol) { issuing = symbol; }

void report_crashes_to(int fd) { report_fd = fd; }

void report_crashes_here() {
  // Never freed: threads of lanes are few, and end with the process or are used again.
  thread_local std::byte *const stack = new std::byte[kStackBytes];
  stack_t alternative{};
  alternative.ss_sp = stack;
  alternative.ss_size = kStackBytes;
  sigaltstack(&alternative, nullptr);
}

void report_crashes() {
  void *once[1];
  backtrace(once, 1); // loads the unwinder now: a handler must not
  struct sigaction action = {};
  action.sa_sigaction = on_fatal_signal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (const int number : kFatal)
    sigaction(number, &action, nullptr);
}

} // namespace gpuferry::executor
