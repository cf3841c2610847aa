#include "backends/gl/test/gl_guest.h"

namespace gpuferry::gl::test {
namespace {

using GlSession = GlGuest;

TEST_F(GlSession, TellsWhatTheHostHas) {
  call(GF_GL_OP_gfGlOpen, gf_gl_gfGlOpen_args{});
  const auto told = reply<gf_gl_gfGlOpen_reply>();
  EXPECT_EQ(told.egl_error, EGL_SUCCESS);
  EXPECT_GT(told.config_count, 0u);
  gf_gl_offer offers[GF_GL_OFFER_COUNT];
  std::memcpy(offers, answer.data() + sizeof told, sizeof offers);
  EXPECT_GE(offers[GF_GL_OFFER_COMPAT].version, 200u);
  EXPECT_GE(offers[GF_GL_OFFER_ES2].version, 200u);
  const char *vendor = reinterpret_cast<const char *>(answer.data()) + sizeof told + sizeof offers +
                       told.config_count * sizeof(gf_gl_host_config);
  EXPECT_EQ(std::strlen(vendor) + 1, told.vendor_bytes);
}

TEST_F(GlSession, ReturnsTheHostsOwnErrorsOfContexts) {
  EXPECT_EQ(create_context(1, {EGL_CONTEXT_MAJOR_VERSION, 9}), EGL_BAD_MATCH);
  EXPECT_EQ(create_context(1, {0x1234, 9}), EGL_BAD_ATTRIBUTE);
  EXPECT_EQ(create_context(1, {}, 77), EGL_BAD_CONTEXT);
  EXPECT_EQ(make_current(5, 0), EGL_BAD_CONTEXT);
  EXPECT_EQ(create_context(1), EGL_SUCCESS);
  EXPECT_EQ(make_current(1, 5), EGL_BAD_SURFACE);
  EXPECT_EQ(make_current(1, 0), EGL_SUCCESS);
}

TEST_F(GlSession, KeepsAContextThatIsCurrentUntilItIsNot) {
  ASSERT_EQ(create_context(1), EGL_SUCCESS);
  ASSERT_EQ(make_current(1, 0), EGL_SUCCESS);
  call(GF_GL_OP_gfGlDestroyContext, gf_gl_gfGlDestroyContext_args{1, 0});
  EXPECT_NE(gl().glGetString(GL_VERSION), nullptr);
  ASSERT_EQ(create_context(1), EGL_SUCCESS); // the number is free
  EXPECT_EQ(make_current(1, 0), EGL_SUCCESS);
}

TEST_F(GlSession, TranslatesNamesThatTheGuestChose) {
  open(window(8, 8));
  const uint32_t guest = 4711;
  gf_gl_glGenTextures_args gen{};
  gen.n = 1;
  gen.textures = {sizeof guest, GF_GL_PAYLOAD_INLINE};
  call(GF_GL_OP_glGenTextures, gen, &guest, sizeof guest);
  ASSERT_EQ(frame.malformed(), nullptr);
  const uint32_t native = lane().context->table(GF_GL_KIND_TEXTURE).native(guest);
  EXPECT_NE(native, 0u);
  call(GF_GL_OP_glBindTexture, gf_gl_glBindTexture_args{GL_TEXTURE_2D, guest});
  EXPECT_EQ(number(GL_TEXTURE_BINDING_2D), static_cast<GLint>(native));
  // One that no glGenTextures gave: a compatibility context makes it.
  call(GF_GL_OP_glBindTexture, gf_gl_glBindTexture_args{GL_TEXTURE_2D, 99});
  EXPECT_NE(number(GL_TEXTURE_BINDING_2D), static_cast<GLint>(native));
  EXPECT_NE(number(GL_TEXTURE_BINDING_2D), 0);
  EXPECT_EQ(gl().glGetError(), GLenum{GL_NO_ERROR});
}

TEST_F(GlSession, LeavesItToACoreContextToRefuseNamesThatItDidNotGive) {
  open(window(8, 8), {EGL_CONTEXT_MAJOR_VERSION, 3, EGL_CONTEXT_MINOR_VERSION, 3,
                      EGL_CONTEXT_OPENGL_PROFILE_MASK, EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT});
  call(GF_GL_OP_glBindTexture, gf_gl_glBindTexture_args{GL_TEXTURE_2D, 99});
  EXPECT_EQ(gl().glGetError(), GLenum{GL_INVALID_OPERATION});
}

// The driver would follow the address of a frame that is long gone.
TEST_F(GlSession, LetsTheDriverKeepNoAddressOfAFrame) {
  open(window(8, 8));
  const uint32_t name = 5;
  call(GF_GL_OP_glBindBuffer, gf_gl_glBindBuffer_args{GL_ARRAY_BUFFER, name});
  call(GF_GL_OP_glBindBuffer, gf_gl_glBindBuffer_args{GL_EXTERNAL_VIRTUAL_MEMORY_BUFFER_AMD, name});
  while (gl().glGetError() != GL_NO_ERROR)
    ;
  alignas(4096) std::array<std::byte, 4096> page{};
  gf_gl_glBufferData_args args{};
  args.target = GL_EXTERNAL_VIRTUAL_MEMORY_BUFFER_AMD;
  args.size = page.size();
  args.usage = GL_STREAM_COPY;
  args.data = {page.size(), GF_GL_PAYLOAD_INLINE};
  call(GF_GL_OP_glBufferData, args, page.data(), page.size());
  ASSERT_EQ(frame.malformed(), nullptr);
  GLint bytes = -1;
  gl().glGetBufferParameteriv(GL_ARRAY_BUFFER, GL_BUFFER_SIZE, &bytes);
  EXPECT_EQ(bytes, 0);
  send(GF_GL_OP_glGetError, {});
  EXPECT_EQ(reply<gf_gl_glGetError_reply>().result, GLenum{GL_INVALID_ENUM});
}

/// A buffer over pieces of the heap.
struct PinnedMemory : GlGuest {
  void pin(std::vector<gf_heap_range> pieces, int64_t size, uint32_t inside_bytes = 0) {
    gf_gl_gfGlPinMemory_args args{};
    args.size = size;
    args.inside_bytes = inside_bytes;
    args.piece_count = static_cast<uint32_t>(pieces.size());
    args.usage = GL_STREAM_COPY;
    args.pieces = {pieces.size() * sizeof pieces[0], GF_GL_PAYLOAD_INLINE};
    call(GF_GL_OP_gfGlPinMemory, args, pieces.data(), pieces.size() * sizeof pieces[0]);
  }
  void bind(uint32_t name) {
    call(GF_GL_OP_glBindBuffer,
         gf_gl_glBindBuffer_args{GL_EXTERNAL_VIRTUAL_MEMORY_BUFFER_AMD, name});
    ASSERT_EQ(frame.malformed(), nullptr);
    if (gl().glGetError() != GL_NO_ERROR)
      GTEST_SKIP() << "no GL_AMD_pinned_memory";
  }
  std::byte *heap(uint64_t offset_bytes) {
    return memory.view.heap(offset_bytes, 1).value().data();
  }
};

TEST_F(PinnedMemory, IsWhatTheGuestSeesOfItsHeap) {
  open(window(8, 8));
  ASSERT_NO_FATAL_FAILURE(bind(5));
  if (IsSkipped())
    return;
  constexpr uint64_t kPage = GF_PAGE_BYTES;
  // Two pages that do not follow each other, and the buffer begins in the first one's middle.
  pin({{9 * kPage, kPage}, {4 * kPage, kPage}}, kPage, kPage / 2);
  ASSERT_EQ(frame.malformed(), nullptr);
  ASSERT_TRUE(reply<gf_gl_gfGlPinMemory_reply>().accepted);
  *heap(9 * kPage + kPage / 2) = std::byte{1};
  *heap(4 * kPage + kPage / 2 - 1) = std::byte{2};
  std::array<uint8_t, kPage> got{};
  gl().glGetBufferSubData(GL_EXTERNAL_VIRTUAL_MEMORY_BUFFER_AMD, 0, kPage, got.data());
  EXPECT_EQ(got.front(), 1);
  EXPECT_EQ(got.back(), 2);
  EXPECT_EQ(gl().glGetError(), GLenum{GL_NO_ERROR});
}

TEST_F(PinnedMemory, EndsSessionsWhosePiecesAreNotOfTheHeapOrTooShort) {
  open(window(8, 8));
  constexpr uint64_t kPage = GF_PAGE_BYTES;
  pin({{kHeapBytes - kPage, 2 * kPage}}, 10);
  EXPECT_NE(frame.malformed(), nullptr);
  pin({{0, kPage}}, kPage + 1);
  EXPECT_NE(frame.malformed(), nullptr);
  pin({{0, kPage}}, kPage, 1);
  EXPECT_NE(frame.malformed(), nullptr);
  pin({{0, kPage}, {UINT64_MAX, 2}}, 10);
  EXPECT_NE(frame.malformed(), nullptr);
  pin({{0, kPage}}, 10, GF_PAGE_BYTES);
  EXPECT_NE(frame.malformed(), nullptr);
}

struct OnePicture : GlGuest, ::testing::WithParamInterface<uint32_t> {};

TEST_P(OnePicture, IsDrawnByManyContextsInTurn) {
  open(window(8, 8));
  clear(0, 0, 0);
  for (uint32_t id = 2; id < 6; ++id)
    ASSERT_EQ(create_context(id, {}, GetParam()), EGL_SUCCESS);
  const auto draw = [&](uint32_t id) {
    gl().glEnable(GL_SCISSOR_TEST);
    gl().glScissor(static_cast<GLint>(id), 0, 1, 8);
    clear(0, 1, 0);
  };
  draw(1);
  for (uint32_t id = 2; id < 6; ++id) {
    ASSERT_EQ(make_current(id, kDrawable), EGL_SUCCESS);
    draw(id);
  }
  ASSERT_EQ(make_current(0, 0), EGL_SUCCESS);
  ASSERT_EQ(make_current(3, kDrawable), EGL_SUCCESS);
  for (int x = 1; x < 6; ++x)
    EXPECT_EQ(pixel(x, 4), kGreen) << x;
  EXPECT_EQ(gl().glGetError(), GLenum{GL_NO_ERROR});
}
INSTANTIATE_TEST_SUITE_P(SharedAndNot, OnePicture, ::testing::Values(0u, 1u));

TEST_F(GlSession, KeepsThePictureOfAContextThatIsGone) {
  open(window(8, 8));
  clear(1, 0, 0);
  call(GF_GL_OP_gfGlDestroyContext, gf_gl_gfGlDestroyContext_args{kContext, 0});
  ASSERT_EQ(create_context(2), EGL_SUCCESS);
  ASSERT_EQ(make_current(2, kDrawable), EGL_SUCCESS);
  EXPECT_EQ(pixel(4, 4), kRed);
}

TEST_F(GlSession, DoesNothingWithoutAContext) {
  call(GF_GL_OP_glClear, gf_gl_glClear_args{GL_COLOR_BUFFER_BIT});
  EXPECT_EQ(frame.malformed(), nullptr);
}

TEST_F(GlSession, EndsForFramesThatAreNone) {
  send(GF_GL_OPCODE_COUNT, {});
  EXPECT_NE(frame.malformed(), nullptr);
  send(GF_GL_OP_gfGlPresent, std::vector<std::byte>(8));
  EXPECT_NE(frame.malformed(), nullptr);
  gf_gl_gfGlCreateDrawable_args huge = window(1u << 20, 1);
  call(GF_GL_OP_gfGlCreateDrawable, huge);
  EXPECT_NE(frame.malformed(), nullptr);
}

TEST_F(GlSession, PaysForTheTimeThatItSpendsInTheDriver) {
  open(window(512, 512));
  for (int i = 0; i < 50; ++i)
    clear(1, 0, 0);
  call(GF_GL_OP_glFinish, uint64_t{0});
  EXPECT_GT(page.used_ns, 0u);
  EXPECT_GE(page.calls, 4u);
  backend.idle_lane(lane());
  EXPECT_EQ(page.backlogged, 0u);
}

TEST_F(GlSession, IsHeldBackWithoutAGrant) {
  open(window(8, 8));
  backend.idle_lane(lane());
  page.granted_ns = page.used_ns; // all of it is used
  std::thread server([this] {
    while (gf_load_acquire(&page.waiting) == 0)
      usleep(100);
    gf_store_relaxed(&page.granted_ns, page.used_ns + 1'000'000'000);
    __atomic_fetch_add(&page.grant_seq, 1, __ATOMIC_RELEASE);
    ring::futex_wake(&page.grant_seq, 1);
  });
  call(GF_GL_OP_glFinish, uint64_t{0});
  server.join();
  EXPECT_EQ(revoked, 0);
}

} // namespace
} // namespace gpuferry::gl::test
