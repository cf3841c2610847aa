// A guest of the OpenGL backend in the test's own process: frames go to the real backend, which calls the
// machine's real libEGL.so.1.
#pragma once

#include "backends/gl/backend.h"
#include "backends/gl/lane.h"
#include "ring/testing/guest_end.h"

#include <array>
#include <cstring>
#include <gtest/gtest.h>
#include <vector>

namespace gpuferry::gl::test {

/// One library for all tests of the process, as in an executor.
inline Egl &host() {
  static Egl egl("auto");
  return egl;
}

class GlGuest : public ::testing::Test {
protected:
  static constexpr uint32_t kContext = 1, kDrawable = 1;
  static constexpr uint64_t kHeapBytes = 64u << 20;

  void SetUp() override {
    if (!host().open())
      GTEST_SKIP() << "no OpenGL here: " << host().why_not();
    lane_ = backend.open_lane(0);
  }
  void TearDown() override {
    if (lane_)
      backend.close_lane(*lane_);
  }

  Lane &lane() { return static_cast<Lane &>(*lane_); }

  /// Sends one frame; the reply's data is in `answer`. Returns its status.
  int send(uint16_t opcode, const std::vector<std::byte> &body, bool is_sync = true) {
    const gf_frame header{static_cast<uint32_t>(sizeof(gf_frame) + GF_ALIGN8(body.size())), opcode,
                          static_cast<uint16_t>(is_sync ? GF_FRAME_SYNC : 0), 0};
    std::memset(frame.buffer(), 0, header.size_bytes);
    std::memcpy(frame.buffer(), &header, sizeof header);
    if (!body.empty())
      std::memcpy(frame.buffer() + sizeof header, body.data(), body.size());
    frame.rewind();
    wire::Reply reply(answer.data());
    const int status = backend.issue(*lane_, frame, reply, turn);
    answer_bytes = reply.size_bytes();
    return status;
  }
  template <class Args>
  int call(uint16_t opcode, const Args &args, const void *tail = nullptr, size_t tail_bytes = 0) {
    std::vector<std::byte> body(GF_ALIGN8(sizeof args) + tail_bytes);
    std::memcpy(body.data(), &args, sizeof args);
    if (tail_bytes)
      std::memcpy(body.data() + GF_ALIGN8(sizeof args), tail, tail_bytes);
    return send(opcode, body);
  }
  template <class Reply> Reply reply() {
    Reply out;
    std::memcpy(&out, answer.data(), sizeof out);
    return out;
  }

  EGLint create_context(uint32_t id, const std::vector<EGLint> &attributes = {}, uint32_t share = 0,
                        uint32_t api = GF_GL_API_GL) {
    const gf_gl_gfGlCreateContext_args args{id, share, api,
                                            static_cast<uint32_t>(attributes.size() / 2)};
    call(GF_GL_OP_gfGlCreateContext, args, attributes.data(), attributes.size() * sizeof(EGLint));
    return reply<gf_gl_gfGlCreateContext_reply>().egl_error;
  }

  static gf_gl_gfGlCreateDrawable_args window(uint32_t width, uint32_t height) {
    gf_gl_gfGlCreateDrawable_args args{};
    args.drawable = kDrawable;
    args.flags = GF_GL_DRAWABLE_DOUBLE_BUFFER;
    args.width = width;
    args.height = height;
    args.red = args.green = args.blue = args.alpha = 8;
    args.depth = 24;
    args.stencil = 8;
    return args;
  }

  EGLint make_current(uint32_t context, uint32_t drawable) {
    call(GF_GL_OP_gfGlMakeCurrent, gf_gl_gfGlMakeCurrent_args{context, drawable, drawable, 0});
    return reply<gf_gl_gfGlMakeCurrent_reply>().egl_error;
  }

  /// A compatibility context that draws to a drawable like `args`.
  void open(const gf_gl_gfGlCreateDrawable_args &args, const std::vector<EGLint> &attributes = {},
            uint32_t api = GF_GL_API_GL) {
    ASSERT_EQ(create_context(kContext, attributes, 0, api), EGL_SUCCESS);
    call(GF_GL_OP_gfGlCreateDrawable, args);
    ASSERT_EQ(frame.malformed(), nullptr);
    ASSERT_EQ(make_current(kContext, args.drawable), EGL_SUCCESS);
  }

  /// What handlers call.
  const GlDriver &gl() { return lane().driver; }

  void clear(float red, float green, float blue, float alpha = 1) {
    gl().glClearColor(red, green, blue, alpha);
    gl().glClear(GL_COLOR_BUFFER_BIT);
  }
  std::array<int, 4> pixel(int x, int y) {
    uint8_t rgba[4] = {};
    gl().glReadPixels(x, y, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, rgba);
    return {rgba[0], rgba[1], rgba[2], rgba[3]};
  }
  GLint number(GLenum name) {
    GLint value = -1;
    gl().glGetIntegerv(name, &value);
    return value;
  }

  static gf_grant ungated() {
    gf_grant all{};
    all.granted_ns = GF_GRANT_UNGATED;
    return all;
  }

  struct NoTurn final : executor::Turn {
    void pass_on() override { ++passed; }
    int passed = 0;
  };

  ring::testing::TestRegion memory{kHeapBytes};
  gf_grant page = ungated();
  executor::GrantPage grant{&page};
  Session session{host(), memory.view, grant, nullptr};
  int revoked = 0;
  GlBackend backend{session, [this] { ++revoked; }};
  wire::Frame frame;
  NoTurn turn;
  std::vector<std::byte> answer = std::vector<std::byte>(GF_REPLY_DATA_BYTES);
  uint32_t answer_bytes = 0;

private:
  std::unique_ptr<executor::LaneState> lane_;
};

using Rgba = std::array<int, 4>;
inline constexpr Rgba kRed{255, 0, 0, 255}, kGreen{0, 255, 0, 255}, kBlue{0, 0, 255, 255};

} // namespace gpuferry::gl::test
