#include "backends/cuda/graph_params.h"

#include "backends/cuda/copy_extent.h"

#include <algorithm>
#include <cstring>

namespace gpuferry::cuda {

namespace {

static_assert(sizeof(CUgraphNodeParams) == 256, "as protocol/api/cuda/graph.api.ts says");

template <class Native> CUresult resolve(Call &call, uint32_t kind, Native *handle) {
  return call.resolve(kind, reinterpret_cast<uint64_t>(*handle), handle);
}

/// `count` elements of the payload, which has to consist of them.
template <class T>
CUresult take_array(Call &call, const std::byte *payload, uint64_t bytes, uint64_t count,
                    std::vector<T> *out) {
  if (count > bytes / sizeof(T))
    return call.violate("a node's parameters are longer than their frame");
  out->resize(count);
  if (count)
    std::memcpy(out->data(), payload, count * sizeof(T));
  return CUDA_SUCCESS;
}

} // namespace

CUresult NodeParams::take_kernel(Call &call, const std::byte *payload, uint64_t bytes) {
  CUDA_KERNEL_NODE_PARAMS_v3 &kernel = params.kernel;
  if (const CUresult error = resolve(call, GF_KIND_FUNCTION, &kernel.func))
    return error;
  if (const CUresult error = resolve(call, GF_KIND_CONTEXT, &kernel.ctx))
    return error;
  kernel.kern = nullptr;
  packed_bytes_ = bytes;
  extra_[0] = CU_LAUNCH_PARAM_BUFFER_POINTER;
  extra_[1] = const_cast<std::byte *>(payload);
  extra_[2] = CU_LAUNCH_PARAM_BUFFER_SIZE;
  extra_[3] = &packed_bytes_;
  extra_[4] = CU_LAUNCH_PARAM_END;
  kernel.kernelParams = nullptr;
  kernel.extra = extra_;
  return kernel.func ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUresult NodeParams::take_copy(Call &call) {
  if (const CUresult error = resolve(call, GF_KIND_CONTEXT, &params.memcpy.copyCtx))
    return error;
  CUDA_MEMCPY3D &copy = params.memcpy.copyParams;
  // A graph's host memory has to stay: the guest sends heap addresses, which both sides share.
  const auto shared = [&call](const void *pointer) -> gf_heap_range {
    const auto address = reinterpret_cast<uint64_t>(pointer);
    if (!call.session().region.in_heap(address, 0))
      return {UINT64_MAX, UINT64_MAX}; // settle_copy refuses it if that side is host memory
    const uint64_t offset = address - GF_HEAP_ADDRESS;
    return {offset, call.session().region.heap_bytes() - offset};
  };
  const CUDA_MEMCPY3D sent = copy;
  if (const CUresult error =
          settle_copy(call, copy, {shared(sent.srcHost), reinterpret_cast<uint64_t>(sent.srcArray)},
                      {shared(sent.dstHost), reinterpret_cast<uint64_t>(sent.dstArray)}))
    return error;
  // What was filled in changes nothing of one row or slice, and would be read back.
  if (sent.Height <= 1 && sent.Depth <= 1) {
    copy.srcPitch = sent.srcPitch;
    copy.dstPitch = sent.dstPitch;
  }
  if (sent.Depth <= 1) {
    copy.srcHeight = sent.srcHeight;
    copy.dstHeight = sent.dstHeight;
  }
  return CUDA_SUCCESS;
}

CUresult NodeParams::take(Call &call, const uint8_t (&sent)[256], const std::byte *payload,
                          uint64_t payload_bytes) {
  std::memcpy(&params, sent, sizeof params);
  switch (params.type) {
  case CU_GRAPH_NODE_TYPE_KERNEL:
    return take_kernel(call, payload, payload_bytes);
  case CU_GRAPH_NODE_TYPE_MEMCPY:
    return take_copy(call);
  case CU_GRAPH_NODE_TYPE_MEMSET:
    return resolve(call, GF_KIND_CONTEXT, &params.memset.ctx);
  case CU_GRAPH_NODE_TYPE_HOST: // the guest's number for it
    params.host.userData =
        call.session().callbacks.make(reinterpret_cast<uint64_t>(params.host.userData));
    params.host.fn = GuestFunction::run;
    return CUDA_SUCCESS;
  case CU_GRAPH_NODE_TYPE_GRAPH:
    return resolve(call, GF_KIND_GRAPH, &params.graph.graph);
  case CU_GRAPH_NODE_TYPE_WAIT_EVENT:
    return resolve(call, GF_KIND_EVENT, &params.eventWait.event);
  case CU_GRAPH_NODE_TYPE_EVENT_RECORD:
    return resolve(call, GF_KIND_EVENT, &params.eventRecord.event);
  case CU_GRAPH_NODE_TYPE_MEM_ALLOC: {
    if (const CUresult error =
            take_array(call, payload, payload_bytes, params.alloc.accessDescCount, &access_))
      return error;
    params.alloc.accessDescs = access_.empty() ? nullptr : access_.data();
    params.alloc.poolProps.win32SecurityAttributes = nullptr;
    CUmemLocation &where = params.alloc.poolProps.location;
    if (where.type == CU_MEM_LOCATION_TYPE_DEVICE) {
      CUdevice device = 0;
      if (!call.session().device(where.id, &device))
        return CUDA_ERROR_INVALID_DEVICE;
      where.id = device;
    }
    for (CUmemAccessDesc &access : access_) {
      CUdevice device = 0;
      if (access.location.type != CU_MEM_LOCATION_TYPE_DEVICE)
        continue;
      if (!call.session().device(access.location.id, &device))
        return CUDA_ERROR_INVALID_DEVICE;
      access.location.id = device;
    }
    return CUDA_SUCCESS;
  }
  case CU_GRAPH_NODE_TYPE_BATCH_MEM_OP:
    if (const CUresult error = resolve(call, GF_KIND_CONTEXT, &params.memOp.ctx))
      return error;
    if (params.memOp.paramArray) {
      if (const CUresult error =
              take_array(call, payload, payload_bytes, params.memOp.count, &ops_))
        return error;
      ops_.reserve(1); // an empty list is not none
      params.memOp.paramArray = ops_.data();
    }
    return CUDA_SUCCESS;
  case CU_GRAPH_NODE_TYPE_CONDITIONAL:
    params.conditional.phGraph_out = nullptr;
    return resolve(call, GF_KIND_CONTEXT, &params.conditional.ctx);
  case CU_GRAPH_NODE_TYPE_EMPTY:
  case CU_GRAPH_NODE_TYPE_MEM_FREE:
    return CUDA_SUCCESS;
  case CU_GRAPH_NODE_TYPE_EXT_SEMAS_SIGNAL:
  case CU_GRAPH_NODE_TYPE_EXT_SEMAS_WAIT:
    return CUDA_ERROR_NOT_SUPPORTED;
  }
  return CUDA_ERROR_INVALID_VALUE;
}

CUDA_KERNEL_NODE_PARAMS NodeParams::kernel() const {
  const CUDA_KERNEL_NODE_PARAMS_v3 &k = params.kernel;
  return {k.func,      k.gridDimX,       k.gridDimY,     k.gridDimZ, k.blockDimX, k.blockDimY,
          k.blockDimZ, k.sharedMemBytes, k.kernelParams, k.extra,    k.kern,      k.ctx};
}

CUDA_MEMSET_NODE_PARAMS NodeParams::memset() const {
  const CUDA_MEMSET_NODE_PARAMS_v2 &m = params.memset;
  return {m.dst, m.pitch, m.value, m.elementSize, m.width, m.height};
}

// Back to the guest.

namespace {

template <class Native> Native adopted(Call &call, uint32_t kind, Native native) {
  return reinterpret_cast<Native>(call.adopt(kind, native));
}

/// The guest's name for a kernel or a function; null where it never asked for it by name.
template <class Native> Native code_name(Call &call, Native native) {
  for (const uint32_t kind : {GF_KIND_FUNCTION, GF_KIND_KERNEL})
    if (const auto name =
            native ? call.session().objects.name_of(kind, reinterpret_cast<uint64_t>(native))
                   : std::nullopt)
      return reinterpret_cast<Native>(*name);
  return nullptr;
}

template <class T>
CUresult reply_array(Call &call, const T *elements, size_t count, uint64_t *payload_bytes) {
  *payload_bytes = count * sizeof(T);
  std::byte *payload = call.reply_tail(*payload_bytes);
  if (!payload)
    return CUDA_ERROR_INVALID_VALUE; // longer than any that came from a guest
  if (count)
    std::memcpy(payload, elements, *payload_bytes);
  return CUDA_SUCCESS;
}

CUresult reply_kernel(Call &call, CUgraphNode node, CUgraphNodeParams *out,
                      uint64_t *payload_bytes) {
  const Driver &driver = call.driver();
  CUDA_KERNEL_NODE_PARAMS p{};
  if (const CUresult error = driver.cuGraphKernelNodeGetParams_v2(node, &p))
    return error;
  CUfunction function = p.func ? p.func : reinterpret_cast<CUfunction>(p.kern);
  if (!p.func && driver.cuKernelGetFunction)
    driver.cuKernelGetFunction(&function, p.kern);
  // Values lie where the driver has them; in the frame, as in a packed buffer.
  std::vector<std::byte> packed;
  size_t offset = 0, size = 0;
  if (p.kernelParams && driver.cuFuncGetParamInfo)
    for (size_t i = 0; driver.cuFuncGetParamInfo(function, i, &offset, &size) == CUDA_SUCCESS;
         ++i) {
      packed.resize(std::max(packed.size(), offset + size));
      if (p.kernelParams[i])
        std::memcpy(packed.data() + offset, p.kernelParams[i], size);
    }
  CUDA_KERNEL_NODE_PARAMS_v3 &kernel = out->kernel;
  kernel.func = code_name(call, p.func);
  kernel.kern = code_name(call, p.kern);
  kernel.gridDimX = p.gridDimX;
  kernel.gridDimY = p.gridDimY;
  kernel.gridDimZ = p.gridDimZ;
  kernel.blockDimX = p.blockDimX;
  kernel.blockDimY = p.blockDimY;
  kernel.blockDimZ = p.blockDimZ;
  kernel.sharedMemBytes = p.sharedMemBytes;
  kernel.ctx = adopted(call, GF_KIND_CONTEXT, p.ctx);
  return reply_array(call, packed.data(), packed.size(), payload_bytes);
}

CUresult reply_copy(Call &call, CUgraphNode node, CUgraphNodeParams *out) {
  CUDA_MEMCPY3D &copy = out->memcpy.copyParams;
  if (const CUresult error = call.driver().cuGraphMemcpyNodeGetParams(node, &copy))
    return error;
  copy.reserved0 = copy.reserved1 = nullptr;
  copy.srcArray = adopted(call, GF_KIND_ARRAY, copy.srcArray);
  copy.dstArray = adopted(call, GF_KIND_ARRAY, copy.dstArray);
  return CUDA_SUCCESS;
}

CUresult reply_host(Call &call, CUgraphNode node, CUgraphNodeParams *out) {
  CUDA_HOST_NODE_PARAMS host{};
  if (const CUresult error = call.driver().cuGraphHostNodeGetParams(node, &host))
    return error;
  if (host.fn != GuestFunction::run)
    return CUDA_ERROR_INVALID_VALUE; // none of the guest's
  out->host.userData =
      reinterpret_cast<void *>(static_cast<const GuestFunction *>(host.userData)->callback_id);
  return CUDA_SUCCESS;
}

CUresult reply_mem_ops(Call &call, CUgraphNode node, CUgraphNodeParams *out,
                       uint64_t *payload_bytes) {
  CUDA_BATCH_MEM_OP_NODE_PARAMS ops{};
  if (!call.driver().cuGraphBatchMemOpNodeGetParams)
    return call.missing("cuGraphBatchMemOpNodeGetParams");
  if (const CUresult error = call.driver().cuGraphBatchMemOpNodeGetParams(node, &ops))
    return error;
  out->memOp = {adopted(call, GF_KIND_CONTEXT, ops.ctx), ops.count, nullptr, ops.flags};
  return reply_array(call, ops.paramArray, ops.count, payload_bytes);
}

CUresult reply_allocation(Call &call, CUgraphNode node, CUgraphNodeParams *out,
                          uint64_t *payload_bytes) {
  CUDA_MEM_ALLOC_NODE_PARAMS p{};
  if (!call.driver().cuGraphMemAllocNodeGetParams)
    return call.missing("cuGraphMemAllocNodeGetParams");
  if (const CUresult error = call.driver().cuGraphMemAllocNodeGetParams(node, &p))
    return error;
  const auto number = [&call](CUmemLocation &where) {
    const auto &devices = call.session().devices;
    if (where.type != CU_MEM_LOCATION_TYPE_DEVICE)
      return;
    const auto found = std::find(devices.begin(), devices.end(), where.id);
    where.id = found == devices.end() ? -1 : static_cast<int>(found - devices.begin());
  };
  std::vector<CUmemAccessDesc> access(p.accessDescs, p.accessDescs + p.accessDescCount);
  for (CUmemAccessDesc &one : access)
    number(one.location);
  number(p.poolProps.location);
  p.poolProps.win32SecurityAttributes = nullptr;
  out->alloc = {p.poolProps, nullptr, access.size(), p.bytesize, p.dptr};
  return reply_array(call, access.data(), access.size(), payload_bytes);
}

} // namespace

CUresult reply_node_params(Call &call, CUgraphNode node, CUgraphNodeType type, uint8_t (&sent)[256],
                           uint64_t *payload_bytes) {
  CUgraphNodeParams out{};
  out.type = type;
  CUresult result = CUDA_ERROR_INVALID_VALUE;
  switch (type) {
  case CU_GRAPH_NODE_TYPE_KERNEL:
    if (!call.driver().cuGraphKernelNodeGetParams_v2)
      return call.missing("cuGraphKernelNodeGetParams_v2");
    result = reply_kernel(call, node, &out, payload_bytes);
    break;
  case CU_GRAPH_NODE_TYPE_MEMCPY:
    result = reply_copy(call, node, &out);
    break;
  case CU_GRAPH_NODE_TYPE_HOST:
    result = reply_host(call, node, &out);
    break;
  case CU_GRAPH_NODE_TYPE_BATCH_MEM_OP:
    result = reply_mem_ops(call, node, &out, payload_bytes);
    break;
  case CU_GRAPH_NODE_TYPE_MEM_ALLOC:
    result = reply_allocation(call, node, &out, payload_bytes);
    break;
  case CU_GRAPH_NODE_TYPE_MEM_FREE:
    if (!call.driver().cuGraphMemFreeNodeGetParams)
      return call.missing("cuGraphMemFreeNodeGetParams");
    result = call.driver().cuGraphMemFreeNodeGetParams(node, &out.free.dptr);
    break;
  default: // the others' calls carry handles and numbers only, and travel by themselves
    break;
  }
  std::memcpy(sent, &out, sizeof out);
  return result;
}

} // namespace gpuferry::cuda
