// Attributes and occupancy of functions.
#include "backends/cuda/call.h"

namespace gpuferry::cuda {

CUresult custom_cuFuncGetAttribute(Call &call) {
  const auto *args = call.args<gf_cuFuncGetAttribute_args>();
  if (!args)
    return call.poisoned();
  CUfunction function = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_FUNCTION, args->function, &function))
    return error;
  auto *reply = call.reply<gf_cuFuncGetAttribute_reply>();
  int value = 0;
  const CUresult result = call.driver().cuFuncGetAttribute(
      &value, static_cast<CUfunction_attribute>(args->attribute), function);
  reply->value = value;
  return result;
}

CUresult custom_cuFuncSetAttribute(Call &call) {
  const auto *args = call.args<gf_cuFuncSetAttribute_args>();
  if (!args)
    return call.poisoned();
  CUfunction function = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_FUNCTION, args->function, &function))
    return error;
  return call.driver().cuFuncSetAttribute(
      function, static_cast<CUfunction_attribute>(args->attribute), args->value);
}

CUresult custom_cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(Call &call) {
  const auto *args = call.args<gf_cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags_args>();
  if (!args)
    return call.poisoned();
  CUfunction function = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_FUNCTION, args->function, &function))
    return error;
  auto *reply = call.reply<gf_cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags_reply>();
  int blocks = 0;
  const CUresult result = call.driver().cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
      &blocks, function, args->block_threads, args->dynamic_shared_bytes, args->flags);
  reply->blocks = blocks;
  return result;
}

} // namespace gpuferry::cuda
