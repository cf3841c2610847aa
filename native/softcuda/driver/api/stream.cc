// Streams.
#include "../capture.h"
#include "../entry.h"
#include "../work.h"

#include <algorithm>

using namespace softcuda;

GF_API cuStreamCreateWithPriority(CUstream *out, unsigned int flags, int priority) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(out && (flags & ~CU_STREAM_NON_BLOCKING) == 0);
  auto *stream = new Stream(*context, flags, std::clamp(priority, -5, 0));
  context->add(stream);
  *out = handle_of<CUstream>(stream);
  return CUDA_SUCCESS;
}

GF_API cuStreamCreate(CUstream *out, unsigned int flags) {
  return cuStreamCreateWithPriority(out, flags, 0);
}

// What the stream was given still runs, as CUDA promises.
GF_API cuStreamDestroy_v2(CUstream handle) {
  Context *context;
  GF_TRY(enter(&context));
  Stream *stream = Stream::from(handle);
  if (!stream)
    return CUDA_ERROR_INVALID_HANDLE;
  stream->context.remove(stream);
  delete stream;
  return CUDA_SUCCESS;
}

GF_API cuStreamDestroy(CUstream handle) { return cuStreamDestroy_v2(handle); }

GF_API cuStreamQuery(CUstream handle) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_TRY(refuse_in_capture(*stream));
  if (!stream->queue->idle())
    return CUDA_ERROR_NOT_READY;
  return static_cast<CUresult>(stream->context.sticky());
}

GF_API cuStreamSynchronize(CUstream handle) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_TRY(refuse_in_capture(*stream));
  Context &context = stream->context;
  std::shared_ptr<Queue> queue = stream->queue; // another thread may destroy the stream meanwhile
  queue->wait(queue->submitted());
  context.flush_prints();
  return static_cast<CUresult>(context.sticky());
}

GF_API cuStreamWaitEvent(CUstream handle, CUevent event_handle, unsigned int flags) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE((flags & ~CU_EVENT_WAIT_EXTERNAL) == 0);
  Event *event = Event::from(event_handle);
  if (!event)
    return CUDA_ERROR_INVALID_HANDLE;
  if (flags & CU_EVENT_WAIT_EXTERNAL) { // only a capture knows what is external to it
    GF_REQUIRE(stream->capture);
    return capture_event_node(*stream, *event, false);
  }
  return wait_for_event(*stream, *event);
}

GF_API cuStreamGetPriority(CUstream handle, int *priority) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(priority);
  *priority = stream->priority;
  return CUDA_SUCCESS;
}

GF_API cuStreamGetFlags(CUstream handle, unsigned int *flags) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(flags);
  *flags = stream->flags;
  return CUDA_SUCCESS;
}

GF_API cuStreamGetId(CUstream handle, unsigned long long *id) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(id);
  *id = stream->id;
  return CUDA_SUCCESS;
}

GF_API cuStreamGetCtx(CUstream handle, CUcontext *out) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(out);
  *out = handle_of<CUcontext>(&stream->context);
  return CUDA_SUCCESS;
}

GF_API cuStreamGetCtx_v2(CUstream handle, CUcontext *out, CUgreenCtx *green) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(out);
  *out = handle_of<CUcontext>(&stream->context.root());
  if (green)
    *green = handle_of<CUgreenCtx>(stream->context.green());
  return CUDA_SUCCESS;
}

GF_API cuStreamGetDevice(CUstream handle, CUdevice *device) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(device);
  *device = stream->context.device.ordinal();
  return CUDA_SUCCESS;
}

// Attributes steer caches and memory domains that a CPU does not have: only the priority is real.
GF_API cuStreamGetAttribute(CUstream handle, CUstreamAttrID which, CUstreamAttrValue *value) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(value);
  CUstreamAttrValue answer{};
  switch (static_cast<int>(which)) {
  case CU_LAUNCH_ATTRIBUTE_ACCESS_POLICY_WINDOW:
  case CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN_MAP:
  case CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN:
    break;
  case CU_LAUNCH_ATTRIBUTE_SYNCHRONIZATION_POLICY:
    answer.syncPolicy = CU_SYNC_POLICY_AUTO;
    break;
  case CU_LAUNCH_ATTRIBUTE_PRIORITY:
    answer.priority = stream->priority;
    break;
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
  *value = answer;
  return CUDA_SUCCESS;
}

GF_API cuStreamSetAttribute(CUstream handle, CUstreamAttrID which, const CUstreamAttrValue *value) {
  CUstreamAttrValue current;
  GF_REQUIRE(value);
  return cuStreamGetAttribute(handle, which, &current);
}

GF_API cuStreamCopyAttributes(CUstream to, CUstream from) {
  Stream *stream;
  GF_TRY(enter(to, &stream));
  return enter(from, &stream);
}

GF_API cuStreamAttachMemAsync(CUstream handle, CUdeviceptr address, size_t length,
                              unsigned int flags) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(flags == CU_MEM_ATTACH_GLOBAL || flags == CU_MEM_ATTACH_HOST ||
             flags == CU_MEM_ATTACH_SINGLE);
  auto found = AddressMap::instance().find(address);
  GF_REQUIRE(found && found->kind == MemoryKind::Managed && found->base == address);
  GF_REQUIRE(length == 0 || length == found->bytes);
  return CUDA_SUCCESS; // host and device see the same memory at all times
}

GF_API cuLaunchHostFunc(CUstream handle, CUhostFn function, void *user) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(function);
  return enqueue(*stream, HostWork{function, user});
}

namespace {

// Unlike a host function, a callback runs when the context is poisoned, too: it is told the status.
struct CallbackOp final : Op {
  CallbackOp(Context &context, CUstream stream, CUstreamCallback callback, void *user)
      : Op(true), context(context), stream(stream), callback(callback), user(user) {}
  void run(bool) override {
    Process::in_host_function = true;
    callback(stream, static_cast<CUresult>(context.sticky()), user);
    Process::in_host_function = false;
  }
  Context &context;
  CUstream stream;
  CUstreamCallback callback;
  void *user;
};

} // namespace

GF_API cuStreamAddCallback(CUstream handle, CUstreamCallback callback, void *user,
                           unsigned int flags) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(callback && flags == 0);
  GF_TRY(refuse_in_capture(*stream));
  stream->context.submit(*stream, new CallbackOp(stream->context, handle, callback, user));
  return CUDA_SUCCESS;
}
