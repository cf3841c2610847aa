#include "backends/cuda/session.h"

#include "backends/cuda/capture_watch.h"
#include "backends/cuda/lane.h"
#include "backends/cuda/links.h"
#include "backends/cuda/managed_mirror.h"
#include "backends/cuda/overrides.h"
#include "cuda_wire.h"

namespace gpuferry::cuda {

Session::Session(DriverLibrary &library, ring::Region &region, executor::Courier &courier,
                 executor::GrantPage &grant, std::vector<int> devices, uint64_t memory_quota_bytes,
                 const std::string &share_key)
    : library(library), driver(library.driver), region(region), courier(courier), grant(grant),
      devices(std::move(devices)), ledger(grant, memory_quota_bytes), seal(share_key),
      meter(library.driver, grant), heap(library.driver, region), callbacks(courier),
      links_holder(std::make_unique<Links>()), links(*links_holder),
      captures_holder(std::make_unique<CaptureWatch>()), captures(*captures_holder) {
  override_entry_points(library.driver, *this);
}

Session::~Session() = default;

bool Session::device(int guest, CUdevice *native) const {
  if (guest < 0 || static_cast<size_t>(guest) >= devices.size())
    return false;
  return driver.cuDeviceGet(native, devices[static_cast<size_t>(guest)]) == CUDA_SUCCESS;
}

void Session::add(Lane &lane) {
  std::lock_guard lock(lanes_lock_);
  lanes_.insert(&lane);
}

void Session::remove(Lane &lane) {
  captures.forget(lane);
  std::lock_guard lock(lanes_lock_);
  lanes_.erase(&lane);
}

void Session::mend(CUcontext native) {
  std::lock_guard lock(broken_lock_);
  if (broken_.erase(native))
    tell_broken();
}

void Session::tell_broken() {
  gf_region *header = region.header();
  int32_t word = 0;
  if (!broken_.empty()) {
    const Broken &one = broken_.begin()->second;
    header->broken_context = one.handle;
    word = -static_cast<int32_t>(one.error);
  }
  // Positive: the guest has found the session to be over, which is the last word.
  int32_t before = gf_load_relaxed(&header->sticky_error);
  // Release: partner of the guest's look at the word on its way into a call.
  while (before <= 0 && !__atomic_compare_exchange_n(&header->sticky_error, &before, word, false,
                                                     __ATOMIC_RELEASE, __ATOMIC_RELAXED))
    ;
}

void Session::forget_context(uint64_t guest, CUcontext native) {
  mend(native);
  contexts_destroyed.fetch_add(1, std::memory_order_release);
  objects.unbind(GF_KIND_CONTEXT, guest);
  ledger.release_all(native);
  std::lock_guard lock(lanes_lock_);
  for (Lane *lane : lanes_)
    lane->forget(native);
}

void Session::forget_contents(CUcontext native) {
  mend(native);
  contexts_destroyed.fetch_add(1, std::memory_order_release);
  ledger.release_all(native);
  ManagedMirror::of_session().forget(nullptr); // they may be gone, too
  std::lock_guard lock(lanes_lock_);
  for (Lane *lane : lanes_)
    lane->own_streams.erase(native);
}

bool is_sticky(CUresult error) {
  switch (error) {
  case CUDA_ERROR_ECC_UNCORRECTABLE:
  case CUDA_ERROR_ILLEGAL_ADDRESS:
  case CUDA_ERROR_LAUNCH_TIMEOUT:
  case CUDA_ERROR_ASSERT:
  case CUDA_ERROR_HARDWARE_STACK_ERROR:
  case CUDA_ERROR_ILLEGAL_INSTRUCTION:
  case CUDA_ERROR_MISALIGNED_ADDRESS:
  case CUDA_ERROR_INVALID_ADDRESS_SPACE:
  case CUDA_ERROR_INVALID_PC:
  case CUDA_ERROR_LAUNCH_FAILED:
    return true;
  default:
    return false;
  }
}

void Session::report(CUresult error, bool is_async, const Lane &lane) {
  if (is_sticky(error)) {
    std::lock_guard lock(broken_lock_);
    if (broken_.try_emplace(lane.context, Broken{lane.context_handle, error}).second)
      tell_broken();
  } else if (is_async) {
    int32_t none = 0;
    __atomic_compare_exchange_n(&region.header()->deferred_error, &none,
                                static_cast<int32_t>(error), false, __ATOMIC_ACQ_REL,
                                __ATOMIC_RELAXED);
  }
}

} // namespace gpuferry::cuda
