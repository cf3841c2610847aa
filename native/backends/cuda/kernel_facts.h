// What the guest must know of a kernel to validate launches and answer questions without asking:
// its parameters and its attributes.
#pragma once

#include "backends/cuda/call.h"

#include <string>

namespace gpuferry::cuda {

constexpr uint32_t kAttributeCount =
    16; // cuModuleGetFunction's and cuLibraryGetKernel's `attributes`

/// Asks `attribute(id, &value)` for each attribute and `parameter(index, &offset, &size)` until it
/// fails, writes the answers into the reply structure and its tail.
template <class Reply, class Attribute, class Parameter>
CUresult reply_facts(Call &call, Reply *reply, Attribute attribute, Parameter parameter) {
  static_assert(sizeof reply->attributes == kAttributeCount * sizeof(uint32_t));
  for (uint32_t i = 0; i < kAttributeCount; ++i) {
    // A driver may have to look at all of a kernel to count its registers: the guest asks, where it is asked.
    if (i == CU_FUNC_ATTRIBUTE_NUM_REGS) {
      reply->attributes[i] = static_cast<uint32_t>(INT32_MIN);
      continue;
    }
    int value = 0;
    if (const CUresult error = attribute(static_cast<CUfunction_attribute>(i), &value);
        is_sticky(error))
      return error;
    reply->attributes[i] = static_cast<uint32_t>(value);
  }
  CUresult end;
  size_t offset = 0, size = 0;
  while ((end = parameter(reply->param_count, &offset, &size)) == CUDA_SUCCESS) {
    auto *entry = reinterpret_cast<uint32_t *>(call.reply_tail(2 * sizeof(uint32_t)));
    if (!entry)
      return CUDA_ERROR_INVALID_VALUE; // more parameters than a kernel can have
    entry[0] = static_cast<uint32_t>(offset);
    entry[1] = static_cast<uint32_t>(size);
    ++reply->param_count;
    reply->param_bytes = static_cast<uint32_t>(offset + size);
  }
  // A broken context knows nothing of a kernel; the guest would keep it as one without parameters.
  return is_sticky(end) ? end : CUDA_SUCCESS;
}

/// Facts about a function of the current context.
template <class Reply> CUresult reply_function(Call &call, Reply *reply, CUfunction function) {
  const Driver &driver = call.driver();
  return reply_facts(
      call, reply,
      [&](CUfunction_attribute id, int *value) {
        return driver.cuFuncGetAttribute(value, id, function);
      },
      [&](size_t index, size_t *offset, size_t *size) {
        return driver.cuFuncGetParamInfo ? driver.cuFuncGetParamInfo(function, index, offset, size)
                                         : CUDA_ERROR_NOT_SUPPORTED;
      });
}

/// A name of `bytes` from the tail, with or without its zero; empty and poison when it is not there.
std::string take_name(Call &call, uint32_t bytes);

} // namespace gpuferry::cuda
