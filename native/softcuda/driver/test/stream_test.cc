// The order of streams, callbacks, events.
#include "support.h"

#include <atomic>
#include <thread>
#include <unistd.h>

namespace {

using StreamTest = softcuda::test::KernelTest;

TEST_F(StreamTest, HandlesAreChecked) {
  CUstream stream;
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuStreamCreate(&stream, 8));
  ASSERT_CU(cuStreamCreateWithPriority(&stream, CU_STREAM_NON_BLOCKING, -3));
  unsigned flags;
  int priority;
  EXPECT_CU(CUDA_SUCCESS, cuStreamGetFlags(stream, &flags));
  EXPECT_EQ(flags, static_cast<unsigned>(CU_STREAM_NON_BLOCKING));
  EXPECT_CU(CUDA_SUCCESS, cuStreamGetPriority(stream, &priority));
  EXPECT_EQ(priority, -3);
  EXPECT_CU(CUDA_SUCCESS, cuStreamDestroy_v2(stream));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, cuStreamDestroy_v2(stream));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, cuStreamSynchronize(stream));
}

TEST_F(StreamTest, OperationsKeepTheirOrder) {
  CUdeviceptr data = allocate(4096);
  CUstream stream;
  ASSERT_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  EXPECT_CU(CUDA_SUCCESS, fill(data, 1, 1024, stream));
  for (int i = 0; i < 10; i++)
    EXPECT_CU(CUDA_SUCCESS, twice(data, 1024, stream));
  EXPECT_CU(CUDA_SUCCESS, cuStreamSynchronize(stream));
  auto values = read(data, 1024);
  for (unsigned i = 0; i < 1024; i++)
    ASSERT_EQ(values[i], (1 + i) << 10);
  EXPECT_CU(CUDA_SUCCESS, cuStreamDestroy_v2(stream));
  cuMemFree_v2(data);
}

TEST_F(StreamTest, QueryAndEventTellWhatIsUnderWay) {
  CUevent start, end, untimed;
  ASSERT_CU(cuEventCreate(&start, 0));
  ASSERT_CU(cuEventCreate(&end, 0));
  ASSERT_CU(cuEventCreate(&untimed, CU_EVENT_DISABLE_TIMING));
  float ms = -1;
  EXPECT_CU(CUDA_SUCCESS, cuEventQuery(start)); // never recorded: nothing to wait for
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, cuEventElapsedTime(&ms, start, end));
  EXPECT_CU(CUDA_SUCCESS, cuEventRecord(start, nullptr));
  EXPECT_CU(CUDA_SUCCESS, slow());
  EXPECT_CU(CUDA_SUCCESS, cuEventRecord(end, nullptr));
  EXPECT_CU(CUDA_ERROR_NOT_READY, cuEventQuery(end));
  EXPECT_CU(CUDA_ERROR_NOT_READY, cuStreamQuery(nullptr));
  EXPECT_CU(CUDA_ERROR_NOT_READY, cuEventElapsedTime(&ms, start, end));
  EXPECT_CU(CUDA_SUCCESS, cuEventSynchronize(end));
  EXPECT_CU(CUDA_SUCCESS, cuStreamQuery(nullptr));
  EXPECT_CU(CUDA_SUCCESS, cuEventElapsedTime(&ms, start, end));
  EXPECT_GT(ms, 0.5f);
  EXPECT_LT(ms, 10'000.0f);
  EXPECT_CU(CUDA_SUCCESS, cuEventRecord(untimed, nullptr));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, cuEventElapsedTime(&ms, start, untimed));
  for (CUevent event : {start, end, untimed})
    EXPECT_CU(CUDA_SUCCESS, cuEventDestroy_v2(event));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, cuEventDestroy_v2(start));
}

// Blocking streams come after the legacy stream's work, and it after theirs; others run on their
// own.
TEST_F(StreamTest, LegacyStreamOrdersBlockingStreams) {
  CUstream blocking, free_stream;
  ASSERT_CU(cuStreamCreate(&blocking, CU_STREAM_DEFAULT));
  ASSERT_CU(cuStreamCreate(&free_stream, CU_STREAM_NON_BLOCKING));
  CUdeviceptr data = allocate(4096);
  for (int round = 0; round < 3; round++) {
    EXPECT_CU(CUDA_SUCCESS, cuMemsetD32Async(data, 1, 1024, nullptr));
    EXPECT_CU(CUDA_SUCCESS, slow(nullptr));
    EXPECT_CU(CUDA_SUCCESS, cuMemsetD32Async(data, 3, 1024, nullptr));
    EXPECT_CU(CUDA_SUCCESS, twice(data, 1024, blocking)); // after all three
    EXPECT_CU(CUDA_ERROR_NOT_READY, cuStreamQuery(blocking));
    EXPECT_CU(CUDA_SUCCESS, cuStreamQuery(free_stream));
    EXPECT_CU(CUDA_SUCCESS, slow(blocking));
    EXPECT_CU(CUDA_SUCCESS, twice(data, 1024, nullptr)); // after both
    EXPECT_EQ(read(data, 1024), std::vector<unsigned>(1024, 12u));
    EXPECT_CU(CUDA_SUCCESS, cuStreamQuery(blocking));
  }
  // Destroyed while at work, it still stands before the legacy stream's next operation.
  EXPECT_CU(CUDA_SUCCESS, slow(blocking));
  EXPECT_CU(CUDA_SUCCESS, cuMemsetD32Async(data, 9, 1024, blocking));
  EXPECT_CU(CUDA_SUCCESS, cuStreamDestroy_v2(blocking));
  EXPECT_EQ(read(data, 1024), std::vector<unsigned>(1024, 9u));
  cuStreamDestroy_v2(free_stream);
  cuMemFree_v2(data);
}

TEST_F(StreamTest, WaitEventOrdersTwoStreams) {
  CUstream first, second;
  CUevent event;
  ASSERT_CU(cuStreamCreate(&first, CU_STREAM_NON_BLOCKING));
  ASSERT_CU(cuStreamCreate(&second, CU_STREAM_NON_BLOCKING));
  ASSERT_CU(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
  CUdeviceptr data = allocate(4096);
  for (int round = 0; round < 5; round++) {
    EXPECT_CU(CUDA_SUCCESS, slow(first));
    EXPECT_CU(CUDA_SUCCESS, cuMemsetD32Async(data, 5, 1024, first));
    EXPECT_CU(CUDA_SUCCESS, cuEventRecord(event, first));
    EXPECT_CU(CUDA_SUCCESS, cuStreamWaitEvent(second, event, 0));
    EXPECT_CU(CUDA_SUCCESS, twice(data, 1024, second));
    EXPECT_CU(CUDA_SUCCESS, cuStreamSynchronize(second));
    EXPECT_EQ(read(data, 1024), std::vector<unsigned>(1024, 10u));
  }
  cuEventDestroy_v2(event);
  cuStreamDestroy_v2(first);
  cuStreamDestroy_v2(second);
  cuMemFree_v2(data);
}

TEST_F(StreamTest, HostFunctionsRunInOrderAndMayNotCallCuda) {
  struct Seen {
    std::atomic<int> calls{0};
    std::atomic<int> result{-1};
  } seen;
  CUstream stream;
  ASSERT_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  EXPECT_CU(CUDA_SUCCESS, slow(stream));
  auto function = [](void *user) {
    auto *seen = static_cast<Seen *>(user);
    CUdeviceptr address;
    seen->result = cuMemAlloc_v2(&address, 16);
    seen->calls++;
  };
  EXPECT_CU(CUDA_SUCCESS, cuLaunchHostFunc(stream, function, &seen));
  EXPECT_EQ(seen.calls, 0);
  EXPECT_CU(CUDA_SUCCESS, cuStreamSynchronize(stream));
  EXPECT_EQ(seen.calls, 1);
  EXPECT_EQ(seen.result, CUDA_ERROR_NOT_PERMITTED);
  auto callback = [](CUstream, CUresult status, void *user) {
    static_cast<Seen *>(user)->result = status;
    static_cast<Seen *>(user)->calls++;
  };
  EXPECT_CU(CUDA_SUCCESS, cuStreamAddCallback(stream, callback, &seen, 0));
  EXPECT_CU(CUDA_SUCCESS, cuStreamSynchronize(stream));
  EXPECT_EQ(seen.calls, 2);
  EXPECT_EQ(seen.result, CUDA_SUCCESS);
  cuStreamDestroy_v2(stream);
}

TEST_F(StreamTest, MemoryOperationsWaitForAWord) {
  CUdeviceptr word = allocate(8);
  CUstream waiting, writing;
  ASSERT_CU(cuStreamCreate(&waiting, CU_STREAM_NON_BLOCKING));
  ASSERT_CU(cuStreamCreate(&writing, CU_STREAM_NON_BLOCKING));
  ASSERT_CU(cuMemsetD32_v2(word, 0, 2));
  ASSERT_CU(cuCtxSynchronize());
  EXPECT_CU(CUDA_SUCCESS, cuStreamWaitValue32_v2(waiting, word, 3, CU_STREAM_WAIT_VALUE_GEQ));
  usleep(2000);
  EXPECT_CU(CUDA_ERROR_NOT_READY, cuStreamQuery(waiting));
  EXPECT_CU(CUDA_SUCCESS, cuStreamWriteValue32_v2(writing, word, 4, 0));
  EXPECT_CU(CUDA_SUCCESS, cuStreamSynchronize(waiting));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuStreamWriteValue32_v2(writing, word + 1, 4, 0));
  cuStreamDestroy_v2(waiting);
  cuStreamDestroy_v2(writing);
  cuMemFree_v2(word);
}

// Many threads on many streams, with events between them: ends, with the right sums.
TEST_F(StreamTest, ThreadsAndStreamsAtOnce) {
  constexpr int kThreads = 4, kStreams = 3, kRounds = 100;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; t++) {
    threads.emplace_back([this] {
      ASSERT_CU(cuCtxSetCurrent(context));
      CUstream streams[kStreams];
      CUevent event;
      CUdeviceptr data = allocate(256);
      ASSERT_CU(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
      for (CUstream &stream : streams)
        ASSERT_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
      ASSERT_CU(cuMemsetD32Async(data, 1, 64, streams[0]));
      for (int round = 0; round < kRounds; round++) {
        CUstream from = streams[round % kStreams], to = streams[(round + 1) % kStreams];
        if (round % 20 == 0) {
          ASSERT_CU(cuMemsetD32Async(data, 1, 64, from));
        }
        ASSERT_CU(twice(data, 64, from));
        ASSERT_CU(cuEventRecord(event, from));
        ASSERT_CU(cuStreamWaitEvent(to, event, 0));
      }
      ASSERT_CU(cuStreamSynchronize(streams[kRounds % kStreams]));
      std::vector<unsigned> back(64);
      ASSERT_CU(cuMemcpyDtoHAsync_v2(back.data(), data, 256, streams[kRounds % kStreams]));
      EXPECT_EQ(back, std::vector<unsigned>(64, 1u << 20));
      for (CUstream stream : streams)
        ASSERT_CU(cuStreamDestroy_v2(stream));
      ASSERT_CU(cuMemFree_v2(data));
    });
  }
  for (std::thread &thread : threads)
    thread.join();
}

TEST_F(StreamTest, PerThreadStreamIsTheThreadsOwn) {
  unsigned long long here = 0, there = 0, legacy = 0;
  EXPECT_CU(CUDA_SUCCESS, cuStreamGetId(CU_STREAM_PER_THREAD, &here));
  EXPECT_CU(CUDA_SUCCESS, cuStreamGetId(nullptr, &legacy));
  std::thread([&] {
    EXPECT_CU(CUDA_SUCCESS, cuCtxSetCurrent(context));
    EXPECT_CU(CUDA_SUCCESS, cuStreamGetId(CU_STREAM_PER_THREAD, &there));
  }).join();
  EXPECT_NE(here, there);
  EXPECT_NE(here, legacy);
  EXPECT_CU(CUDA_SUCCESS, cuStreamGetId_ptsz(nullptr, &there));
  EXPECT_EQ(here, there);
}

} // namespace
