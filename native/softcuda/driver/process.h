// What there is once per process: whether cuInit was called, the devices, and where the text goes
// that kernels print.
#pragma once

#include "complain.h"
#include "cuda_api.h"

#include <atomic>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace softcuda {

class Device;

inline constexpr int kDriverVersion = 13000;

class Process {
public:
  static Process &instance();

  /// cuInit: reads the environment and makes the devices. Cheap, and idempotent.
  CUresult init();

  /// CUDA_SUCCESS when a call may proceed on this thread.
  CUresult check() const {
    return state_.load(std::memory_order_acquire) == State::Ready && !in_host_function
               ? CUDA_SUCCESS
               : refusal();
  }

  /// True in a child of a process that had called cuInit: threads are gone, and locks may be held
  /// for ever.
  bool forked() const { return state_.load(std::memory_order_acquire) == State::Forked; }

  const std::vector<std::unique_ptr<Device>> &devices() const { return devices_; }
  /// Null for an ordinal that there is not.
  Device *device(int ordinal) const {
    return ordinal >= 0 && static_cast<size_t>(ordinal) < devices_.size() ? devices_[ordinal].get()
                                                                          : nullptr;
  }

  /// GPUFERRY_SOFTCUDA_WATCHDOG_MS: how long a kernel may run before it fails with
  /// CUDA_ERROR_LAUNCH_TIMEOUT. 0, the default: for ever.
  uint32_t watchdog_ms() const { return watchdog_ms_; }

  /// Text from kernels' printf: to the application's stdout, or to whom set_printer names.
  void print(std::string_view text);
  /// The line of a failed device assertion: to the application's stderr, or to set_printer's.
  void print_assertion(std::string_view text);

  /// An executor gives the text to its guest instead: one printer for each of the two.
  using Printer = void (*)(const char *text, size_t bytes, void *user);
  void set_printer(Printer printer, void *user) { stdout_.set(printer, user); }
  void set_assert_printer(Printer printer, void *user) { stderr_.set(printer, user); }

  /// Set while this thread runs a host function, from which CUDA may not be called.
  static thread_local bool in_host_function;

private:
  enum class State { Uninitialised, Ready, Forked, Exiting };
  Process();
  CUresult refusal() const;

  struct Outlet {
    std::atomic<Printer> printer{nullptr};
    void *user = nullptr;
    void set(Printer new_printer, void *new_user) {
      user = new_user;
      printer.store(new_printer, std::memory_order_release);
    }
    bool take(std::string_view text) const;
  };

  std::atomic<State> state_{State::Uninitialised};
  std::vector<std::unique_ptr<Device>> devices_;
  uint32_t watchdog_ms_ = 0;
  Outlet stdout_, stderr_;
};

} // namespace softcuda

/// Set by the per-thread-default-stream variants (`_ptds`, `_ptsz`) around the plain function: the
/// null stream then means the thread's own.
extern "C" __thread int gf_per_thread_stream;
