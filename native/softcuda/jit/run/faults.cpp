#include "run/faults.h"

#include "run/grid.h"

#include <csignal>
#include <memory>
#include <mutex>
#include <sys/mman.h>

namespace softcuda::jit {
namespace {

constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
struct sigaction previous[NSIG];

// Plain thread-local storage: the handler must not construct anything.
thread_local FaultGuard *current_guard = nullptr;

int result_for(int signal, const siginfo_t &info) {
  switch (signal) {
  case SIGSEGV:
    // A general protection fault has no address: an aligned vector access off its alignment.
    return info.si_code == SI_KERNEL ? 716 : 700;
  case SIGBUS:
    return info.si_code == BUS_ADRALN ? 716 : 700;
  default:
    return 719;
  }
}

void chain(int signal, siginfo_t *info, void *context) {
  const struct sigaction &old = previous[signal];
  if (old.sa_flags & SA_SIGINFO) {
    old.sa_sigaction(signal, info, context);
  } else if (old.sa_handler == SIG_DFL) {
    // Die of it as the program would have: the faulting instruction runs again with the default action.
    sigaction(signal, &old, nullptr);
    if (info->si_code <= 0)
      raise(signal);
  } else if (old.sa_handler != SIG_IGN) {
    old.sa_handler(signal);
  }
}

void on_signal(int signal, siginfo_t *info, void *context) {
  FaultGuard *guard = current_guard;
  bool from_interrupt = info->si_code == SI_TKILL;
  if (!guard || (!from_interrupt && !guard->in_kernel.load(std::memory_order_relaxed)))
    return chain(signal, info, context);
  if (from_interrupt && signal == SIGSEGV) {
    // ours: leave only if there is something to leave and the grid has failed
    if (guard->in_kernel.load(std::memory_order_relaxed) && guard->grid->failed())
      siglongjmp(guard->recovery, 1);
    return;
  }
  guard->grid->fail(result_for(signal, *info), "");
  siglongjmp(guard->recovery, 1);
}

void install_handlers() {
  struct sigaction action{};
  action.sa_sigaction = on_signal;
  // not blocked while it runs, since it is left by a jump; on its own stack, for overflows of the kernel's
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  for (int signal : kSignals) {
    struct sigaction present{};
    sigaction(signal, nullptr, &present);
    if ((present.sa_flags & SA_SIGINFO) && present.sa_sigaction == on_signal)
      continue;
    previous[signal] = present;
    sigaction(signal, &action, nullptr);
  }
}

/// The guard and the alternate stack of one thread.
struct ThreadState {
  FaultGuard guard;
  std::unique_ptr<char[]> stack;
  stack_t outer{};

  ThreadState() {
    guard.thread = pthread_self();
    sigaltstack(nullptr, &outer);
    if (outer.ss_flags & SS_DISABLE) {
      constexpr size_t kBytes = 64 << 10;
      stack = std::make_unique<char[]>(kBytes);
      stack_t alternate{};
      alternate.ss_sp = stack.get();
      alternate.ss_size = kBytes;
      sigaltstack(&alternate, nullptr);
    }
    current_guard = &guard;
  }
  ~ThreadState() {
    current_guard = nullptr;
    if (stack)
      sigaltstack(&outer, nullptr);
  }
};

} // namespace

FaultGuard &this_thread_guard() {
  if (current_guard)
    return *current_guard;
  static std::once_flag once;
  std::call_once(once, install_handlers);
  thread_local ThreadState state;
  return state.guard;
}

void leave_kernel(int cu_result, const char *message) {
  FaultGuard &guard = this_thread_guard();
  guard.grid->fail(cu_result, message);
  siglongjmp(guard.recovery, 1);
}

void interrupt(FaultGuard &guard) { pthread_kill(guard.thread, SIGSEGV); }

OutsideKernel::~OutsideKernel() noexcept(false) {
  guard_.in_kernel.store(was_);
  if (was_ && guard_.grid->failed()) // an interrupt may have come while it was not wanted
    siglongjmp(guard_.recovery, 1);
}

} // namespace softcuda::jit
