// The guest's lanes against the executor's issuer under ThreadSanitizer: many threads, frames of all
// sizes, full rings, parked sides, lanes that come and go, calls that block, and slots of staging.
extern "C" {
#include "heap/heap.h"
#include "lane/lane.h"
#include "session/session.h"
#include "staging/staging.h"
}
#include "executor/issuer.h"
#include "fake_host.h"
#include "ring/futex.h"

#include <atomic>
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace gpuferry {
namespace {

constexpr uint16_t kAsync = 1, kSync = 2, kBlocking = 3, kStaged = 4;
constexpr unsigned kThreads = 6, kRounds = 3, kFrames = 4000;

/// What every frame carries, before its filling.
struct Note {
  uint64_t thread, number, filling_bytes, offset_bytes, done_offset_bytes;
};

/// Checks each frame as it is issued: order of tickets, order within a thread, every byte.
struct Checker final : executor::Backend {
  std::unique_ptr<executor::LaneState> open_lane(unsigned) override {
    return std::make_unique<executor::LaneState>();
  }
  void close_lane(executor::LaneState &) override {}
  void idle() override {}

  int issue(executor::LaneState &, wire::Frame &frame, wire::Reply &reply,
            executor::Turn &turn) override {
    EXPECT_EQ(frame.header().ticket, next_ticket++);
    const Note note = *frame.args<Note>();
    EXPECT_EQ(note.number, next_number[note.thread]++);
    const bool staged = frame.header().opcode == kStaged;
    const uint8_t *filling =
        staged ? gf_session.heap + note.offset_bytes
               : reinterpret_cast<const uint8_t *>(frame.take(note.filling_bytes));
    for (uint64_t i = 0; i < note.filling_bytes; ++i)
      if (filling[i] != static_cast<uint8_t>(note.number + i))
        ++garbled;
    if (staged) {
      auto *done = reinterpret_cast<uint32_t *>(gf_session.heap + note.done_offset_bytes);
      gf_store_release(done, 1);
      ring::futex_wake(done, 1);
    }
    *reinterpret_cast<uint64_t *>(reply.add(sizeof(uint64_t))) = note.number * 3;
    if (frame.header().opcode == kBlocking) {
      turn.pass_on();
      usleep(20);
    }
    return 0;
  }

  // Touched by whoever is the issuer: the role hands them on, which is part of what is tested.
  uint64_t next_ticket = 0;
  uint64_t next_number[kThreads] = {};
  std::atomic<uint64_t> garbled{0};
};

struct NoEnd final : executor::SessionEnd {
  void end(executor::End, const std::string &detail) override { ADD_FAILURE() << detail; }
};

void send(gf_lane_client *lane, uint16_t opcode, const Note &note, bool wait) {
  const uint64_t filling_bytes = opcode == kStaged ? 0 : note.filling_bytes;
  const auto size_bytes =
      static_cast<uint32_t>(sizeof(gf_frame) + sizeof note + GF_ALIGN8(filling_bytes));
  gf_frame *frame = gf_lane_reserve(lane, size_bytes);
  frame->size_bytes = size_bytes;
  frame->opcode = opcode;
  frame->flags = wait ? GF_FRAME_SYNC : 0;
  auto *body = reinterpret_cast<Note *>(frame + 1);
  *body = note;
  auto *filling = reinterpret_cast<uint8_t *>(body + 1);
  for (uint64_t i = 0; i < filling_bytes; ++i)
    filling[i] = static_cast<uint8_t>(note.number + i);
  if (wait)
    lane->syncs++;
  gf_lane_publish(lane, frame);
  if (!wait)
    return;
  ASSERT_EQ(gf_lane_await(lane), 0);
  uint64_t answer;
  std::memcpy(&answer, gf_lane_reply(lane), sizeof answer);
  ASSERT_EQ(answer, note.number * 3);
}

void send_staged(gf_lane_client *lane, Note note) {
  gf_staging *staging = gf_staging_of(lane);
  ASSERT_NE(staging, nullptr);
  gf_staging_slot *slot = gf_staging_take(staging, note.filling_bytes);
  ASSERT_NE(slot, nullptr);
  for (uint64_t i = 0; i < note.filling_bytes; ++i)
    slot->data[i] = static_cast<uint8_t>(note.number + i);
  note.offset_bytes = slot->data_offset_bytes;
  note.done_offset_bytes = slot->done_offset_bytes;
  send(lane, kStaged, note, false);
}

/// One guest thread: opens a lane and closes it, round after round.
void guest(unsigned thread) {
  std::minstd_rand random(thread + 1);
  uint64_t number = 0;
  for (unsigned round = 0; round < kRounds; ++round) {
    gf_lane_client *lane = gf_lane_open(GF_LANE_KIND_CUDA, sizeof *lane);
    ASSERT_NE(lane, nullptr);
    for (unsigned i = 0; i < kFrames; ++i) {
      const unsigned what = random() % 1000;
      // Mostly small, now and then as large as a frame may be.
      const uint64_t bytes = what % 50 == 0 ? random() % 60000 : random() % 64;
      const Note note{thread, number++, bytes, 0, 0};
      if (what < 10)
        send_staged(lane, note);
      else if (what < 20)
        send(lane, kBlocking, note, true);
      else
        send(lane, what < 100 ? kSync : kAsync, note, what < 100);
      if (what == 999)
        usleep(300); // long enough for the issuer to park
    }
    gf_staging_close(lane);
    gf_lane_close(lane);
  }
}

TEST(RingStress, EveryFrameArrivesOnceInOrderAndWhole) {
  testing::FakeHost host(64 << 20);
  ASSERT_EQ(gf_session_open(0), GF_CONNECT_OK);
  ring::Region region(host.region_fd(), host.region_bytes(), 0);
  Checker checker;
  NoEnd end;
  executor::Issuer issuer(region, checker, end);
  issuer.start();
  std::vector<std::thread> guests;
  for (unsigned i = 0; i < kThreads; ++i)
    guests.emplace_back(guest, i);
  for (auto &thread : guests)
    thread.join();
  // What the last lanes left behind is still issued after they were closed.
  const uint64_t sent = uint64_t{kThreads} * kRounds * kFrames;
  for (int i = 0; i < 500 && gf_load_relaxed(&gf_session.region->issued_ticket) < sent; ++i)
    usleep(10'000);
  issuer.stop();
  EXPECT_EQ(checker.next_ticket, sent);
  EXPECT_EQ(checker.garbled, 0u);

  // A guest that waits for an answer learns that nobody is left to give it.
  gf_lane_client *lane = gf_lane_open(GF_LANE_KIND_CUDA, sizeof *lane);
  ASSERT_NE(lane, nullptr);
  gf_frame *frame = gf_lane_reserve(lane, sizeof(gf_frame));
  *frame = {sizeof(gf_frame), kSync, GF_FRAME_SYNC, 0};
  lane->syncs++;
  gf_lane_publish(lane, frame);
  const uint64_t before_ns = gf_now_ns();
  host.hang_up();
  EXPECT_EQ(gf_lane_await(lane), -1);
  EXPECT_LT(gf_now_ns() - before_ns, 2'000'000'000u);
  EXPECT_EQ(gf_session.region->sticky_error, GF_ENDED_LOST);
  EXPECT_NE(gf_session_check(), 0);
}

} // namespace
} // namespace gpuferry
