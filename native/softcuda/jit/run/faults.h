// Faults inside kernels. A wild access, a trap or an abort leaves the kernel by a jump to where its worker entered it;
// the application's own signal handlers see every fault that is not a kernel's.
#pragma once

#include <atomic>
#include <csetjmp>
#include <cstdint>
#include <pthread.h>

namespace softcuda::jit {

struct Grid;

/// A worker's state for the signal handler. One per thread that runs kernels.
struct FaultGuard {
  sigjmp_buf recovery;
  Grid *grid = nullptr;
  std::atomic<bool> in_kernel{false}; // only then may the handler jump
  pthread_t thread;
};

/// This thread's guard; the first call prepares the thread (alternate signal stack) and the process (handlers).
FaultGuard &this_thread_guard();

/// Ends the running kernel of this thread with an error, from inside it. `cu_result` of the first failure wins.
[[noreturn]] void leave_kernel(int cu_result, const char *message);

/// Makes another thread leave the kernel if its grid has failed by the time that the signal arrives.
void interrupt(FaultGuard &guard);

/// While code of ours that must not be jumped out of (locks, callbacks) runs inside a kernel.
class OutsideKernel {
public:
  OutsideKernel() : guard_(this_thread_guard()), was_(guard_.in_kernel.exchange(false)) {}
  ~OutsideKernel() noexcept(false);
  OutsideKernel(const OutsideKernel &) = delete;
  OutsideKernel &operator=(const OutsideKernel &) = delete;

private:
  FaultGuard &guard_;
  bool was_;
};

} // namespace softcuda::jit
