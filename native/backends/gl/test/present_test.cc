#include "backends/gl/test/gl_guest.h"

namespace gpuferry::gl::test {
namespace {

struct Present : GlGuest {
  static constexpr uint64_t kPixelsAt = 1u << 20;

  gf_gl_gfGlPresent_args picture(uint32_t width, uint32_t height) {
    gf_gl_gfGlPresent_args args{};
    args.drawable = kDrawable;
    args.flags = GF_GL_PRESENT_SWAP;
    args.width = width;
    args.height = height;
    args.pixels_offset = kPixelsAt;
    args.row_bytes = width * 4;
    args.pixels_bytes = args.row_bytes * height;
    args.done_value = 7;
    return args;
  }
  void present(const gf_gl_gfGlPresent_args &args) { call(GF_GL_OP_gfGlPresent, args); }
  uint32_t at(const gf_gl_gfGlPresent_args &args, uint32_t x, uint32_t row) {
    uint32_t bgra = 0;
    std::memcpy(&bgra,
                memory.view.heap(args.pixels_offset + row * args.row_bytes + x * 4, 4)->data(), 4);
    return bgra;
  }
  uint32_t done() {
    uint32_t word = 0;
    std::memcpy(&word, memory.view.heap(0, 4)->data(), 4);
    return word;
  }
  /// Lower half red, upper half green.
  void draw_halves(int width, int height) {
    clear(0, 1, 0);
    gl().glEnable(GL_SCISSOR_TEST);
    gl().glScissor(0, 0, width, height / 2);
    clear(1, 0, 0);
  }
  static constexpr uint32_t kRedBgra = 0xffff0000, kGreenBgra = 0xff00ff00;
};

TEST_F(Present, BringsRowsFromTheTopInBgraAndSaysWhen) {
  open(window(16, 8));
  draw_halves(16, 8); // leaves the scissor on: nothing of the application's may matter
  const auto args = picture(16, 8);
  present(args);
  EXPECT_EQ(done(), 7u);
  EXPECT_EQ(at(args, 0, 0), kGreenBgra);
  EXPECT_EQ(at(args, 15, 3), kGreenBgra);
  EXPECT_EQ(at(args, 0, 4), kRedBgra);
  EXPECT_EQ(at(args, 15, 7), kRedBgra);
  EXPECT_EQ(gl().glGetError(), GLenum{GL_NO_ERROR});
}

TEST_F(Present, LeavesTheApplicationsStateAlone) {
  open(window(16, 8));
  draw_halves(16, 8);
  GLuint names[2] = {};
  gl().glGenBuffers(1, &names[0]);
  gl().glBindBuffer(GL_PIXEL_PACK_BUFFER, names[0]);
  gl().glPixelStorei(GL_PACK_ALIGNMENT, 1);
  gl().glPixelStorei(GL_PACK_ROW_LENGTH, 3);
  gl().glPixelStorei(GL_PACK_SKIP_ROWS, 2);
  gl().glPixelTransferf(GL_RED_SCALE, 0.5f);
  gl().glGenFramebuffers(1, &names[1]);
  gl().glBindFramebuffer(GL_FRAMEBUFFER, names[1]);
  const auto args = picture(16, 8);
  present(args);
  EXPECT_EQ(at(args, 2, 7), kRedBgra);
  EXPECT_EQ(number(GL_PIXEL_PACK_BUFFER_BINDING), static_cast<GLint>(names[0]));
  EXPECT_EQ(number(GL_PACK_ALIGNMENT), 1);
  EXPECT_EQ(number(GL_PACK_ROW_LENGTH), 3);
  EXPECT_EQ(number(GL_PACK_SKIP_ROWS), 2);
  EXPECT_EQ(number(GL_FRAMEBUFFER_BINDING), static_cast<GLint>(names[1]));
  EXPECT_EQ(number(GL_SCISSOR_TEST), 1);
  EXPECT_EQ(gl().glGetError(), GLenum{GL_NO_ERROR});
}

TEST_F(Present, CutsWhatReachesOverTheEdge) {
  open(window(16, 8));
  draw_halves(16, 8);
  auto args = picture(20, 10);
  args.x = -2;
  args.y = -1;
  present(args);
  EXPECT_EQ(at(args, 2, 1), kGreenBgra); // the upper left pixel
  EXPECT_EQ(at(args, 1, 1), 0u);
  EXPECT_EQ(at(args, 17, 8), kRedBgra);
  EXPECT_EQ(at(args, 17, 9), 0u);
}

TEST_F(Present, ResolvesSeveralSamples) {
  auto window4 = window(16, 8);
  window4.samples = 4;
  open(window4);
  draw_halves(16, 8);
  const auto args = picture(16, 8);
  present(args);
  EXPECT_EQ(at(args, 3, 0), kGreenBgra);
  EXPECT_EQ(at(args, 3, 7), kRedBgra);
}

TEST_F(Present, LeavesTheBacksPictureInTheFront) {
  open(window(8, 8));
  gl().glReadBuffer(GL_FRONT); // makes it
  gl().glReadBuffer(GL_BACK);
  clear(1, 0, 0);
  present(picture(8, 8));
  clear(0, 1, 0);
  gl().glReadBuffer(GL_FRONT);
  EXPECT_EQ(pixel(0, 0), kRed);
}

TEST_F(Present, OfNothingStillSaysDone) {
  open(window(8, 8));
  auto args = picture(8, 8);
  args.drawable = 99;
  present(args);
  EXPECT_EQ(done(), 7u);
}

TEST_F(Present, RefusesPlacesOutsideOfTheHeap) {
  open(window(8, 8));
  for (unsigned i = 0; i < 6; ++i) {
    auto args = picture(8, 8);
    uint64_t *const fields[] = {&args.pixels_offset, &args.pixels_bytes, &args.row_bytes,
                                &args.done_offset,   &args.done_offset,  &args.row_bytes};
    const uint64_t bad[] = {kHeapBytes - 8, 8, 4, kHeapBytes, 2, uint64_t{1} << 62};
    *fields[i] = bad[i];
    present(args);
    EXPECT_NE(frame.malformed(), nullptr) << i;
  }
}

TEST_F(Present, PassesTheTurnOnBecauseOthersNeedNotWaitForIt) {
  open(window(8, 8));
  turn.passed = 0;
  present(picture(8, 8));
  EXPECT_EQ(turn.passed, 1);
}

} // namespace
} // namespace gpuferry::gl::test
