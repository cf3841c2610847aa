// Memory and events of other processes (cuIpc*).
#pragma once

#include "context.h"
#include "cuda_api.h"

#include <atomic>
#include <memory>

namespace softcuda {

CUresult export_memory(uint64_t address, CUipcMemHandle *handle);
CUresult import_memory(Context &context, const CUipcMemHandle &handle, uint64_t *address);
CUresult close_memory(uint64_t address);

/// The state of an event that several processes record and wait for, in memory that they share. Records are counted; one
/// is complete when `completed` has come up to it.
struct SharedEvent {
  std::atomic<uint32_t> submitted{0};
  std::atomic<uint32_t> completed{0}; // a futex

  bool done(uint32_t number) const {
    return static_cast<int32_t>(completed.load(std::memory_order_acquire) - number) >= 0;
  }
  bool done() const { return done(submitted.load(std::memory_order_acquire)); }
  void wait(uint32_t number);
  void complete(uint32_t number);
};

/// Makes the event's shared state if it has none yet, and names it.
CUresult export_event(std::shared_ptr<SharedEvent> &shared, uint64_t *key,
                      CUipcEventHandle *handle);
CUresult import_event(const CUipcEventHandle &handle, std::shared_ptr<SharedEvent> *shared);

} // namespace softcuda
