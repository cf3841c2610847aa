// Reductions of many elements at once, and copies of boxes of tensors, against loops over elements.
#include "ptx_harness.h"

#include "tensor_map.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

namespace softcuda::jit::test {
namespace {

std::string kernel(const std::string &body) {
  return module_header() +
         ".visible .entry k(.param .u64 map, .param .u64 in, .param .u64 out, .param .u32 x, "
         ".param .u32 "
         "y, .param .u32 z)\n{\n"
         "  .shared .align 1024 .b8 s[4096]; .shared .align 8 .b8 m[8]; .reg .b64 %map, %in, %out, "
         "%at; "
         ".reg .b32 %s, %m, %x, %y, %z, %i, %v; .reg .pred %p; .reg .b64 %t;\n"
         "  ld.param.u64 %map, [map]; ld.param.u64 %in, [in]; ld.param.u64 %out, [out]; "
         "ld.param.u32 %x, "
         "[x]; ld.param.u32 %y, [y]; ld.param.u32 %z, [z];\n"
         "  mov.u32 %s, s; mov.u32 %m, m; mbarrier.init.shared.b64 [%m], 1;\n" +
         body + "  ret;\n}\n";
}

/// Copies `bytes` between shared memory and global memory, by words.
std::string words(bool out, uint32_t bytes) {
  const std::string label = out ? "OUT" : "IN";
  return "  mov.u32 %i, 0;\n" + label + ": cvt.u64.u32 %at, %i; add.u64 %at, %at, " +
         (out ? "%out" : "%in") + "; add.u32 %v, %s, %i; { .reg .b32 w; " +
         (out ? "ld.shared.u32 w, [%v]; st.global.u32 [%at], w;"
              : "ld.global.u32 w, [%at]; st.shared.u32 [%v], w;") +
         " } add.u32 %i, %i, 4; setp.lt.u32 %p, %i, " + std::to_string(bytes) + "; @%p bra " +
         label + ";\n";
}

// --- reductions

template <typename T> T reduced(const std::string &how, T a, T b) {
  if (how == "add")
    return static_cast<T>(a + b);
  if (how == "min")
    return b < a ? b : a;
  if (how == "max")
    return a < b ? b : a;
  if constexpr (std::is_integral_v<T>) {
    if (how == "and")
      return a & b;
    if (how == "or")
      return a | b;
    if (how == "xor")
      return a ^ b;
    if (how == "inc")
      return a >= b ? 0 : a + 1;
    if (how == "dec")
      return a == 0 || a > b ? b : a - 1;
  }
  return a;
}

template <typename T>
void check_reduction(const std::string &type, const std::vector<std::string> &hows,
                     bool into_shared) {
  constexpr uint32_t kBytes = 64, kCount = kBytes / sizeof(T);
  std::mt19937_64 random(3);
  for (const std::string &how : hows) {
    alignas(16) T in[2 * kCount], out[kCount];
    for (T &value : in)
      value =
          static_cast<T>(static_cast<int64_t>(random() % 2000) - (std::is_signed_v<T> ? 1000 : 0));
    std::copy_n(in, kCount, out);
    std::string code = words(false, 2 * kBytes);
    const std::string suffix = (type[0] == 'f' && type == "f16" ? ".noftz." : ".") + type;
    if (into_shared) // the second half of the input into the first
      code +=
          "  mbarrier.arrive.expect_tx.shared.b64 _, [%m], 64; add.u32 %v, %s, 64;\n  "
          "cp.reduce.async.bulk.shared::cluster.shared::cta.mbarrier::complete_tx::bytes." +
          how + suffix +
          " [%s], [%v], 64, [%m];\nWAIT: mbarrier.try_wait.parity.shared.b64 %p, [%m], 0; @!%p bra "
          "WAIT;\n" +
          words(true, kBytes);
    else
      code += "  add.u32 %v, %s, 64; cp.reduce.async.bulk.global.shared::cta.bulk_group." + how +
              suffix +
              " [%out], [%v], 64; cp.async.bulk.commit_group; cp.async.bulk.wait_group 0;\n";
    Ptx ptx(kernel(code));
    Status status = ptx.run("k", Dim3{1}, Dim3{1}, 0ull, in, out, 0, 0, 0);
    ASSERT_TRUE(status) << status.log;
    for (uint32_t i = 0; i < kCount; ++i)
      EXPECT_EQ(out[i], reduced(how, in[i], in[kCount + i])) << how << "." << type;
  }
}

TEST(BulkForms, Reductions) {
  for (bool into_shared : {false, true}) {
    check_reduction<uint32_t>("u32", {"add", "min", "max", "inc", "dec"}, into_shared);
    check_reduction<uint32_t>("b32", {"and", "or", "xor"}, into_shared);
    check_reduction<int32_t>("s32", {"add", "min", "max"}, into_shared);
  }
  check_reduction<uint64_t>("u64", {"add", "min", "max"}, false);
  check_reduction<int64_t>("s64", {"min", "max"}, false);
  check_reduction<uint64_t>("b64", {"and", "or", "xor"}, false);
  check_reduction<float>("f32", {"add"}, false);
  check_reduction<double>("f64", {"add"}, false);
  check_reduction<_Float16>("f16", {"add", "min", "max"}, false);
}

// --- tensors of three dimensions

struct Tensor {
  static constexpr uint32_t kExtents[] = {20, 9, 5};
  static constexpr uint32_t kRow = 96, kSlice = 96 * 9; // bytes
  TensorMap map{};
  alignas(16) uint32_t words[kSlice * 5 / 4];

  Tensor(std::initializer_list<uint16_t> box, uint32_t swizzle, uint8_t step) {
    for (uint32_t i = 0; i < std::size(words); ++i)
      words[i] = i + 1;
    map.address = reinterpret_cast<uint64_t>(words);
    map.element = TensorElement::U32;
    map.rank = 3;
    map.swizzle_bytes = static_cast<uint8_t>(swizzle);
    std::fill(std::begin(map.extent), std::end(map.extent), 1);
    std::fill(std::begin(map.box), std::end(map.box), uint16_t{1});
    std::fill(std::begin(map.element_stride), std::end(map.element_stride), uint8_t{1});
    std::copy(std::begin(kExtents), std::end(kExtents), map.extent);
    std::copy(box.begin(), box.end(), map.box);
    map.element_stride[1] = step;
    map.stride_bytes[0] = 4;
    map.stride_bytes[1] = kRow;
    map.stride_bytes[2] = kSlice;
  }

  /// Null outside.
  uint32_t *at(int x, int y, int z) {
    const bool inside = x >= 0 && x < 20 && y >= 0 && y < 9 && z >= 0 && z < 5;
    return inside ? &words[(z * static_cast<int>(kSlice) + y * static_cast<int>(kRow)) / 4 + x]
                  : nullptr;
  }

  /// Calls visit(word in shared memory, x, y, z) for a box.
  template <typename Visit> void for_box(const int (&start)[3], Visit visit) const {
    uint32_t i = 0;
    for (int z = 0; z < map.box[2]; ++z)
      for (int y = 0; y < map.box[1]; y += map.element_stride[1])
        for (int x = 0; x < map.box[0]; ++x, ++i) {
          uint32_t word = i;
          if (map.swizzle_bytes) { // pieces of four words, in rows of 32
            const uint32_t pieces = map.swizzle_bytes / 16u, row = i / 32 % pieces;
            const uint32_t piece = i / 4 % pieces;
            word = i - i % (4 * pieces) + (piece ^ row) * 4 + i % 4;
          }
          visit(word, start[0] + x, start[1] + y, start[2] + z);
        }
  }
};

const int kStarts[][3] = {{0, 0, 0}, {4, 3, 1}, {-3, -2, -1}, {17, 7, 4}, {100, 0, 0}};

TEST(BulkForms, TensorsIntoSharedMemory) {
  for (uint32_t swizzle : {0u, 32u, 64u, 128u})
    for (uint8_t step : {1, 2}) {
      Tensor tensor({static_cast<uint16_t>(swizzle ? swizzle / 4 : 12), 5, 3}, swizzle, step);
      const uint32_t count = tensor.map.box[0] * ((5u + step - 1) / step) * 3u;
      Ptx ptx(kernel(
          "  mbarrier.arrive.expect_tx.shared.b64 _, [%m], " + std::to_string(4 * count) +
          ";\n  cp.async.bulk.tensor.3d.shared::cluster.global.tile.mbarrier::complete_tx::bytes "
          "[%s], [%map, {%x, %y, %z}], [%m];\nWAIT: mbarrier.try_wait.parity.shared.b64 %p, "
          "[%m], 0; @!%p bra WAIT;\n" +
          words(true, 4 * count)));
      for (const auto &start : kStarts) {
        std::vector<uint32_t> out(count, ~0u);
        Status status = ptx.run("k", Dim3{1}, Dim3{1}, &tensor.map, 0ull, out.data(), start[0],
                                start[1], start[2]);
        ASSERT_TRUE(status) << status.log;
        tensor.for_box(start, [&](uint32_t word, int x, int y, int z) {
          const uint32_t *source = tensor.at(x, y, z);
          EXPECT_EQ(out[word], source ? *source : 0) << swizzle << " " << x << " " << y << " " << z;
        });
      }
    }
}

TEST(BulkForms, TensorsOutOfSharedMemory) {
  for (const std::string how : {"", "add", "max", "xor"}) {
    Tensor tensor({8, 4, 2}, 32, 1);
    const Tensor before = tensor;
    std::vector<uint32_t> in(64);
    for (uint32_t i = 0; i < in.size(); ++i)
      in[i] = i * 7;
    const std::string opcode =
        how.empty()
            ? "cp.async.bulk.tensor.3d.global.shared::cta.tile.bulk_group"
            : "cp.reduce.async.bulk.tensor.3d.global.shared::cta." + how + ".tile.bulk_group";
    Ptx ptx(kernel(words(false, 256) + "  " + opcode +
                   " [%map, {%x, %y, %z}], [%s]; cp.async.bulk.commit_group; "
                   "cp.async.bulk.wait_group.read 0;\n"));
    for (const auto &start : kStarts) {
      std::copy(std::begin(before.words), std::end(before.words), tensor.words);
      Status status = ptx.run("k", Dim3{1}, Dim3{1}, &tensor.map, in.data(), 0ull, start[0],
                              start[1], start[2]);
      ASSERT_TRUE(status) << status.log;
      Tensor wanted = before;
      tensor.for_box(start, [&](uint32_t word, int x, int y, int z) {
        if (uint32_t *place = wanted.at(x, y, z))
          *place = how.empty() ? in[word] : reduced(how, *place, in[word]);
      });
      EXPECT_TRUE(std::equal(std::begin(wanted.words), std::end(wanted.words), tensor.words))
          << how;
    }
  }
}

TEST(BulkForms, OutsideOfATensorMayBeNotANumber) {
  Tensor tensor({4, 1, 1}, 0, 1);
  tensor.map.element = TensorElement::F32;
  tensor.map.fills_nan = 1;
  Ptx ptx(kernel(
      "  mbarrier.arrive.expect_tx.shared.b64 _, [%m], 16;\n  "
      "cp.async.bulk.tensor.3d.shared::cta.global.mbarrier::complete_tx::bytes [%s], [%map, {%x, "
      "%y, %z}], [%m];\nWAIT: mbarrier.try_wait.parity.shared.b64 %p, [%m], 0; @!%p bra WAIT;\n" +
      words(true, 16)));
  float out[4];
  Status status = ptx.run("k", Dim3{1}, Dim3{1}, &tensor.map, 0ull, out, 18, 0, 0);
  ASSERT_TRUE(status) << status.log;
  EXPECT_EQ(bits_of(out[1]), 20u);
  EXPECT_TRUE(std::isnan(out[2]) && std::isnan(out[3]));
}

} // namespace
} // namespace softcuda::jit::test
