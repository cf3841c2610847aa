// The campaign of the test suite: a million frames, valid, mutated and made up, into real executors with
// the software device. Sessions may end, and must, when a frame is none; nothing may crash.
//
//   GF_FUZZ_FRAMES  how many (1,000,000)      GF_FUZZ_SEED  which (1)
#include "executor/fuzz/executor_under_test.h"
#include "executor/fuzz/frame_maker.h"

#include "backends/cuda/call.h"

#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <map>

namespace gpuferry::executor::fuzz {
namespace {

constexpr uint64_t kHungNs = 4'000'000'000;
constexpr unsigned kLanes = 3;
constexpr unsigned kFramesALook = 256;

uint64_t setting(const char *name, uint64_t otherwise) {
  const char *text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string name_of(uint16_t opcode) {
  const char *symbol = opcode < GF_OPCODE_COUNT ? cuda::handlers()[opcode].symbol : nullptr;
  return symbol ? symbol : std::to_string(opcode);
}

/// One session: frames until it ends or the campaign does.
class Session {
public:
  Session(FrameMaker &maker, const std::string &path) : maker_(maker), executor_(path) {
    for (unsigned i = 0; i < kLanes; ++i)
      lanes_.push_back(std::make_unique<ring::testing::GuestLane>(executor_.memory(), i));
  }

  /// Sends up to `frames`; how many the executor took. `verdict` is how the session stands then.
  uint64_t run(uint64_t frames, Verdict &verdict) {
    send_all(frames, verdict);
    return gf_load_acquire(&executor_.memory().header()->issued_ticket);
  }

  /// The frame that the executor was at when it ended.
  MadeFrame last_frame() {
    const uint64_t issued = gf_load_relaxed(&executor_.memory().header()->issued_ticket);
    const auto found = frames_.find(issued - 1);
    return found == frames_.end() ? MadeFrame{} : found->second;
  }

private:
  void send_all(uint64_t frames, Verdict &verdict) {
    for (const MadeFrame &frame : maker_.opening(executor_.memory().view.heap(0, 1)->data()))
      if (!send(*lanes_[0], frame, verdict))
        return;
    for (uint64_t sent = 0; sent < frames;) {
      // Rarely something that no frame can do: a lane that lies about itself.
      if (maker_.number(200'000) == 0)
        lie();
      if (!send(*lanes_[maker_.number(kLanes)], maker_.next(), verdict))
        return;
      if (++sent % kFramesALook == 0 && !(verdict = executor_.look()).running)
        return;
    }
    settle(verdict);
  }

  bool send(ring::testing::GuestLane &lane, const MadeFrame &frame, Verdict &verdict) {
    const uint64_t size = sizeof(gf_frame) + GF_ALIGN8(frame.body.size());
    const uint64_t since = ring::now_ns();
    while (lane.room_bytes() < size) {
      executor_.serve_courier();
      if (!(verdict = executor_.look()).running)
        return false;
      if (ring::now_ns() - since > kHungNs) {
        verdict = executor_.kill_hung();
        return false;
      }
      usleep(50);
    }
    const uint64_t ticket = gf_load_relaxed(&executor_.memory().header()->next_ticket);
    frames_[ticket] = frame;
    if (frames_.size() > 20'000) // more than the rings hold
      frames_.erase(frames_.begin());
    if (maker_.number(500'000) == 0)
      lane.send_with_ticket(frame.opcode, frame.body, frame.flags, maker_.number(1000));
    else
      lane.send(frame.opcode, frame.body, frame.flags);
    return true;
  }

  void lie() {
    gf_lane *lane = lanes_[maker_.number(kLanes)]->lane();
    switch (maker_.number(4)) {
    case 0:
      gf_store_relaxed(&lane->head, maker_.number(UINT64_MAX));
      break;
    case 1:
      gf_store_relaxed(&lane->state, static_cast<uint32_t>(maker_.number(8)));
      break;
    case 2:
      gf_store_relaxed(&executor_.memory().header()->lanes_in_use, UINT32_MAX);
      break;
    default:
      gf_store_relaxed(&executor_.memory().header()->doorbell,
                       static_cast<uint32_t>(maker_.number(UINT32_MAX)));
    }
    lanes_[0]->ring_doorbell();
  }

  /// Waits until everything sent was issued.
  void settle(Verdict &verdict) {
    const uint64_t sent = gf_load_relaxed(&executor_.memory().header()->next_ticket);
    for (const uint64_t since = ring::now_ns(); ring::now_ns() - since < kHungNs;) {
      executor_.serve_courier();
      if (!(verdict = executor_.look()).running)
        return;
      if (gf_load_acquire(&executor_.memory().header()->issued_ticket) >= sent)
        return;
      usleep(100);
    }
  }

  FrameMaker &maker_;
  ExecutorUnderTest executor_;
  std::vector<std::unique_ptr<ring::testing::GuestLane>> lanes_;
  std::map<uint64_t, MadeFrame> frames_;
};

TEST(FrameFuzz, AMillionFramesCrashNothing) {
  const uint64_t wanted = setting("GF_FUZZ_FRAMES", 1'000'000);
  FrameMaker maker(setting("GF_FUZZ_SEED", 1));
  std::map<std::string, unsigned> endings;
  uint64_t issued = 0;
  unsigned sessions = 0, poisoned = 0, hung = 0;
  const uint64_t start = ring::now_ns();
  while (issued < wanted) {
    Verdict verdict;
    maker.begin_session();
    Session session(maker, GF_EXECUTOR_PATH);
    issued += session.run(wanted - issued, verdict);
    ++sessions;
    const MadeFrame last = session.last_frame();
    const uint16_t opcode = last.opcode;
    EXPECT_FALSE(verdict.crashed) << "signal " << verdict.signal << " at " << name_of(opcode)
                                  << ", session " << sessions << ", frame " << issued;
    if (verdict.running)
      continue;
    maker.ended_a_session(last);
    poisoned += verdict.reason == "poisoned";
    hung += verdict.hung;
    if (std::getenv("GF_FUZZ_VERBOSE"))
      std::fprintf(stderr, "%llu %s origin %d: %s %s %s\n", (unsigned long long)issued,
                   name_of(opcode).c_str(), (int)last.origin, verdict.hung ? "hung" : "",
                   verdict.reason.c_str(), verdict.detail.c_str());
    ++endings[name_of(opcode) + ": " +
              (verdict.hung ? "waits" : verdict.reason + ", " + verdict.detail)];
  }
  std::printf("%llu frames, %u sessions: %u poisoned, %u waited for ever; %.1f s\n",
              static_cast<unsigned long long>(issued), sessions, poisoned, hung,
              static_cast<double>(ring::now_ns() - start) / 1e9);
  if (std::getenv("GF_FUZZ_VERBOSE"))
    for (const auto &[what, times] : endings)
      std::printf("%6u  %s\n", times, what.c_str());
  EXPECT_GE(issued, wanted);
  EXPECT_GT(poisoned, 0u); // else the campaign tests nothing
}

} // namespace
} // namespace gpuferry::executor::fuzz
