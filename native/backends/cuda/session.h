// What all calls of one session share.
#pragma once

#include "backends/cuda/callbacks.h"
#include "backends/cuda/device_resources.h"
#include "backends/cuda/driver_library.h"
#include "backends/cuda/gpu_meter.h"
#include "backends/cuda/handle_seal.h"
#include "backends/cuda/heap_registry.h"
#include "backends/cuda/memory_ledger.h"
#include "backends/cuda/physical_holdings.h"
#include "executor/courier.h"
#include "executor/object_table.h"
#include "ring/region.h"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <vector>

namespace gpuferry::executor {
class DriverOutput;
}

namespace gpuferry::cuda {

struct Lane;
class CaptureWatch;
class Links;

struct Session {
  Session(DriverLibrary &library, ring::Region &region, executor::Courier &courier,
          executor::GrantPage &grant, std::vector<int> devices, uint64_t memory_quota_bytes,
          const std::string &share_key = "");
  ~Session();

  const DriverLibrary &library;
  const Driver &driver; ///< with overrides
  ring::Region &region;
  executor::Courier &courier;
  executor::GrantPage &grant;
  std::vector<int> devices; ///< the guest's device i is the driver's devices[i]
  executor::ObjectTable objects;
  MemoryLedger ledger;
  PhysicalHoldings physical;
  DeviceResources resources;
  const HandleSeal seal; ///< of what other sessions of the tenant may open
  GpuMeter meter;
  HeapRegistry heap;
  Callbacks callbacks;
  const std::unique_ptr<Links> links_holder;
  Links &links;
  const std::unique_ptr<CaptureWatch> captures_holder;
  CaptureWatch &captures;
  executor::DriverOutput *printed = nullptr; ///< where the driver prints as if into an application
  std::map<CUdevice, CUcontext> primary_contexts; ///< those retained so far; the issuer's
  std::map<CUgreenCtx, CUdevice> green_devices;   ///< of those that live; the issuer's
  /// Counts destroyed contexts: a thread's memory of its current one is worth nothing after.
  std::atomic<uint32_t> contexts_destroyed{0};

  /// The driver's device for the guest's, or nothing.
  bool device(int guest, CUdevice *native) const;

  void add(Lane &lane);
  void remove(Lane &lane);

  /// A context was destroyed: neither lane, nor meter, nor table knows it or what was made in it.
  void forget_context(uint64_t guest, CUcontext native);

  /// What was made in a context is gone, the context itself keeps its name: lanes make their own
  /// streams anew.
  void forget_contents(CUcontext native);

  /// Remembers an error for the guest, as CUDA would: what breaks a context, the lane's, stays until the
  /// context ends; the first of the others comes back with the next call that may report it.
  void report(CUresult error, bool is_async, const Lane &lane);

private:
  struct Broken {
    uint64_t handle; ///< the guest's
    CUresult error;
  };
  std::mutex broken_lock_;
  std::map<CUcontext, Broken> broken_;

  /// A context has ended, perhaps a broken one.
  void mend(CUcontext native);
  /// Tells the guest of one that is broken, or that none is.
  void tell_broken();

  std::mutex lanes_lock_;
  std::unordered_set<Lane *> lanes_;
};

/// Errors after which a context answers nothing else.
bool is_sticky(CUresult error);

} // namespace gpuferry::cuda
