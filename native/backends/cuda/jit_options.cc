#include "backends/cuda/jit_options.h"

#include <algorithm>
#include <cstring>

namespace gpuferry::cuda {

namespace {

constexpr uint32_t kLogMostBytes = 24u << 10; // two of them and the reply's head fit a reply slot

struct WireOption {
  uint32_t name;
  uint32_t zero;
  uint64_t value;
};

/// Whether the option's value is a number, and not memory of the guest.
bool is_number(uint32_t name) {
  switch (static_cast<CUjit_option>(name)) {
  case CU_JIT_MAX_REGISTERS:
  case CU_JIT_THREADS_PER_BLOCK:
  case CU_JIT_OPTIMIZATION_LEVEL:
  case CU_JIT_TARGET_FROM_CUCONTEXT:
  case CU_JIT_TARGET:
  case CU_JIT_FALLBACK_STRATEGY:
  case CU_JIT_GENERATE_DEBUG_INFO:
  case CU_JIT_LOG_VERBOSE:
  case CU_JIT_GENERATE_LINE_INFO:
  case CU_JIT_CACHE_MODE:
  case CU_JIT_LTO:
  case CU_JIT_FTZ:
  case CU_JIT_PREC_DIV:
  case CU_JIT_PREC_SQRT:
  case CU_JIT_FMA:
  case CU_JIT_OPTIMIZE_UNUSED_DEVICE_VARIABLES:
  case CU_JIT_POSITION_INDEPENDENT_CODE:
  case CU_JIT_MIN_CTA_PER_SM:
  case CU_JIT_MAX_THREADS_PER_BLOCK:
  case CU_JIT_OVERRIDE_DIRECTIVE_VALUES:
    return true;
  default:
    return false;
  }
}

} // namespace

bool JitOptions::take(Call &call, uint32_t count, uint32_t log_bytes, uint32_t error_log_bytes) {
  const auto *options = call.tail_array<WireOption>(count);
  if (!options)
    return false;
  for (uint32_t i = 0; i < count; ++i)
    if (is_number(options[i].name))
      add(static_cast<CUjit_option>(options[i].name), options[i].value);
  wall_time_at_ = names_.size();
  add(CU_JIT_WALL_TIME, 0);
  log_.resize(std::min(log_bytes, kLogMostBytes));
  error_log_.resize(std::min(error_log_bytes, kLogMostBytes));
  if (!log_.empty()) {
    add(CU_JIT_INFO_LOG_BUFFER, reinterpret_cast<uint64_t>(log_.data()));
    add(CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES, log_.size());
  }
  if (!error_log_.empty()) {
    add(CU_JIT_ERROR_LOG_BUFFER, reinterpret_cast<uint64_t>(error_log_.data()));
    add(CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, error_log_.size());
  }
  return true;
}

void JitOptions::add(CUjit_option name, uint64_t value) {
  names_.push_back(name);
  values_.push_back(reinterpret_cast<void *>(value));
}

float JitOptions::wall_time_ms() const {
  float ms = 0; // the driver stores a float where the value was
  std::memcpy(&ms, &values_[wall_time_at_], sizeof ms);
  return ms;
}

void JitOptions::reply_logs(Call &call, uint32_t *log_used, uint32_t *error_log_used) const {
  const size_t log_bytes = strnlen(log_.data(), log_.size());
  const size_t error_bytes = strnlen(error_log_.data(), error_log_.size());
  std::byte *out = call.reply_tail(log_bytes + error_bytes);
  if (!out)
    return;
  std::copy_n(reinterpret_cast<const std::byte *>(log_.data()), log_bytes, out);
  std::copy_n(reinterpret_cast<const std::byte *>(error_log_.data()), error_bytes, out + log_bytes);
  *log_used = static_cast<uint32_t>(log_bytes);
  *error_log_used = static_cast<uint32_t>(error_bytes);
}

} // namespace gpuferry::cuda
