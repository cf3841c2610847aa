#include "cudart/integrity.h"

#include <gtest/gtest.h>

namespace {

struct Answer {
  uint64_t word[2];
  bool operator==(const Answer &) const = default;
};

gf_integrity_record record(uint32_t version) {
  return {13000,          version,        4321,           0x7f0000aa,
          0x7f1122334455, 0x7f1122334466, 0x7f1122334477, 1700000000};
}

Answer ask(const gf_integrity_record &r, const gf_integrity_device *devices, size_t count) {
  Answer a;
  gf_integrity_answer(&r, devices, count, a.word);
  return a;
}

const gf_integrity_device device = {
    {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, 0, 7, 0};

TEST(Integrity, FirstTwoQuestionsHaveConstantAnswers) {
  for (uint32_t runtime : {11080u, 12040u, 13000u}) {
    EXPECT_EQ(ask(record(runtime), nullptr, 0), (Answer{0x3341181C03CB675C, 0x8ED383AA1F4CD1E8}));
    EXPECT_EQ(ask(record(runtime + 1), &device, 1),
              (Answer{0x1841181C03CB675C, 0x8ED383AA1F4CD1E8}));
  }
}

// Real cudart is the judge of the hash itself (test/programs); here: every fact counts.
TEST(Integrity, ThirdAnswerDependsOnEveryFact) {
  const gf_integrity_record base = record(13002);
  const Answer expected = ask(base, &device, 1);
  EXPECT_EQ(ask(base, &device, 1), expected);
  for (size_t byte = 0; byte < sizeof base; byte++) {
    if (byte >= 4 && byte < 8)
      continue; // the version also says which question it is
    gf_integrity_record changed = base;
    reinterpret_cast<uint8_t *>(&changed)[byte] ^= 1;
    EXPECT_NE(ask(changed, &device, 1), expected) << "byte " << byte;
  }
  for (size_t byte = 0; byte < sizeof device; byte++) {
    gf_integrity_device changed = device;
    reinterpret_cast<uint8_t *>(&changed)[byte] ^= 1;
    EXPECT_NE(ask(base, &changed, 1), expected) << "byte " << byte;
  }
  EXPECT_NE(ask(base, nullptr, 0), expected);
}

} // namespace
