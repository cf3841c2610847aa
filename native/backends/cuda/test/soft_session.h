// A session of the backend on the software device, in the test's own process: no rings, no server, but the
// real driver and real calls.
#pragma once

#include "backends/cuda/backend.h"
#include "ring/testing/guest_end.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

namespace gpuferry::cuda::test {

struct NoTurn final : executor::Turn {
  void pass_on() override { ++passed; }
  int passed = 0;
};

class SoftSession : public ::testing::Test {
protected:
  static constexpr uint64_t kHeapBytes = 8 << 20;
  static constexpr uint64_t kQuotaBytes = 64 << 20;

  SoftSession() {
    grant_page.granted_ns = GF_GRANT_UNGATED;
    grant_page.memory_quota_bytes = UINT64_MAX;
    lane = backend.open_lane(0);
  }

  /// One process loads the driver once.
  static DriverLibrary &library() {
    static DriverLibrary loaded = load_driver(GF_SOFTCUDA_PATH);
    return loaded;
  }

  /// Issues one call; its result. Data is in `answer<T>()`, a violation in `frame->malformed()`.
  template <class Args>
  CUresult call(uint16_t opcode, const Args &args, bool is_sync = true,
                const std::vector<std::byte> &tail = {}) {
    const auto size =
        static_cast<uint32_t>(sizeof(gf_frame) + sizeof args + GF_ALIGN8(tail.size()));
    const gf_frame header{size, opcode, static_cast<uint16_t>(is_sync ? GF_FRAME_SYNC : 0), 0};
    std::memcpy(frame->buffer(), &header, sizeof header);
    std::memcpy(frame->buffer() + sizeof header, &args, sizeof args);
    std::copy(tail.begin(), tail.end(), frame->buffer() + sizeof header + sizeof args);
    frame->rewind();
    wire::Reply reply(reply_slot.data());
    return static_cast<CUresult>(backend.issue(*lane, *frame, reply, turn));
  }
  template <class Reply> const Reply &answer() const {
    return *reinterpret_cast<const Reply *>(reply_slot.data());
  }

  /// Retains the primary context and makes it current.
  void use_context() {
    gf_cuDevicePrimaryCtxRetain_args retain{};
    retain.context = gf_handle_make(GF_KIND_CONTEXT, 0, 1);
    ASSERT_EQ(call(GF_OP_cuDevicePrimaryCtxRetain, retain), CUDA_SUCCESS);
    gf_gfSetCurrent_args current{};
    current.context = answer<gf_cuDevicePrimaryCtxRetain_reply>().context;
    ASSERT_EQ(call(GF_OP_gfSetCurrent, current, false), CUDA_SUCCESS);
  }

  uint64_t allocate(uint64_t bytes) {
    gf_cuMemAlloc_v2_args args{};
    args.size_bytes = bytes;
    return call(GF_OP_cuMemAlloc_v2, args) == CUDA_SUCCESS
               ? answer<gf_cuMemAlloc_v2_reply>().address
               : 0;
  }

  ring::testing::TestRegion memory{kHeapBytes};
  gf_grant grant_page{};
  executor::GrantPage grant{&grant_page};
  executor::Courier courier{make_socket(), &memory.header()->courier_sent, [] {}};
  Session session{library(), memory.view, courier, grant, {0}, kQuotaBytes};
  CudaBackend backend{session, [] {}};
  std::unique_ptr<executor::LaneState> lane;
  std::unique_ptr<wire::Frame> frame = std::make_unique<wire::Frame>();
  std::vector<std::byte> reply_slot = std::vector<std::byte>(GF_REPLY_DATA_BYTES);
  NoTurn turn;

private:
  static int make_socket() {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0)
      std::abort();
    close(pair[1]);
    return pair[0];
  }
};

} // namespace gpuferry::cuda::test
