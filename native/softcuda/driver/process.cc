#include "process.h"

#include "complain.h"
#include "device.h"
#include "dispatcher.h"
#include "object.h"
#include "shared_file.h"

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <pthread.h>

__thread int gf_per_thread_stream = 0;

namespace softcuda {

thread_local bool Process::in_host_function = false;

namespace {
// A grid that is still running when the application exits may hold on to code and data that exit
// handlers take away; this is how long exit waits for it.
constexpr int64_t kExitPatienceNs = 100'000'000;
std::mutex init_mutex;
} // namespace

Process &Process::instance() {
  static auto *process = new Process; // never destroyed: threads outlive exit handlers
  return *process;
}

Process::Process() = default;

CUresult Process::init() {
  std::lock_guard lock(init_mutex);
  if (state_.load() != State::Uninitialised)
    return state_.load() == State::Ready ? CUDA_SUCCESS : refusal();
  // A device is a terabyte of addresses.
  const auto no_addresses = [] {
    complain("no addresses are left for a device: is there a limit (ulimit -v)?");
    return CUDA_ERROR_OUT_OF_MEMORY;
  };
  if (!has_object_memory())
    return no_addresses();
  std::vector<std::unique_ptr<Device>> devices = make_devices();
  if (devices.empty())
    return CUDA_ERROR_NO_DEVICE;
  for (const auto &device : devices)
    if (!device->arena().exists())
      return no_addresses();
  devices_ = std::move(devices);
  sweep_shared_files();
  if (const char *text = getenv("GPUFERRY_SOFTCUDA_WATCHDOG_MS"))
    watchdog_ms_ = static_cast<uint32_t>(strtoul(text, nullptr, 10));
  // As with NVIDIA's driver, a child of fork cannot use what its parent has begun; one whose parent
  // has not called cuInit starts afresh.
  pthread_atfork(nullptr, nullptr, [] { instance().state_.store(State::Forked); });
  // Exit does not wait for an endless kernel; with one at work nothing can be taken apart any more,
  // so calls from later exit handlers (the runtime's, destructors') are told that the driver has
  // shut down.
  atexit([] {
    if (!instance().forked() && !Dispatcher::instance().settle(kExitPatienceNs))
      instance().state_.store(State::Exiting);
  });
  state_.store(State::Ready, std::memory_order_release);
  return CUDA_SUCCESS;
}

CUresult Process::refusal() const {
  if (in_host_function)
    return CUDA_ERROR_NOT_PERMITTED;
  return state_.load() == State::Exiting ? CUDA_ERROR_DEINITIALIZED : CUDA_ERROR_NOT_INITIALIZED;
}

bool Process::Outlet::take(std::string_view text) const {
  Printer taker = printer.load(std::memory_order_acquire);
  if (taker)
    taker(text.data(), text.size(), user);
  return taker;
}

// Through stdio, so that it keeps its place among what the application prints itself.
void Process::print(std::string_view text) {
  if (!text.empty() && !stdout_.take(text))
    fwrite(text.data(), 1, text.size(), stdout);
}

void Process::print_assertion(std::string_view text) {
  if (!text.empty() && !stderr_.take(text))
    fwrite(text.data(), 1, text.size(), stderr);
}

} // namespace softcuda

// For our executor, which loads this library as it would load NVIDIA's and then looks for these
// names.
#define GF_EXPORT extern "C" __attribute__((visibility("default")))

GF_EXPORT void gpuferry_softcuda_set_printer(softcuda::Process::Printer printer, void *user) {
  softcuda::Process::instance().set_printer(printer, user);
}

GF_EXPORT void gpuferry_softcuda_set_assert_printer(softcuda::Process::Printer printer,
                                                    void *user) {
  softcuda::Process::instance().set_assert_printer(printer, user);
}
