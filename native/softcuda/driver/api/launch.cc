// Launches.
#include "../entry.h"
#include "../work.h"

#include <cstring>

using namespace softcuda;

namespace {

// Packs what `values` points to, or takes over the buffer that `extra` names, as the kernel's layout says.
CUresult pack_params(const jit::KernelInfo &info, void **values, void **extra,
                     std::vector<std::byte> &packed) {
  GF_REQUIRE(!values || !extra);
  packed.resize(info.param_bytes);
  if (extra) {
    const void *buffer = nullptr;
    size_t bytes = 0;
    for (; *extra != CU_LAUNCH_PARAM_END; extra += 2) {
      if (*extra == CU_LAUNCH_PARAM_BUFFER_POINTER)
        buffer = extra[1];
      else if (*extra == CU_LAUNCH_PARAM_BUFFER_SIZE)
        bytes = *static_cast<size_t *>(extra[1]);
      else
        return CUDA_ERROR_INVALID_VALUE;
    }
    GF_REQUIRE(buffer || info.param_bytes == 0);
    memcpy(packed.data(), buffer, std::min<size_t>(bytes, packed.size()));
    return CUDA_SUCCESS;
  }
  GF_REQUIRE(values || info.params.empty());
  for (size_t i = 0; i < info.params.size(); i++) {
    GF_REQUIRE(values[i]);
    memcpy(packed.data() + info.params[i].offset_bytes, values[i], info.params[i].size_bytes);
  }
  return CUDA_SUCCESS;
}

bool fits_device(const jit::Dim3 &grid, const jit::Dim3 &block) {
  return grid.x && grid.y && grid.z && block.x && block.y && block.z && grid.x <= 0x7fffffff &&
         grid.y <= 65535 && grid.z <= 65535 && block.x <= 1024 && block.y <= 1024 &&
         block.z <= 64 && uint64_t{block.x} * block.y * block.z <= Device::kMaxThreadsPerBlock;
}

CUresult check(const KernelWork &work) {
  GF_REQUIRE(fits_device(work.grid, work.block));
  const jit::KernelInfo &info = work.function->info;
  unsigned threads = work.block.x * work.block.y * work.block.z;
  if (threads > info.max_threads_per_block)
    return CUDA_ERROR_INVALID_VALUE;
  int max_dynamic;
  GF_TRY(work.function->attribute(CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, &max_dynamic));
  // What was not asked for with that attribute: 48 KiB, static and dynamic together.
  unsigned allowed = static_cast<unsigned>(max_dynamic);
  if (allowed <= Device::kSharedPerBlockBytes)
    allowed = std::max(allowed, 0u);
  GF_REQUIRE(
      work.dynamic_shared_bytes <= allowed &&
      (allowed > Device::kSharedPerBlockBytes ||
       work.dynamic_shared_bytes + info.static_shared_bytes <= Device::kSharedPerBlockBytes));
  if (work.cooperative) {
    uint64_t resident =
        static_cast<uint64_t>(Device::kMultiprocessors) *
        static_cast<uint64_t>(jit::resident_blocks(info, threads, work.dynamic_shared_bytes));
    if (uint64_t{work.grid.x} * work.grid.y * work.grid.z > resident)
      return CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE;
  }
  return CUDA_SUCCESS;
}

CUresult launch(CUfunction handle, CUstream stream_handle, KernelWork work, void **values,
                void **extra) {
  Stream *stream;
  GF_TRY(enter(stream_handle, &stream));
  GF_TRY(resolve_function(handle, stream->context, &work.function));
  if (&work.function->module.context != &stream->context)
    return CUDA_ERROR_INVALID_HANDLE;
  GF_TRY(check(work));
  GF_TRY(pack_params(work.function->info, values, extra, work.params));
  GF_TRY(work.function->prepare());
  return enqueue(*stream, std::move(work));
}

} // namespace

GF_API cuLaunchKernel(CUfunction function, unsigned int grid_x, unsigned int grid_y,
                      unsigned int grid_z, unsigned int block_x, unsigned int block_y,
                      unsigned int block_z, unsigned int shared_bytes, CUstream stream,
                      void **values, void **extra) {
  return launch(
      function, stream,
      {nullptr, {grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, shared_bytes, false, {}},
      values, extra);
}

GF_API cuLaunchCooperativeKernel(CUfunction function, unsigned int grid_x, unsigned int grid_y,
                                 unsigned int grid_z, unsigned int block_x, unsigned int block_y,
                                 unsigned int block_z, unsigned int shared_bytes, CUstream stream,
                                 void **values) {
  return launch(
      function, stream,
      {nullptr, {grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, shared_bytes, true, {}},
      values, nullptr);
}

GF_API cuLaunchKernelEx(const CUlaunchConfig *config, CUfunction function, void **values,
                        void **extra) {
  GF_REQUIRE(config && (config->attrs || config->numAttrs == 0));
  bool cooperative = false;
  Event *launched = nullptr;
  for (unsigned i = 0; i < config->numAttrs; i++) {
    const CUlaunchAttribute &attribute = config->attrs[i];
    switch (attribute.id) {
    case CU_LAUNCH_ATTRIBUTE_COOPERATIVE:
      cooperative = attribute.value.cooperative != 0;
      break;
    case CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION:
      // A cluster of one block is no cluster; others need hardware of capability 9.0.
      if (attribute.value.clusterDim.x != 1 || attribute.value.clusterDim.y != 1 ||
          attribute.value.clusterDim.z != 1)
        return CUDA_ERROR_NOT_SUPPORTED;
      break;
    case CU_LAUNCH_ATTRIBUTE_LAUNCH_COMPLETION_EVENT:
      launched = Event::from(attribute.value.launchCompletionEvent.event);
      break;
    case CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_EVENT:
      launched = Event::from(attribute.value.programmaticEvent.event);
      break;
    default:
      break; // hints for caches, priorities and overlap
    }
  }
  GF_TRY(launch(function, config->hStream,
                {nullptr,
                 {config->gridDimX, config->gridDimY, config->gridDimZ},
                 {config->blockDimX, config->blockDimY, config->blockDimZ},
                 config->sharedMemBytes,
                 cooperative,
                 {}},
                values, extra));
  if (launched) {
    Stream *stream;
    GF_TRY(enter(config->hStream, &stream));
    return record_event(*stream, *launched);
  }
  return CUDA_SUCCESS;
}

// The launch calls of CUDA 3: state kept in the function, then cuLaunch.

namespace {

CUresult enter_old(CUfunction handle, Function **function) {
  Context *context;
  GF_TRY(enter(&context));
  return resolve_function(handle, *context, function);
}

CUresult put_param(CUfunction handle, int offset, const void *data, size_t bytes) {
  Function *function;
  GF_TRY(enter_old(handle, &function));
  GF_REQUIRE(offset >= 0 && offset + bytes <= 4096);
  if (function->old_params.size() < offset + bytes)
    function->old_params.resize(offset + bytes);
  memcpy(function->old_params.data() + offset, data, bytes);
  return CUDA_SUCCESS;
}

CUresult launch_old(CUfunction handle, int grid_x, int grid_y, CUstream stream) {
  Function *function;
  GF_TRY(enter_old(handle, &function));
  GF_REQUIRE(grid_x > 0 && grid_y > 0);
  size_t bytes = function->old_params.size();
  void *extra[] = {CU_LAUNCH_PARAM_BUFFER_POINTER, function->old_params.data(),
                   CU_LAUNCH_PARAM_BUFFER_SIZE, &bytes, CU_LAUNCH_PARAM_END};
  return launch(handle, stream,
                {nullptr,
                 {static_cast<unsigned>(grid_x), static_cast<unsigned>(grid_y), 1},
                 function->old_block,
                 function->old_shared_bytes,
                 false,
                 {}},
                nullptr, function->info.params.empty() ? nullptr : extra);
}

} // namespace

GF_API cuFuncSetBlockShape(CUfunction handle, int x, int y, int z) {
  Function *function;
  GF_TRY(enter_old(handle, &function));
  GF_REQUIRE(x > 0 && y > 0 && z > 0);
  function->old_block = {static_cast<unsigned>(x), static_cast<unsigned>(y),
                         static_cast<unsigned>(z)};
  return CUDA_SUCCESS;
}

GF_API cuFuncSetSharedSize(CUfunction handle, unsigned int bytes) {
  Function *function;
  GF_TRY(enter_old(handle, &function));
  function->old_shared_bytes = bytes;
  return CUDA_SUCCESS;
}

GF_API cuParamSetSize(CUfunction handle, unsigned int bytes) {
  Function *function;
  GF_TRY(enter_old(handle, &function));
  GF_REQUIRE(bytes <= 4096);
  function->old_params.resize(bytes);
  return CUDA_SUCCESS;
}

GF_API cuParamSeti(CUfunction handle, int offset, unsigned int value) {
  return put_param(handle, offset, &value, sizeof value);
}

GF_API cuParamSetf(CUfunction handle, int offset, float value) {
  return put_param(handle, offset, &value, sizeof value);
}

GF_API cuParamSetv(CUfunction handle, int offset, void *data, unsigned int bytes) {
  GF_REQUIRE(data);
  return put_param(handle, offset, data, bytes);
}

GF_API cuLaunch(CUfunction function) { return launch_old(function, 1, 1, nullptr); }

GF_API cuLaunchGrid(CUfunction function, int width, int height) {
  return launch_old(function, width, height, nullptr);
}

GF_API cuLaunchGridAsync(CUfunction function, int width, int height, CUstream stream) {
  return launch_old(function, width, height, stream);
}
