// The campaign of the test suite for OpenGL: a million frames, likely, unlikely, mutated and made up, into
// real executors over the host's EGL. Sessions may end: by a frame that is none, or by a driver that cannot
// bear what it was told. Nothing of ours may crash, and nobody else may notice.
//
//   GF_FUZZ_FRAMES  how many (1,000,000)      GF_FUZZ_SEED  which (1)      GF_FUZZ_VERBOSE  says more
#include "executor/fuzz/executor_under_test.h"
#include "executor/fuzz/gl_bystander.h"
#include "executor/fuzz/gl_frame_maker.h"

#include "backends/gl/call.h"

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <gtest/gtest.h>
#include <map>

namespace gpuferry::executor::fuzz {
namespace {

constexpr uint64_t kHungNs = 3'000'000'000;
constexpr unsigned kLanes = 3;
constexpr unsigned kFramesALook = 256;
// Frames of a session: what it may have accumulated by then makes the driver slow, not wrong.
constexpr uint64_t kFramesASession = 60'000;

uint64_t setting(const char *name, uint64_t otherwise) {
  const char *text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string name_of(const MadeFrame &frame) {
  const char *symbol =
      frame.opcode < GF_GL_OPCODE_COUNT ? gl::gl_handlers()[frame.opcode].symbol : nullptr;
  return (symbol ? symbol : std::to_string(frame.opcode)) + " (" +
         std::to_string(static_cast<int>(frame.origin)) + ")";
}

/// The first words of a frame's body.
std::string words_of(const MadeFrame &frame) {
  std::string text;
  for (size_t at = 0; at + 4 <= frame.body.size() && at < 48; at += 4) {
    uint32_t word;
    std::memcpy(&word, frame.body.data() + at, sizeof word);
    char hex[16];
    std::snprintf(hex, sizeof hex, " %x", word);
    text += hex;
  }
  return text;
}

/// What was sent on one lane and may not have been taken yet, and the last that was.
struct Sent {
  std::deque<std::pair<uint64_t, MadeFrame>> frames; // by where they begin in the ring's count
  const MadeFrame &taken(uint64_t taken_bytes) {
    while (frames.size() > 1 && frames[1].first < taken_bytes)
      frames.pop_front();
    return frames.front().second;
  }
};

/// One session: frames until it ends or has seen enough.
class Session {
public:
  Session(GlFrameMaker &maker, const std::string &path) : maker_(maker), executor_(path) {
    for (unsigned i = 0; i < kLanes; ++i) {
      lanes_.push_back(
          std::make_unique<ring::testing::GuestLane>(executor_.memory(), i, GF_LANE_KIND_GL));
      lanes_[i]->announce();
    }
  }

  /// Sends up to `frames`; how many were sent. `verdict` is how the session stands then.
  uint64_t run(uint64_t frames, Verdict &verdict) {
    for (unsigned i = 0; i < kLanes; ++i)
      for (const MadeFrame &frame : maker_.opening(i))
        if (!send(i, frame, verdict))
          return sent_;
    while (sent_ < frames) {
      // Stretches on one lane: who ended the session is then known.
      if (maker_.number(512) == 0)
        current_ = static_cast<unsigned>(maker_.number(kLanes));
      if (maker_.number(200'000) == 0)
        lie();
      if (!send(current_, maker_.next(), verdict))
        return sent_;
      if (++sent_ % kFramesALook == 0 && !(verdict = executor_.look()).running)
        return sent_;
    }
    settle(verdict);
    return sent_;
  }

  /// The frame that the executor was at when it ended.
  const MadeFrame &last_frame() { return frames_[current_].taken(lanes_[current_]->taken_bytes()); }

private:
  bool send(unsigned index, const MadeFrame &frame, Verdict &verdict) {
    ring::testing::GuestLane &lane = *lanes_[index];
    const uint64_t size = sizeof(gf_frame) + GF_ALIGN8(frame.body.size());
    if (lane.room_bytes() < size) {
      const uint64_t taken = lane.taken_bytes();
      if (!wait(verdict, [&] { return lane.room_bytes() >= size; }, taken, lane))
        return false;
    }
    current_ = index;
    Sent &sent = frames_[index];
    sent.frames.emplace_back(lane.written_bytes(), frame);
    if (sent.frames.size() % 1024 == 0)
      sent.taken(lane.taken_bytes());
    gf_region *header = executor_.memory().header();
    const bool is_point = maker_.number(64) == 0;
    const uint64_t ticket = is_point ? gf_fetch_add_relaxed(&header->next_gl_point, uint64_t{1})
                                     : gf_load_relaxed(&header->next_gl_point);
    lane.send_with_ticket(frame.opcode, frame.body,
                          frame.flags | (is_point ? uint16_t{GF_FRAME_POINT} : uint16_t{0}),
                          maker_.number(500'000) == 0 ? maker_.number(1000) : ticket);
    return true;
  }

  /// Until `done`; false when the session ended, or took nothing from `lane` for too long.
  template <class Done>
  bool wait(Verdict &verdict, Done done, uint64_t taken, ring::testing::GuestLane &lane) {
    for (uint64_t since = ring::now_ns(); !done();) {
      executor_.serve_courier();
      if (!(verdict = executor_.look()).running)
        return false;
      if (const uint64_t now = lane.taken_bytes(); now != taken) {
        taken = now;
        since = ring::now_ns();
      }
      if (ring::now_ns() - since > kHungNs) {
        verdict = executor_.kill_hung();
        return false;
      }
      usleep(50);
    }
    return true;
  }

  void settle(Verdict &verdict) {
    for (unsigned i = 0; i < kLanes; ++i) {
      ring::testing::GuestLane &lane = *lanes_[i];
      current_ = i;
      if (!wait(
              verdict, [&] { return lane.taken_bytes() >= lane.written_bytes(); },
              lane.taken_bytes(), lane))
        return;
    }
    verdict = executor_.look();
  }

  /// Something that no frame can do: a lane that lies about itself.
  void lie() {
    gf_lane *lane = lanes_[current_]->lane();
    switch (maker_.number(4)) {
    case 0:
      gf_store_relaxed(&lane->head, maker_.number(UINT64_MAX));
      break;
    case 1:
      gf_store_relaxed(&lane->state, static_cast<uint32_t>(maker_.number(8)));
      break;
    case 2:
      gf_store_relaxed(&lane->kind, static_cast<uint32_t>(maker_.number(4)));
      break;
    default:
      gf_store_relaxed(&lane->doorbell, static_cast<uint32_t>(maker_.number(UINT32_MAX)));
    }
    lanes_[current_]->ring_doorbell();
  }

  GlFrameMaker &maker_;
  ExecutorUnderTest executor_;
  std::vector<std::unique_ptr<ring::testing::GuestLane>> lanes_;
  Sent frames_[kLanes];
  unsigned current_ = 0;
  uint64_t sent_ = 0;
};

/// Whether the crash was in a library that is not ours: the host's driver, or what that made at run time.
/// One that nothing was said of was in a thread that the driver has made: Mesa's have all signals blocked,
/// and the kernel ends the process without asking our handler. Threads of ours block none.
bool is_the_drivers(const Verdict &verdict) {
  return verdict.last_words.find(" in gpuferry-executor+") == std::string::npos;
}

TEST(GlFrameFuzz, AMillionFramesHarmOnlyTheirOwnSession) {
  const uint64_t wanted = setting("GF_FUZZ_FRAMES", 1'000'000);
  const bool verbose = std::getenv("GF_FUZZ_VERBOSE") != nullptr;
  GlFrameMaker maker(setting("GF_FUZZ_SEED", 1));
  GlBystander bystander(GF_EXECUTOR_PATH);
  std::map<std::string, unsigned> endings;
  uint64_t sent = 0;
  unsigned sessions = 0, poisoned = 0, hung = 0, crashed = 0;
  const uint64_t start = ring::now_ns();
  while (sent < wanted) {
    Verdict verdict;
    maker.begin_session();
    Session session(maker, GF_EXECUTOR_PATH);
    sent += session.run(std::min(wanted - sent, kFramesASession), verdict);
    ++sessions;
    ASSERT_TRUE(bystander.draws()) << "after session " << sessions;
    if (verdict.running)
      continue;
    const MadeFrame &last = session.last_frame();
    maker.ended_a_session(last, verdict.crashed || verdict.hung);
    EXPECT_TRUE(!verdict.crashed || is_the_drivers(verdict))
        << "signal " << verdict.signal << " at " << name_of(last) << ", session " << sessions
        << ": " << verdict.last_words;
    poisoned += verdict.reason == "poisoned";
    hung += verdict.hung;
    crashed += verdict.crashed;
    const std::string how = verdict.hung      ? "works for ever"
                            : verdict.crashed ? "crashed: " + verdict.last_words
                                              : verdict.reason + ", " + verdict.detail;
    if (verbose)
      std::fprintf(stderr, "%llu %s: %s;%s\n", static_cast<unsigned long long>(sent),
                   name_of(last).c_str(), how.c_str(), words_of(last).c_str());
    ++endings[name_of(last) + ": " + how];
  }
  std::printf(
      "%llu frames, %u sessions: %u poisoned, %u crashed in the driver, %u worked for ever; "
      "%.1f s\n",
      static_cast<unsigned long long>(sent), sessions, poisoned, crashed, hung,
      static_cast<double>(ring::now_ns() - start) / 1e9);
  if (verbose)
    for (const auto &[what, times] : endings)
      std::printf("%6u  %s\n", times, what.c_str());
  EXPECT_GT(poisoned, 0u); // else the campaign tests nothing
}

} // namespace
} // namespace gpuferry::executor::fuzz
