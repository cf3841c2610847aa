// Names are the lowest that are free, also after an application chose some itself.
#include <gtest/gtest.h>

extern "C" {
#include "gl/names.h"
}

namespace {

class GlNames : public testing::Test {
protected:
  void SetUp() override { gf_gl_names_init(&names_, 0); }
  void TearDown() override { gf_gl_names_end(&names_); }
  uint32_t one() { return gf_gl_names_take_row(&names_, 1); }
  gf_gl_names names_;
};

TEST_F(GlNames, CountFromOne) {
  EXPECT_EQ(one(), 1u);
  EXPECT_EQ(one(), 2u);
  EXPECT_TRUE(gf_gl_names_has(&names_, 2));
  EXPECT_FALSE(gf_gl_names_has(&names_, 3));
}

TEST_F(GlNames, AreGivenOutAgainLowestFirst) {
  for (uint32_t i = 0; i < 100; ++i)
    one();
  gf_gl_names_release(&names_, 70);
  gf_gl_names_release(&names_, 7);
  EXPECT_EQ(one(), 7u);
  EXPECT_EQ(one(), 70u);
  EXPECT_EQ(one(), 101u);
}

TEST_F(GlNames, StepOverThoseTheApplicationChose) {
  gf_gl_names_mark(&names_, 2);
  gf_gl_names_mark(&names_, UINT32_MAX);
  EXPECT_EQ(one(), 1u);
  EXPECT_EQ(one(), 3u);
  EXPECT_TRUE(gf_gl_names_has(&names_, UINT32_MAX));
}

TEST_F(GlNames, ComeInRowsAcrossChunks) {
  gf_gl_names_mark(&names_, 5);
  EXPECT_EQ(gf_gl_names_take_row(&names_, 10), 6u);
  // The gap that was too small is still there for single names.
  EXPECT_EQ(one(), 1u);
  const uint32_t first = gf_gl_names_take_row(&names_, 2 * GF_GL_NAMES_CHUNK);
  EXPECT_EQ(first, 16u);
  EXPECT_TRUE(gf_gl_names_has(&names_, first + 2 * GF_GL_NAMES_CHUNK - 1));
  EXPECT_FALSE(gf_gl_names_has(&names_, first + 2 * GF_GL_NAMES_CHUNK));
}

TEST_F(GlNames, ZeroIsNone) {
  gf_gl_names_release(&names_, 0);
  gf_gl_names_mark(&names_, 0);
  EXPECT_FALSE(gf_gl_names_has(&names_, 0));
  EXPECT_EQ(one(), 1u);
}

TEST(GlNamesForever, AreNeverGivenOutTwice) {
  gf_gl_names names;
  gf_gl_names_init(&names, 1);
  const uint32_t first = gf_gl_names_take_row(&names, 1);
  gf_gl_names_release(&names, first);
  EXPECT_FALSE(gf_gl_names_has(&names, first));
  EXPECT_NE(gf_gl_names_take_row(&names, 1), first);
  gf_gl_names_end(&names);
}

} // namespace
