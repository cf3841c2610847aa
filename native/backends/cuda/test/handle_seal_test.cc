#include "backends/cuda/handle_seal.h"

#include <gtest/gtest.h>

namespace gpuferry::cuda {
namespace {

HandleSeal::Bytes counting() {
  HandleSeal::Bytes bytes;
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<uint8_t>(i);
  return bytes;
}

unsigned differing_bits(const HandleSeal::Bytes &a, const HandleSeal::Bytes &b) {
  unsigned count = 0;
  for (size_t i = 0; i < a.size(); ++i)
    count += static_cast<unsigned>(__builtin_popcount(a[i] ^ b[i]));
  return count;
}

TEST(HandleSeal, OpensWithTheKeyThatSealed) {
  const HandleSeal one("0a"), same("0a");
  EXPECT_EQ(same.open(one.seal(counting())), counting());
  EXPECT_EQ(one.seal(counting()), same.seal(counting()));
}

TEST(HandleSeal, IsNoiseToEveryOtherKey) {
  const HandleSeal one("0a"), other("0b"), own(""), another("");
  EXPECT_GT(differing_bits(other.open(one.seal(counting())), counting()), 150u);
  EXPECT_GT(differing_bits(another.open(own.seal(counting())), counting()), 150u);
}

TEST(HandleSeal, ChangesAllWithOneBitEitherWay) {
  const HandleSeal seal("0a");
  for (const size_t at : {0u, 31u, 32u, 63u}) {
    auto changed = counting();
    changed[at] ^= 1;
    EXPECT_GT(differing_bits(seal.seal(changed), seal.seal(counting())), 150u) << at;
    auto sealed = seal.seal(counting());
    sealed[at] ^= 1;
    EXPECT_GT(differing_bits(seal.open(sealed), counting()), 150u) << at;
  }
}

} // namespace
} // namespace gpuferry::cuda
