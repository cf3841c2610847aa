// Tensor maps. The driver reads arrays as long as the rank says, and those of the frame are as long as the largest rank.
#include "backends/cuda/call.h"

#include <cstring>

namespace gpuferry::cuda {

namespace {

constexpr uint32_t kRankMost = 5;

/// The arguments in the driver's own types.
template <class Args> struct Tensor {
  explicit Tensor(const Args &a)
      : type(static_cast<CUtensorMapDataType>(a.type)),
        address(reinterpret_cast<void *>(a.address)),
        interleave(static_cast<CUtensorMapInterleave>(a.interleave)),
        swizzle(static_cast<CUtensorMapSwizzle>(a.swizzle)),
        promotion(static_cast<CUtensorMapL2promotion>(a.promotion)),
        fill(static_cast<CUtensorMapFloatOOBfill>(a.fill)) {
    std::memcpy(extents, a.extents, sizeof extents);
    std::memcpy(strides, a.strides, sizeof strides);
    std::memcpy(lower, a.lower, sizeof lower);
    std::memcpy(upper, a.upper, sizeof upper);
  }
  CUtensorMapDataType type;
  void *address;
  CUtensorMapInterleave interleave;
  CUtensorMapSwizzle swizzle;
  CUtensorMapL2promotion promotion;
  CUtensorMapFloatOOBfill fill;
  cuuint64_t extents[kRankMost], strides[kRankMost];
  int lower[3], upper[3];
  CUtensorMap map{};
};

/// `encode` with the arguments, and the map that it made for an answer.
template <class Args, class Reply, class Entry, class Encode>
CUresult encode(Call &call, Entry native, const char *symbol, Encode encode) {
  const auto *args = call.args<Args>();
  if (!args)
    return call.poisoned();
  if (!native)
    return call.missing(symbol);
  if (args->rank > kRankMost)
    return CUDA_ERROR_INVALID_VALUE;
  Tensor<Args> tensor(*args);
  if (const CUresult error = encode(native, *args, tensor))
    return error;
  std::memcpy(call.reply<Reply>()->map, &tensor.map, sizeof tensor.map);
  return CUDA_SUCCESS;
}

} // namespace

CUresult custom_cuTensorMapEncodeTiled(Call &call) {
  return encode<gf_cuTensorMapEncodeTiled_args, gf_cuTensorMapEncodeTiled_reply>(
      call, call.driver().cuTensorMapEncodeTiled, "cuTensorMapEncodeTiled",
      [](auto native, const auto &a, auto &t) {
        return native(&t.map, t.type, a.rank, t.address, t.extents, t.strides, a.box,
                      a.element_strides, t.interleave, t.swizzle, t.promotion, t.fill);
      });
}

CUresult custom_cuTensorMapEncodeIm2col(Call &call) {
  return encode<gf_cuTensorMapEncodeIm2col_args, gf_cuTensorMapEncodeIm2col_reply>(
      call, call.driver().cuTensorMapEncodeIm2col, "cuTensorMapEncodeIm2col",
      [](auto native, const auto &a, auto &t) {
        return native(&t.map, t.type, a.rank, t.address, t.extents, t.strides, t.lower, t.upper,
                      a.channels, a.pixels, a.element_strides, t.interleave, t.swizzle, t.promotion,
                      t.fill);
      });
}

CUresult custom_cuTensorMapEncodeIm2colWide(Call &call) {
  return encode<gf_cuTensorMapEncodeIm2colWide_args, gf_cuTensorMapEncodeIm2colWide_reply>(
      call, call.driver().cuTensorMapEncodeIm2colWide, "cuTensorMapEncodeIm2colWide",
      [](auto native, const auto &a, auto &t) {
        return native(&t.map, t.type, a.rank, t.address, t.extents, t.strides, t.lower[0],
                      t.upper[0], a.channels, a.pixels, a.element_strides, t.interleave,
                      static_cast<CUtensorMapIm2ColWideMode>(a.mode), t.swizzle, t.promotion,
                      t.fill);
      });
}

CUresult custom_cuTensorMapReplaceAddress(Call &call) {
  const auto *args = call.args<gf_cuTensorMapReplaceAddress_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuTensorMapReplaceAddress;
  if (!native)
    return call.missing("cuTensorMapReplaceAddress");
  CUtensorMap map;
  std::memcpy(&map, args->map, sizeof map);
  if (const CUresult error = native(&map, reinterpret_cast<void *>(args->address)))
    return error;
  std::memcpy(call.reply<gf_cuTensorMapReplaceAddress_reply>()->map, &map, sizeof map);
  return CUDA_SUCCESS;
}

} // namespace gpuferry::cuda
