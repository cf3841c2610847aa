// Occupancy of clusters.
#include "backends/cuda/call.h"

#include <cstring>

namespace gpuferry::cuda {

namespace {

using Ask = CUresult(CUDAAPI *)(int *, CUfunction, const CUlaunchConfig *);

/// Those of a launch's attributes that say something of clusters. Others name objects, which are nothing to this question.
bool is_of_clusters(const CUlaunchAttribute &attribute) {
  switch (attribute.id) {
  case CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION:
  case CU_LAUNCH_ATTRIBUTE_CLUSTER_SCHEDULING_POLICY_PREFERENCE:
  case CU_LAUNCH_ATTRIBUTE_PREFERRED_CLUSTER_DIMENSION:
  case CU_LAUNCH_ATTRIBUTE_COOPERATIVE:
  case CU_LAUNCH_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
    return true;
  default:
    return false;
  }
}

template <class Args, class Reply> CUresult answer(Call &call, Ask native, const char *symbol) {
  const auto *args = call.args<Args>();
  if (!args)
    return call.poisoned();
  const auto *sent = call.tail_array<CUlaunchAttribute>(args->attribute_count);
  if (!sent)
    return call.poisoned();
  if (!native)
    return call.missing(symbol);
  CUfunction function = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_FUNCTION, args->function, &function))
    return error;
  std::vector<CUlaunchAttribute> attributes;
  for (uint32_t i = 0; i < args->attribute_count; ++i)
    if (is_of_clusters(sent[i]))
      attributes.push_back(sent[i]);
  CUlaunchConfig config{};
  std::memcpy(&config.gridDimX, args->grid, sizeof args->grid);
  std::memcpy(&config.blockDimX, args->block, sizeof args->block);
  config.sharedMemBytes = args->shared_bytes;
  config.attrs = attributes.data();
  config.numAttrs = static_cast<unsigned>(attributes.size());
  return native(&call.reply<Reply>()->answer, function, &config);
}

} // namespace

CUresult custom_cuOccupancyMaxPotentialClusterSize(Call &call) {
  return answer<gf_cuOccupancyMaxPotentialClusterSize_args,
                gf_cuOccupancyMaxPotentialClusterSize_reply>(
      call, call.driver().cuOccupancyMaxPotentialClusterSize, "cuOccupancyMaxPotentialClusterSize");
}

CUresult custom_cuOccupancyMaxActiveClusters(Call &call) {
  return answer<gf_cuOccupancyMaxActiveClusters_args, gf_cuOccupancyMaxActiveClusters_reply>(
      call, call.driver().cuOccupancyMaxActiveClusters, "cuOccupancyMaxActiveClusters");
}

} // namespace gpuferry::cuda
