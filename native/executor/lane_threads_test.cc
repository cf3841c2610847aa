#include "executor/issuer.h"
#include "executor/lane_threads.h"
#include "ring/testing/guest_end.h"

#include <atomic>
#include <condition_variable>
#include <gtest/gtest.h>
#include <thread>

namespace gpuferry::executor {
namespace {

using ring::testing::GuestLane;
using ring::testing::TestRegion;

constexpr uint16_t kNote = 1;  // notes its argument
constexpr uint16_t kBlock = 2; // passes the turn on and waits until the test lets it go

/// Stands where an API with thread-local state would: notes what is issued, and on which thread.
struct Notes final : Backend {
  struct State final : LaneState {
    std::thread::id thread = std::this_thread::get_id();
  };
  std::unique_ptr<LaneState> open_lane(unsigned) override { return std::make_unique<State>(); }
  void close_lane(LaneState &) override { ++closed; }
  int issue(LaneState &state, wire::Frame &frame, wire::Reply &reply, Turn &turn) override {
    const uint64_t argument = *frame.args<uint64_t>();
    std::unique_lock lock(mutex);
    issued.push_back(argument);
    strayed |= static_cast<State &>(state).thread != std::this_thread::get_id();
    changed.notify_all();
    if (frame.header().opcode == kBlock) {
      turn.pass_on();
      changed.wait(lock, [&] { return let_go; });
    }
    *reinterpret_cast<uint64_t *>(reply.add(sizeof(uint64_t))) = argument + 1;
    return static_cast<int>(argument);
  }

  bool wait_for(size_t count) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(5), [&] { return issued.size() >= count; });
  }
  std::vector<uint64_t> seen() {
    std::lock_guard lock(mutex);
    return issued;
  }
  void release() {
    std::lock_guard lock(mutex);
    let_go = true;
    changed.notify_all();
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<uint64_t> issued;
  bool let_go = false, strayed = false;
  std::atomic<int> closed{0};
};

struct Ends final : SessionEnd {
  void end(End why, const std::string &) override {
    reason = why;
    ended = true;
  }
  bool wait() const {
    for (int i = 0; i < 5000 && !ended; ++i)
      usleep(1000);
    return ended;
  }
  std::atomic<bool> ended{false};
  std::atomic<End> reason{End::fault};
};

struct LaneThreadsTest : ::testing::Test {
  void SetUp() override { issuer.start(); }
  void TearDown() override {
    notes.release();
    threads.stop();
    issuer.stop();
  }

  GuestLane open(unsigned index) {
    GuestLane lane(memory, index, GF_LANE_KIND_GL);
    lane.announce();
    return lane;
  }
  /// A frame that may be issued once `point` points have been passed.
  void note(GuestLane &lane, uint64_t argument, uint64_t point, uint16_t flags = 0,
            uint16_t opcode = kNote) {
    std::vector<std::byte> body(sizeof argument);
    std::memcpy(body.data(), &argument, sizeof argument);
    lane.send_with_ticket(opcode, body, flags, point);
  }

  TestRegion memory;
  Notes notes, cuda;
  Ends ends;
  LaneThreads threads{memory.view, notes, ends};
  Issuer issuer{memory.view, cuda, ends, nullptr, &threads};
};

TEST_F(LaneThreadsTest, IssueALanesFramesInOrderOnOneThreadAndAnswer) {
  GuestLane lane = open(0);
  for (uint64_t i = 0; i < 1000; ++i)
    note(lane, i, 0);
  note(lane, 1000, 0, GF_FRAME_SYNC);
  ASSERT_TRUE(lane.await());
  EXPECT_EQ(lane.lane()->status, 1000);
  const auto seen = notes.seen();
  ASSERT_EQ(seen.size(), 1001u);
  for (uint64_t i = 0; i < seen.size(); ++i)
    EXPECT_EQ(seen[i], i);
  EXPECT_FALSE(notes.strayed);
  EXPECT_TRUE(cuda.seen().empty());
}

TEST_F(LaneThreadsTest, WakeUpForALaneThatWasQuietForLong) {
  GuestLane lane = open(0);
  for (uint64_t i = 0; i < 20; ++i) {
    note(lane, i, 0, GF_FRAME_SYNC);
    ASSERT_TRUE(lane.await());
    usleep(2000); // longer than any spin
  }
}

TEST_F(LaneThreadsTest, IssueAPointAfterAllPointsBeforeIt) {
  GuestLane a = open(0), b = open(1);
  note(b, 2, 1, GF_FRAME_POINT);
  note(b, 3, 2);
  usleep(20'000);
  EXPECT_TRUE(notes.seen().empty());
  note(a, 1, 0, GF_FRAME_POINT);
  ASSERT_TRUE(notes.wait_for(3));
  EXPECT_EQ(notes.seen(), (std::vector<uint64_t>{1, 2, 3}));
}

TEST_F(LaneThreadsTest, LetOthersGoOnOnceABlockingPointIsReached) {
  GuestLane a = open(0), b = open(1);
  note(a, 1, 0, GF_FRAME_POINT | GF_FRAME_SYNC, kBlock);
  note(b, 2, 1, GF_FRAME_SYNC);
  EXPECT_TRUE(b.await());
  EXPECT_EQ(notes.seen(), (std::vector<uint64_t>{1, 2}));
  notes.release();
  EXPECT_TRUE(a.await());
}

TEST_F(LaneThreadsTest, GiveAClosedLaneBackForAnotherThread) {
  for (uint64_t i = 0; i < 50; ++i) {
    // Turn and turn about with the other kind, which the issuer serves itself.
    GuestLane gl = open(0);
    note(gl, i, 0);
    gl.close();
    while (gf_load_acquire(&gl.lane()->state) != GF_LANE_FREE)
      usleep(100);
    GuestLane other(memory, 0);
    std::vector<std::byte> body(sizeof i);
    other.send(kNote, body, GF_FRAME_SYNC);
    ASSERT_TRUE(other.await());
    other.close();
    while (gf_load_acquire(&other.lane()->state) != GF_LANE_FREE)
      usleep(100);
  }
  EXPECT_EQ(notes.closed, 50);
  EXPECT_EQ(notes.seen().size(), 50u);
  EXPECT_FALSE(ends.ended);
}

TEST_F(LaneThreadsTest, EndTheSessionForAPointThatWasPassedBefore) {
  GuestLane lane = open(0);
  note(lane, 1, 0, GF_FRAME_POINT);
  note(lane, 2, 0, GF_FRAME_POINT);
  ASSERT_TRUE(ends.wait());
  EXPECT_EQ(ends.reason, End::poisoned);
  EXPECT_EQ(notes.seen().size(), 1u);
}

TEST_F(LaneThreadsTest, EndTheSessionForARingThatIsNone) {
  GuestLane lane = open(0);
  lane.publish(12);
  ASSERT_TRUE(ends.wait());
  EXPECT_EQ(ends.reason, End::poisoned);
}

TEST_F(LaneThreadsTest, KeepThePointsOfManyThreadsInOrder) {
  constexpr unsigned kLanes = 4, kPoints = 400;
  std::atomic<uint64_t> next{0};
  std::vector<std::thread> guests;
  for (unsigned i = 0; i < kLanes; ++i)
    guests.emplace_back([&, i] {
      GuestLane lane = open(i);
      for (unsigned n = 0; n < kPoints; ++n) {
        const uint64_t point = next.fetch_add(1);
        note(lane, point, point, GF_FRAME_POINT);
      }
      note(lane, UINT32_MAX, 0, GF_FRAME_SYNC);
      EXPECT_TRUE(lane.await(20'000));
    });
  for (std::thread &guest : guests)
    guest.join();
  uint64_t expected = 0;
  for (const uint64_t argument : notes.seen()) {
    if (argument != UINT32_MAX) {
      EXPECT_EQ(argument, expected++);
    }
  }
  EXPECT_EQ(expected, kLanes * kPoints);
}

} // namespace
} // namespace gpuferry::executor
