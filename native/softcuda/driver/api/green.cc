// Green contexts and the resources that they are made of.
#include "../green.h"
#include "../capture.h"
#include "../entry.h"
#include "../stream.h"

using namespace softcuda;

namespace {

CUresult enter_green(CUgreenCtx handle, GreenContext **green) {
  GF_TRY(enter());
  *green = GreenContext::from(handle);
  if (!*green)
    return CUDA_ERROR_INVALID_CONTEXT;
  return static_cast<CUresult>((*green)->context.sticky());
}

CUresult give(const Device &device, SmShare share, CUdevResource *out, CUdevResourceType type) {
  GF_REQUIRE(out);
  if (type != CU_DEV_RESOURCE_TYPE_SM)
    return CUDA_ERROR_INVALID_RESOURCE_TYPE;
  *out = sm_resource(device, share);
  return CUDA_SUCCESS;
}

constexpr SmShare kWhole{0, Device::kMultiprocessors};

} // namespace

GF_API cuDeviceGetDevResource(CUdevice dev, CUdevResource *out, CUdevResourceType type) {
  Device *device;
  GF_TRY(enter(dev, &device));
  return give(*device, kWhole, out, type);
}

GF_API cuCtxGetDevResource(CUcontext handle, CUdevResource *out, CUdevResourceType type) {
  GF_TRY(enter());
  Context *context = Context::from(handle);
  if (!context)
    return CUDA_ERROR_INVALID_CONTEXT;
  return give(context->device, context->green() ? context->green()->share : kWhole, out, type);
}

GF_API cuGreenCtxGetDevResource(CUgreenCtx handle, CUdevResource *out, CUdevResourceType type) {
  GreenContext *green;
  GF_TRY(enter_green(handle, &green));
  return give(green->device, green->share, out, type);
}

// Without `result` it only says how many groups there could be.
GF_API cuDevSmResourceSplitByCount(CUdevResource *result, unsigned int *groups,
                                   const CUdevResource *input, CUdevResource *remaining,
                                   unsigned int flags, unsigned int least) {
  GF_TRY(enter());
  GF_REQUIRE(groups && input);
  Device *device;
  SmShare share;
  GF_TRY(read_resource(*input, &device, &share));
  unsigned most = 0, each = 0;
  GF_TRY(split(share, least, flags, &most, &each));
  if (!result) {
    *groups = most;
    return CUDA_SUCCESS;
  }
  GF_REQUIRE(*groups > 0);
  *groups = std::min(*groups, most);
  for (unsigned i = 0; i < *groups; i++)
    result[i] = sm_resource(*device, {share.first + i * each, each});
  if (remaining)
    *remaining = sm_resource(*device, {share.first + *groups * each, share.count - *groups * each});
  return CUDA_SUCCESS;
}

// Several resources make one share where they are neighbours; others would be one of several pieces, which no split of ours
// leaves over.
GF_API cuDevResourceGenerateDesc(CUdevResourceDesc *out, CUdevResource *resources,
                                 unsigned int count) {
  GF_TRY(enter());
  GF_REQUIRE(out && resources && count > 0);
  Device *device = nullptr;
  SmShare all;
  for (unsigned i = 0; i < count; i++) {
    Device *its;
    SmShare share;
    GF_TRY(read_resource(resources[i], &its, &share));
    if (device && (its != device || share.first != all.first + all.count))
      return CUDA_ERROR_INVALID_RESOURCE_CONFIGURATION;
    if (!device)
      all.first = share.first;
    device = its;
    all.count += share.count;
  }
  *out = handle_of<CUdevResourceDesc>(new ResourceDesc(*device, all));
  return CUDA_SUCCESS;
}

GF_API cuGreenCtxCreate(CUgreenCtx *out, CUdevResourceDesc handle, CUdevice dev,
                        unsigned int flags) {
  Device *device;
  GF_TRY(enter(dev, &device));
  const ResourceDesc *desc = ResourceDesc::from(handle);
  GF_REQUIRE(out && desc && &desc->device == device && flags == CU_GREEN_CTX_DEFAULT_STREAM);
  GreenContext *green;
  GF_TRY(GreenContext::create(*desc, &green));
  *out = handle_of<CUgreenCtx>(green);
  return CUDA_SUCCESS;
}

GF_API cuGreenCtxDestroy(CUgreenCtx handle) {
  GF_TRY(enter());
  GreenContext *green = GreenContext::from(handle);
  if (!green)
    return CUDA_ERROR_INVALID_CONTEXT;
  auto &stack = context_stack();
  if (!stack.empty() && stack.back() == &green->context)
    stack.pop();
  delete green;
  return CUDA_SUCCESS;
}

GF_API cuCtxFromGreenCtx(CUcontext *out, CUgreenCtx handle) {
  GreenContext *green;
  GF_TRY(enter_green(handle, &green));
  GF_REQUIRE(out);
  *out = handle_of<CUcontext>(&green->context);
  return CUDA_SUCCESS;
}

GF_API cuGreenCtxRecordEvent(CUgreenCtx handle, CUevent event) {
  GreenContext *green;
  GF_TRY(enter_green(handle, &green));
  return cuCtxRecordEvent(handle_of<CUcontext>(&green->context), event);
}

GF_API cuGreenCtxWaitEvent(CUgreenCtx handle, CUevent event) {
  GreenContext *green;
  GF_TRY(enter_green(handle, &green));
  return cuCtxWaitEvent(handle_of<CUcontext>(&green->context), event);
}

GF_API cuGreenCtxStreamCreate(CUstream *out, CUgreenCtx handle, unsigned int flags, int priority) {
  GreenContext *green;
  GF_TRY(enter_green(handle, &green));
  GF_REQUIRE(out && flags == CU_STREAM_NON_BLOCKING); // CUDA has no others here
  auto *stream = new Stream(green->context, flags, std::clamp(priority, -5, 0));
  green->context.add(stream);
  *out = handle_of<CUstream>(stream);
  return CUDA_SUCCESS;
}

GF_API cuGreenCtxGetId(CUgreenCtx handle, unsigned long long *id) {
  GreenContext *green;
  GF_TRY(enter_green(handle, &green));
  GF_REQUIRE(id);
  *id = green->context.id;
  return CUDA_SUCCESS;
}

GF_API cuStreamGetGreenCtx(CUstream handle, CUgreenCtx *out) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(out);
  *out = handle_of<CUgreenCtx>(stream->context.green());
  return CUDA_SUCCESS;
}
