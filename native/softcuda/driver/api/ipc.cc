// Memory and events between processes.
#include "../ipc.h"
#include "../entry.h"

using namespace softcuda;

GF_API cuIpcGetMemHandle(CUipcMemHandle *out, CUdeviceptr address) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(out);
  return export_memory(address, out);
}

GF_API cuIpcOpenMemHandle_v2(CUdeviceptr *out, CUipcMemHandle handle, unsigned int flags) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(out && flags == CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS);
  uint64_t address = 0;
  GF_TRY(import_memory(*context, handle, &address));
  *out = address;
  return CUDA_SUCCESS;
}

// Waits, since kernels that are under way may still use the memory.
GF_API cuIpcCloseMemHandle(CUdeviceptr address) {
  Context *context;
  GF_TRY(enter(&context));
  context->synchronize();
  return close_memory(address);
}

GF_API cuIpcGetEventHandle(CUipcEventHandle *out, CUevent handle) {
  GF_TRY(enter());
  GF_REQUIRE(out);
  Event *event = Event::from(handle);
  if (!event || !(event->flags & CU_EVENT_INTERPROCESS))
    return CUDA_ERROR_INVALID_HANDLE;
  std::lock_guard lock(event->state->mutex);
  return export_event(event->state->shared, &event->state->shared_key, out);
}

GF_API cuIpcOpenEventHandle(CUevent *out, CUipcEventHandle handle) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(out);
  std::shared_ptr<SharedEvent> shared;
  GF_TRY(import_event(handle, &shared));
  auto *event = new Event(context->root(), CU_EVENT_INTERPROCESS | CU_EVENT_DISABLE_TIMING);
  event->state->shared = std::move(shared);
  *out = handle_of<CUevent>(event);
  return CUDA_SUCCESS;
}
