// Launches.
#include "../launch.h"
#include "../entry.h"

#include <cstring>

using namespace softcuda;

namespace {

CUresult launch(CUfunction handle, CUstream stream_handle, const KernelShape &shape, void **values,
                void **extra) {
  Stream *stream;
  GF_TRY(enter(stream_handle, &stream));
  KernelWork work;
  GF_TRY(make_kernel_work(stream->context, handle, shape, values, extra, &work));
  GF_TRY(work.function->prepare());
  return enqueue(*stream, std::move(work));
}

} // namespace

GF_API cuLaunchKernel(CUfunction function, unsigned int grid_x, unsigned int grid_y,
                      unsigned int grid_z, unsigned int block_x, unsigned int block_y,
                      unsigned int block_z, unsigned int shared_bytes, CUstream stream,
                      void **values, void **extra) {
  return launch(function, stream,
                {{grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, shared_bytes, false},
                values, extra);
}

GF_API cuLaunchCooperativeKernel(CUfunction function, unsigned int grid_x, unsigned int grid_y,
                                 unsigned int grid_z, unsigned int block_x, unsigned int block_y,
                                 unsigned int block_z, unsigned int shared_bytes, CUstream stream,
                                 void **values) {
  return launch(function, stream,
                {{grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, shared_bytes, true}, values,
                nullptr);
}

GF_API cuLaunchKernelEx(const CUlaunchConfig *config, CUfunction function, void **values,
                        void **extra) {
  GF_REQUIRE(config && (config->attrs || config->numAttrs == 0));
  bool cooperative = false;
  jit::Dim3 cluster = {0, 0, 0};
  Event *launched = nullptr;
  for (unsigned i = 0; i < config->numAttrs; i++) {
    const CUlaunchAttribute &attribute = config->attrs[i];
    switch (attribute.id) {
    case CU_LAUNCH_ATTRIBUTE_COOPERATIVE:
      cooperative = attribute.value.cooperative != 0;
      break;
    case CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION:
      cluster = {attribute.value.clusterDim.x, attribute.value.clusterDim.y,
                 attribute.value.clusterDim.z};
      GF_REQUIRE(cluster.product() != 0);
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
                {{config->gridDimX, config->gridDimY, config->gridDimZ},
                 {config->blockDimX, config->blockDimY, config->blockDimZ},
                 config->sharedMemBytes,
                 cooperative,
                 cluster},
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
                {{static_cast<unsigned>(grid_x), static_cast<unsigned>(grid_y), 1},
                 function->old_block,
                 function->old_shared_bytes,
                 false},
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
  Function *function;
  GF_TRY(enter_old(handle, &function));
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
