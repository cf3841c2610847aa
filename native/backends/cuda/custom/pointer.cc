// Attributes of addresses.
#include "backends/cuda/call.h"

namespace gpuferry::cuda {

CUresult custom_cuMemRangeGetAttribute(Call &call) {
  const auto *args = call.args<gf_cuMemRangeGetAttribute_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuMemRangeGetAttribute;
  if (!native)
    return call.missing("cuMemRangeGetAttribute");
  auto *data = call.reply_tail_array<std::byte>(args->data_bytes);
  if (!data)
    return call.poisoned();
  return native(data, args->data_bytes, static_cast<CUmem_range_attribute>(args->attribute),
                args->address, args->count);
}

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
