#include "launch.h"

#include "entry.h"

#include <algorithm>
#include <cstring>

namespace softcuda {

namespace {

// Packs what `values` points to, or takes over the buffer that `extra` names, as the kernel's
// layout says.
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
  GF_REQUIRE(work.dynamic_shared_bytes <= static_cast<unsigned>(max_dynamic));
  if (work.cooperative) {
    uint64_t resident = uint64_t{Device::kMultiprocessors} *
                        work.function->resident_blocks(threads, work.dynamic_shared_bytes);
    if (uint64_t{work.grid.x} * work.grid.y * work.grid.z > resident)
      return CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE;
  }
  return CUDA_SUCCESS;
}

} // namespace

unsigned most_cluster_blocks(const Function &function) {
  return function.nonportable_cluster ? Device::kMostClusterBlocks : Device::kPortableClusterBlocks;
}

CUresult set_cluster(KernelWork &work, const jit::Dim3 &wanted) {
  const jit::KernelInfo &info = work.function->info;
  const jit::Dim3 &required = info.required_cluster;
  const bool is_wanted = wanted.product() != 0, is_required = required.product() != 0;
  if (is_wanted && is_required &&
      (wanted.x != required.x || wanted.y != required.y || wanted.z != required.z))
    return CUDA_ERROR_INVALID_CLUSTER_SIZE;
  if (!is_wanted && !is_required && info.must_be_cluster)
    return CUDA_ERROR_INVALID_CLUSTER_SIZE;
  const jit::Dim3 cluster = is_wanted ? wanted : is_required ? required : jit::Dim3{};
  if (cluster.product() > most_cluster_blocks(*work.function) || work.grid.x % cluster.x ||
      work.grid.y % cluster.y || work.grid.z % cluster.z)
    return CUDA_ERROR_INVALID_CLUSTER_SIZE;
  work.cluster = cluster;
  work.is_explicit_cluster = is_wanted || is_required;
  return CUDA_SUCCESS;
}

CUresult make_kernel_work(Context &context, CUfunction handle, const KernelShape &shape,
                          void **values, void **extra, KernelWork *work) {
  GF_TRY(resolve_function(handle, context, &work->function));
  if (&work->function->module.context != &context.root())
    return CUDA_ERROR_INVALID_HANDLE;
  work->grid = shape.grid;
  work->block = shape.block;
  work->dynamic_shared_bytes = shape.dynamic_shared_bytes;
  work->cooperative = shape.cooperative;
  GF_TRY(check(*work));
  GF_TRY(set_cluster(*work, shape.cluster));
  work->bindings = work->function->module.bindings();
  return pack_params(work->function->info, values, extra, work->params);
}

} // namespace softcuda
