// Attributes of addresses.
#include "backends/cuda/call.h"

namespace gpuferry::cuda {

CUresult custom_cuPointerSetAttribute(Call &call) {
  const auto *args = call.args<gf_cuPointerSetAttribute_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuPointerSetAttribute;
  if (!native)
    return call.missing("cuPointerSetAttribute");
  // The only attribute that can be set is a flag; eight zero-extended bytes hold any width.
  uint64_t value = args->value;
  return native(&value, static_cast<CUpointer_attribute>(args->attribute), args->address);
}

} // namespace gpuferry::cuda
