#include "executor/issuer.h"
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
constexpr uint16_t kMalformed = 3;

/// Stands where a GPU API would: notes what is issued, in order.
struct Notes final : Backend {
  std::unique_ptr<LaneState> open_lane(unsigned) override {
    ++opened;
    return std::make_unique<LaneState>();
  }
  void close_lane(LaneState &) override { ++closed; }
  int issue(LaneState &, wire::Frame &frame, wire::Reply &reply, Turn &turn) override {
    if (frame.header().opcode == kMalformed) {
      frame.violate("as the test asked");
      return -1;
    }
    const uint64_t argument = *frame.args<uint64_t>();
    {
      std::lock_guard lock(mutex);
      issued.push_back(argument);
    }
    if (frame.header().opcode == kBlock) {
      turn.pass_on();
      std::unique_lock lock(mutex);
      ++blocked;
      changed.notify_all();
      changed.wait(lock, [&] { return let_go; });
    }
    *reinterpret_cast<uint64_t *>(reply.add(sizeof(uint64_t))) = argument + 1;
    return static_cast<int>(argument);
  }
  void idle() override {}

  std::vector<uint64_t> seen() {
    std::lock_guard lock(mutex);
    return issued;
  }
  void release() {
    std::lock_guard lock(mutex);
    let_go = true;
    changed.notify_all();
  }
  bool wait_blocked(int count) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(5), [&] { return blocked >= count; });
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<uint64_t> issued;
  int blocked = 0;
  bool let_go = false;
  std::atomic<int> opened{0}, closed{0};
};

struct Ends final : SessionEnd {
  void end(End why, const std::string &detail) override {
    if (ended)
      return;
    reason = why;
    text = detail;
    ended = true;
  }
  bool wait() const {
    for (int i = 0; i < 5000 && !ended; ++i)
      usleep(1000);
    return ended;
  }
  std::atomic<bool> ended{false};
  End reason{};
  std::string text;
};

struct IssuerTest : ::testing::Test {
  ~IssuerTest() override {
    notes.release();
    issuer.stop();
  }
  static std::vector<std::byte> number(uint64_t value) {
    std::vector<std::byte> body(sizeof value);
    std::memcpy(body.data(), &value, sizeof value);
    return body;
  }

  TestRegion memory;
  ring::Region *region = &memory.view;
  Notes notes;
  Ends ends;
  Issuer issuer{*region, notes, ends};
};

TEST_F(IssuerTest, AnswersASyncFrameWithStatusAndData) {
  issuer.start();
  GuestLane lane(memory, 0);
  lane.send(kNote, number(41), GF_FRAME_SYNC);
  ASSERT_TRUE(lane.await());
  EXPECT_EQ(lane.lane()->status, 41);
  EXPECT_EQ(lane.lane()->size_bytes, 8u);
  EXPECT_EQ(*reinterpret_cast<uint64_t *>(region->reply_data(0)), 42u);
}

TEST_F(IssuerTest, IssuesInTheOrderOfTicketsWhateverLanesTheyLieIn) {
  GuestLane a(memory, 0), b(memory, 1), c(memory, 7);
  b.send_with_ticket(kNote, number(1), 0, 1);
  c.send_with_ticket(kNote, number(2), 0, 2);
  b.send_with_ticket(kNote, number(4), GF_FRAME_SYNC, 4);
  c.send_with_ticket(kNote, number(5), GF_FRAME_SYNC, 5);
  issuer.start();
  a.send_with_ticket(kNote, number(0), 0, 0);
  a.send_with_ticket(kNote, number(3), GF_FRAME_SYNC, 3);
  ASSERT_TRUE(a.await() && b.await() && c.await());
  EXPECT_EQ(notes.seen(), (std::vector<uint64_t>{0, 1, 2, 3, 4, 5}));
}

TEST_F(IssuerTest, DoesNotHoldUpOtherLanesWhileACallBlocks) {
  issuer.start();
  std::vector<std::unique_ptr<GuestLane>> lanes;
  for (unsigned i = 0; i < 6; ++i)
    lanes.push_back(std::make_unique<GuestLane>(memory, i));
  for (unsigned i = 0; i < 5; ++i) {
    lanes[i]->send(kBlock, number(i), GF_FRAME_SYNC);
    ASSERT_TRUE(notes.wait_blocked(static_cast<int>(i) + 1));
  }
  for (unsigned i = 0; i < 100; ++i) {
    lanes[5]->send(kNote, number(100 + i), GF_FRAME_SYNC);
    ASSERT_TRUE(lanes[5]->await());
  }
  notes.release();
  for (auto &lane : lanes)
    EXPECT_TRUE(lane->await());
}

TEST_F(IssuerTest, LeavesALanesNextFrameUntilItsBlockingCallIsAnswered) {
  issuer.start();
  GuestLane lane(memory, 0), other(memory, 1);
  lane.send(kBlock, number(0), GF_FRAME_SYNC);
  ASSERT_TRUE(notes.wait_blocked(1));
  lane.send(kNote, number(1), GF_FRAME_SYNC);
  other.send(kNote, number(2), GF_FRAME_SYNC);
  EXPECT_FALSE(other.await(50)); // its ticket comes after that of the frame that waits
  notes.release();
  EXPECT_TRUE(lane.await() && other.await());
  EXPECT_EQ(notes.seen(), (std::vector<uint64_t>{0, 1, 2}));
}

TEST_F(IssuerTest, WakesFromTheDoorbellAfterAnyPause) {
  issuer.start();
  GuestLane lane(memory, 0);
  for (unsigned i = 0; i < 200; ++i) {
    lane.send(kNote, number(i), GF_FRAME_SYNC);
    ASSERT_TRUE(lane.await()) << i;
    usleep(i % 7 * 40); // around the time at which the issuer goes to sleep
  }
}

TEST_F(IssuerTest, IssuesWhatLiesBehindABlockingCallWhileOthersParkAndWake) {
  notes.release();
  issuer.start();
  GuestLane lane(memory, 0), other(memory, 1);
  for (unsigned i = 0; i < 2000; ++i) {
    lane.send(kBlock, number(i), GF_FRAME_SYNC);
    for (int behind = 0; behind < 4; ++behind)
      lane.send(kNote, number(i));
    other.send(kNote, number(i), GF_FRAME_SYNC);
    ASSERT_TRUE(other.await()) << i; // comes after all of them
    if (i % 8 == 0)
      usleep(60); // the issuer sleeps in between
  }
}

TEST_F(IssuerTest, FreesAClosedLaneForAnotherThread) {
  issuer.start();
  for (int round = 1; round <= 3; ++round) {
    GuestLane lane(memory, 0);
    lane.send(kNote, number(1), GF_FRAME_SYNC);
    ASSERT_TRUE(lane.await());
    lane.close();
    for (int i = 0; i < 5000 && gf_load_acquire(&lane.lane()->state) != GF_LANE_FREE; ++i)
      usleep(1000);
    ASSERT_EQ(gf_load_acquire(&lane.lane()->state), uint32_t{GF_LANE_FREE});
    EXPECT_EQ(notes.closed, round);
  }
}

TEST_F(IssuerTest, PoisonsASessionThatUsesATicketTwice) {
  issuer.start();
  GuestLane lane(memory, 0);
  lane.send_with_ticket(kNote, number(0), 0, 0);
  lane.send_with_ticket(kNote, number(0), 0, 0);
  ASSERT_TRUE(ends.wait());
  EXPECT_EQ(ends.reason, End::poisoned);
  EXPECT_NE(ends.text.find("ticket 0"), std::string::npos) << ends.text;
}

TEST_F(IssuerTest, PoisonsASessionWhoseFrameIsNoFrame) {
  issuer.start();
  GuestLane lane(memory, 0);
  lane.send(kMalformed);
  ASSERT_TRUE(ends.wait());
  EXPECT_EQ(ends.text, "as the test asked");
}

TEST_F(IssuerTest, PoisonsASessionWithALaneOfUnknownKind) {
  issuer.start();
  GuestLane lane(memory, 0);
  gf_store_relaxed(&lane.lane()->kind, 9u);
  lane.send(kNote, number(0));
  ASSERT_TRUE(ends.wait());
  EXPECT_EQ(ends.reason, End::poisoned);
}

TEST_F(IssuerTest, KeepsOrderUnderManyThreadsThatBlockAndPause) {
  constexpr unsigned kThreads = 6, kCalls = 3000;
  notes.release(); // blocking calls pass the turn on and return at once
  issuer.start();
  std::vector<std::thread> threads;
  std::atomic<unsigned> failures{0};
  for (unsigned t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      GuestLane lane(memory, t);
      for (unsigned i = 0; i < kCalls; ++i) {
        const bool is_sync = i % 5 == t % 5;
        lane.send(i % 3 == 0 && is_sync ? kBlock : kNote, number(uint64_t{t} << 32 | i),
                  is_sync ? GF_FRAME_SYNC : 0);
        if (is_sync && !lane.await())
          ++failures;
        if (i % 500 == 0)
          usleep(200);
      }
      lane.send(kNote, number(uint64_t{t} << 32 | kCalls), GF_FRAME_SYNC);
      failures += !lane.await();
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(failures, 0u);
  std::lock_guard lock(notes.mutex);
  EXPECT_EQ(notes.issued.size(), kThreads * (kCalls + 1));
  uint64_t next[kThreads] = {};
  for (const uint64_t argument : notes.issued) // each thread's own calls stay in order
    EXPECT_EQ(argument & UINT32_MAX, next[argument >> 32]++);
}

} // namespace
} // namespace gpuferry::executor
