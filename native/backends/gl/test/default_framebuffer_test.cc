#include "backends/gl/test/gl_guest.h"

namespace gpuferry::gl::test {
namespace {

using DefaultFramebuffer = GlGuest;

TEST_F(DefaultFramebuffer, HasTheDrawablesBuffersAndTheNamesOfAWindows) {
  open(window(64, 32));
  EXPECT_EQ(gl().glCheckFramebufferStatus(GL_FRAMEBUFFER), GLenum{GL_FRAMEBUFFER_COMPLETE});
  EXPECT_EQ(number(GL_FRAMEBUFFER_BINDING), 0);
  EXPECT_EQ(number(GL_DRAW_BUFFER), GL_BACK);
  EXPECT_EQ(number(GL_READ_BUFFER), GL_BACK);
  EXPECT_EQ(number(GL_DOUBLEBUFFER), 1);
  EXPECT_EQ(number(GL_RED_BITS), 8);
  EXPECT_EQ(number(GL_ALPHA_BITS), 8);
  EXPECT_EQ(number(GL_DEPTH_BITS), 24);
  EXPECT_EQ(number(GL_STENCIL_BITS), 8);
  EXPECT_EQ(number(GL_SAMPLES), 0);
  GLint viewport[4] = {};
  gl().glGetIntegerv(GL_VIEWPORT, viewport);
  EXPECT_EQ(viewport[2], 64);
  EXPECT_EQ(viewport[3], 32);
  EXPECT_EQ(gl().glGetError(), GLenum{GL_NO_ERROR});
}

TEST_F(DefaultFramebuffer, WithoutAlphaReadsAlphaAsOne) {
  auto args = window(8, 8);
  args.alpha = 0;
  open(args);
  EXPECT_EQ(number(GL_ALPHA_BITS), 0);
  clear(0, 1, 0, 0);
  EXPECT_EQ(pixel(0, 0), kGreen);
}

TEST_F(DefaultFramebuffer, ComesBackWhenAnObjectIsUnboundOrDeleted) {
  open(window(8, 8));
  clear(1, 0, 0);
  GLuint object = 0;
  gl().glGenFramebuffers(1, &object);
  gl().glBindFramebuffer(GL_FRAMEBUFFER, object);
  EXPECT_EQ(number(GL_FRAMEBUFFER_BINDING), static_cast<GLint>(object));
  gl().glBindFramebuffer(GL_FRAMEBUFFER, 0);
  EXPECT_EQ(pixel(0, 0), kRed);
  gl().glBindFramebuffer(GL_DRAW_FRAMEBUFFER, object);
  EXPECT_EQ(number(GL_READ_FRAMEBUFFER_BINDING), 0);
  gl().glDeleteFramebuffers(1, &object);
  EXPECT_EQ(number(GL_DRAW_FRAMEBUFFER_BINDING), 0);
  clear(0, 0, 1);
  EXPECT_EQ(pixel(0, 0), kBlue);
}

TEST_F(DefaultFramebuffer, DrawsToFrontAndBackAndBoth) {
  open(window(8, 8));
  clear(1, 0, 0);
  gl().glDrawBuffer(GL_FRONT);
  EXPECT_EQ(number(GL_DRAW_BUFFER), GL_FRONT);
  clear(0, 1, 0);
  EXPECT_EQ(pixel(0, 0), kRed);
  gl().glReadBuffer(GL_FRONT);
  EXPECT_EQ(number(GL_READ_BUFFER), GL_FRONT);
  EXPECT_EQ(pixel(0, 0), kGreen);
  gl().glDrawBuffer(GL_FRONT_AND_BACK);
  EXPECT_EQ(number(GL_DRAW_BUFFER), GL_FRONT_AND_BACK);
  clear(0, 0, 1);
  EXPECT_EQ(pixel(0, 0), kBlue);
  gl().glReadBuffer(GL_BACK);
  EXPECT_EQ(pixel(0, 0), kBlue);
  EXPECT_EQ(gl().glGetError(), GLenum{GL_NO_ERROR});
}

TEST_F(DefaultFramebuffer, RefusesBuffersThatItDoesNotHave) {
  open(window(8, 8));
  for (const GLenum buffer :
       {GL_BACK_RIGHT, GL_FRONT_RIGHT, GL_RIGHT, GL_AUX0, GL_COLOR_ATTACHMENT0}) {
    gl().glDrawBuffer(buffer);
    EXPECT_EQ(gl().glGetError(), GLenum{GL_INVALID_OPERATION}) << std::hex << buffer;
  }
  gl().glDrawBuffer(GL_TEXTURE_2D);
  EXPECT_EQ(gl().glGetError(), GLenum{GL_INVALID_ENUM});
  const GLenum front = GL_FRONT;
  gl().glDrawBuffers(1, &front);
  EXPECT_EQ(gl().glGetError(), GLenum{GL_INVALID_ENUM});
  EXPECT_EQ(number(GL_DRAW_BUFFER), GL_BACK);
}

TEST_F(DefaultFramebuffer, RefusesAttachments) {
  open(window(8, 8));
  GLuint texture = 0;
  gl().glGenTextures(1, &texture);
  gl().glBindTexture(GL_TEXTURE_2D, texture);
  gl().glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 8, 8, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
  gl().glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
  EXPECT_EQ(gl().glGetError(), GLenum{GL_INVALID_OPERATION});
  clear(1, 0, 0);
  EXPECT_EQ(pixel(0, 0), kRed);
}

TEST_F(DefaultFramebuffer, DescribesItsAttachments) {
  open(window(8, 8));
  GLint value = 0;
  const auto ask = [&](GLenum attachment, GLenum name) {
    value = -1;
    gl().glGetFramebufferAttachmentParameteriv(GL_FRAMEBUFFER, attachment, name, &value);
    return value;
  };
  EXPECT_EQ(ask(GL_BACK_LEFT, GL_FRAMEBUFFER_ATTACHMENT_OBJECT_TYPE), GL_FRAMEBUFFER_DEFAULT);
  EXPECT_EQ(ask(GL_DEPTH, GL_FRAMEBUFFER_ATTACHMENT_DEPTH_SIZE), 24);
  EXPECT_EQ(ask(GL_STENCIL, GL_FRAMEBUFFER_ATTACHMENT_STENCIL_SIZE), 8);
  EXPECT_EQ(gl().glGetError(), GLenum{GL_NO_ERROR});
  ask(GL_BACK_LEFT, GL_FRAMEBUFFER_ATTACHMENT_OBJECT_NAME);
  EXPECT_EQ(gl().glGetError(), GLenum{GL_INVALID_ENUM});
}

TEST_F(DefaultFramebuffer, OfSeveralSamplesIsResolvedForReading) {
  auto args = window(8, 8);
  args.samples = 4;
  open(args);
  EXPECT_EQ(number(GL_SAMPLES), 4);
  EXPECT_EQ(number(GL_SAMPLE_BUFFERS), 1);
  clear(0, 0, 1);
  EXPECT_EQ(pixel(3, 3), kBlue);
  gl().glClearDepth(0.25);
  gl().glClear(GL_DEPTH_BUFFER_BIT);
  float depth = 0;
  gl().glReadPixels(0, 0, 1, 1, GL_DEPTH_COMPONENT, GL_FLOAT, &depth);
  EXPECT_NEAR(depth, 0.25f, 1e-5);
  GLuint texture = 0;
  gl().glGenTextures(1, &texture);
  gl().glBindTexture(GL_TEXTURE_2D, texture);
  gl().glCopyTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, 0, 0, 8, 8, 0);
  EXPECT_EQ(gl().glGetError(), GLenum{GL_NO_ERROR});
  EXPECT_EQ(number(GL_READ_FRAMEBUFFER_BINDING), 0);
}

TEST_F(DefaultFramebuffer, FollowsTheDrawablesSize) {
  open(window(8, 8));
  call(GF_GL_OP_gfGlResizeDrawable, gf_gl_gfGlResizeDrawable_args{kDrawable, 32, 16, 0});
  gl().glViewport(0, 0, 32, 16);
  clear(1, 0, 0);
  EXPECT_EQ(pixel(31, 15), kRed);
  EXPECT_EQ(gl().glCheckFramebufferStatus(GL_FRAMEBUFFER), GLenum{GL_FRAMEBUFFER_COMPLETE});
}

TEST_F(DefaultFramebuffer, AccumulatesAndGivesBack) {
  auto args = window(8, 8);
  args.accum = 16;
  open(args);
  EXPECT_EQ(number(GL_ACCUM_RED_BITS), 16);
  gl().glClearAccum(0, 0, 0, 0);
  gl().glClear(GL_ACCUM_BUFFER_BIT);
  clear(1, 0, 0, 1);
  gl().glAccum(GL_ACCUM, 0.5f);
  clear(0, 1, 0, 1);
  gl().glAccum(GL_ACCUM, 0.5f);
  clear(0, 0, 0, 0);
  gl().glAccum(GL_RETURN, 1.0f);
  EXPECT_EQ(gl().glGetError(), GLenum{GL_NO_ERROR});
  const Rgba half = pixel(4, 4);
  EXPECT_NEAR(half[0], 188, 1); // Mesa sums linear colours
  EXPECT_NEAR(half[1], 188, 1);
  EXPECT_EQ(half[3], 255);
}

TEST_F(DefaultFramebuffer, StoresSrgbOnceAsked) {
  auto args = window(8, 8);
  args.flags |= GF_GL_DRAWABLE_SRGB;
  open(args);
  clear(1, 0, 0);
  gl().glEnable(GL_FRAMEBUFFER_SRGB);
  EXPECT_EQ(pixel(0, 0), kRed); // what was drawn before stays
  clear(0.5f, 0.5f, 0.5f);
  EXPECT_NEAR(pixel(0, 0)[0], 188, 1);
  gl().glDisable(GL_FRAMEBUFFER_SRGB);
  clear(0.5f, 0.5f, 0.5f);
  EXPECT_NEAR(pixel(0, 0)[0], 128, 1);
}

TEST_F(DefaultFramebuffer, StoresSrgbOfAWindowWithoutAlpha) {
  auto args = window(8, 8);
  args.flags |= GF_GL_DRAWABLE_SRGB;
  args.alpha = 0;
  open(args);
  gl().glEnable(GL_FRAMEBUFFER_SRGB);
  clear(0, 0.6f, 0);
  EXPECT_NEAR(pixel(0, 0)[1], 203, 1);
  EXPECT_EQ(gl().glCheckFramebufferStatus(GL_FRAMEBUFFER), GLenum{GL_FRAMEBUFFER_COMPLETE});
  EXPECT_EQ(gl().glGetError(), GLenum{GL_NO_ERROR});
}

TEST_F(DefaultFramebuffer, OfOneBufferIsTheFront) {
  auto args = window(8, 8);
  args.flags = 0;
  open(args);
  EXPECT_EQ(number(GL_DRAW_BUFFER), GL_FRONT);
  EXPECT_EQ(number(GL_DOUBLEBUFFER), 0);
  clear(0, 1, 0);
  gl().glReadBuffer(GL_BACK); // Mesa's other name for it
  EXPECT_EQ(gl().glGetError(), GLenum{GL_NO_ERROR});
  EXPECT_EQ(pixel(0, 0), kGreen);
  gl().glDrawBuffer(GL_FRONT_RIGHT);
  EXPECT_EQ(gl().glGetError(), GLenum{GL_INVALID_OPERATION});
}

struct EmbeddedFramebuffer : GlGuest, ::testing::WithParamInterface<int> {};

TEST_P(EmbeddedFramebuffer, DrawsAndReads) {
  open(window(16, 16), {EGL_CONTEXT_MAJOR_VERSION, GetParam()},
       GetParam() == 1 ? GF_GL_API_ES1 : GF_GL_API_ES2);
  clear(0, 1, 0);
  EXPECT_EQ(pixel(5, 5), kGreen);
  EXPECT_EQ(gl().glGetError(), GLenum{GL_NO_ERROR});
}
INSTANTIATE_TEST_SUITE_P(Versions, EmbeddedFramebuffer, ::testing::Values(1, 2, 3));

} // namespace
} // namespace gpuferry::gl::test
