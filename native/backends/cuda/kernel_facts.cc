#include "backends/cuda/kernel_facts.h"

#include <cstring>

namespace gpuferry::cuda {

std::string take_name(Call &call, uint32_t bytes) {
  const auto *chars = reinterpret_cast<const char *>(call.tail(bytes));
  return chars ? std::string(chars, strnlen(chars, bytes)) : std::string();
}

} // namespace gpuferry::cuda
