#include "backends/cuda/test/soft_session.h"
#include "cudart/fatbin.h"

#include <thread>

namespace gpuferry::cuda::test {
namespace {

struct Calls : SoftSession {
  void SetUp() override { use_context(); }

  uint64_t make_stream(uint32_t index) {
    gf_cuStreamCreate_args args{};
    args.phStream = gf_handle_make(GF_KIND_STREAM, 0, index);
    EXPECT_EQ(call(GF_OP_cuStreamCreate, args, false), CUDA_SUCCESS);
    return args.phStream;
  }
  CUresult synchronize(uint64_t stream) {
    gf_cuStreamSynchronize_args args{};
    args.stream = stream;
    return call(GF_OP_cuStreamSynchronize, args);
  }
};

TEST_F(Calls, KnowAHandleFromItsCreationToItsEnd) {
  const uint64_t stream = make_stream(1);
  EXPECT_EQ(synchronize(stream), CUDA_SUCCESS);
  gf_cuStreamDestroy_v2_args destroy{};
  destroy.hStream = stream;
  EXPECT_EQ(call(GF_OP_cuStreamDestroy_v2, destroy, false), CUDA_SUCCESS);
  EXPECT_EQ(synchronize(stream), CUDA_ERROR_INVALID_HANDLE);
}

TEST_F(Calls, RefuseAHandleOfAnotherKind) {
  EXPECT_EQ(synchronize(gf_handle_make(GF_KIND_EVENT, 0, 1)), CUDA_ERROR_INVALID_HANDLE);
  gf_cuCtxSynchronize_v2_args args{};
  args.context = gf_handle_make(GF_KIND_STREAM, 0, 1);
  EXPECT_EQ(call(GF_OP_cuCtxSynchronize_v2, args), CUDA_ERROR_INVALID_CONTEXT);
}

TEST_F(Calls, PassTheTurnOnWhenTheyWaitForTheGpuAndTheGuestWaitsForThem) {
  make_stream(1);
  turn.passed = 0;
  synchronize(0);
  EXPECT_EQ(turn.passed, 1);
}

TEST_F(Calls, LeaveTheFirstErrorOfAnAsynchronousCallForTheGuest) {
  gf_cuEventRecord_args record{};
  record.hEvent = gf_handle_make(GF_KIND_EVENT, 0, 99);
  EXPECT_EQ(call(GF_OP_cuEventRecord, record, false), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(memory.header()->deferred_error, CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(memory.header()->sticky_error, 0);
  record.hEvent = 0;
  call(GF_OP_cuEventRecord, record, true); // told at once: nothing is deferred
  EXPECT_EQ(memory.header()->deferred_error, CUDA_ERROR_INVALID_HANDLE);
}

TEST_F(Calls, EndTheSessionForFramesThatAreNone) {
  call(GF_OPCODE_COUNT, uint64_t{0});
  EXPECT_STREQ(frame->malformed(), "there is no such opcode");
  call(GF_OP_cuLaunchKernel, uint64_t{0});
  EXPECT_STREQ(frame->malformed(), "the frame ends inside its arguments");
  gf_cuStreamCreate_args args{};
  args.phStream = 12345;
  call(GF_OP_cuStreamCreate, args, false);
  EXPECT_STREQ(frame->malformed(), "a new handle has the wrong form");
}

TEST_F(Calls, KeepEachLanesContextAndDefaultStreamApart) {
  auto other = backend.open_lane(1);
  std::swap(lane, other); // a guest thread without a context
  EXPECT_EQ(allocate(64), 0u);
  std::swap(lane, other);
  EXPECT_NE(allocate(64), 0u);
  // And whichever thread of the executor issues the lane's next call.
  std::thread([&] { EXPECT_NE(allocate(64), 0u); }).join();
  backend.close_lane(*other);
}

TEST_F(Calls, RefuseImagesThatLieAboutTheirSize) {
  auto *heap = memory.view.heap(0, kHeapBytes)->data();
  gf_cuModuleLoadDataEx_args load{};
  load.module = gf_handle_make(GF_KIND_MODULE, 0, 1);
  const uint32_t wrapper[8] = {GF_WRAPPER_MAGIC, 1};
  std::memcpy(heap + 4096, wrapper, sizeof wrapper);
  load.image = {4096, sizeof wrapper};
  EXPECT_EQ(call(GF_OP_cuModuleLoadDataEx, load), CUDA_ERROR_INVALID_IMAGE);
  const gf_fatbin_header fatbin{GF_FATBIN_MAGIC, 1, 16, UINT64_MAX};
  std::memcpy(heap + 4096, &fatbin, sizeof fatbin);
  EXPECT_EQ(call(GF_OP_cuModuleLoadDataEx, load), CUDA_ERROR_INVALID_IMAGE);
}

} // namespace
} // namespace gpuferry::cuda::test
