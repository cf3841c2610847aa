// The executor's threads taking turns as the issuer: docs/design/issuer.md.
#pragma once

#include "executor/backend.h"
#include "executor/session_state.h"
#include "executor/spin_budget.h"
#include "ring/lane_consumer.h"
#include "ring/region.h"

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace gpuferry::executor {

struct IssuerStats {
  uint64_t frames = 0; ///< issued
  uint64_t parks = 0;  ///< times the issuer went to sleep on the doorbell
  uint64_t turns = 0;  ///< times another thread became the issuer
};

class LaneThreads;

class Issuer {
public:
  /// `calls`: where issued frames are counted for the server; may be null. `threads`: who serves lanes
  /// that want a thread of their own; without one they are not allowed.
  Issuer(ring::Region &region, Backend &backend, SessionEnd &session, uint64_t *calls = nullptr,
         LaneThreads *threads = nullptr);
  ~Issuer();

  void start();

  /// Stops and joins the threads; for tests. Calls that block in the driver are waited for.
  void stop();

  IssuerStats stats() const;

private:
  struct Lane {
    ring::LaneConsumer consumer;
    std::unique_ptr<LaneState> state;
    gf_lane *shared = nullptr;
    std::byte *reply_data = nullptr;
    uint32_t replies = 0;
    bool open = false;
    std::atomic<bool> busy{false};      // a call of this lane blocks in the driver
    std::atomic<bool> elsewhere{false}; // served by a thread of its own
  };
  class LaneTurn;
  /// What a thread needs to issue a frame.
  struct Workspace {
    std::unique_ptr<wire::Frame> frame = std::make_unique<wire::Frame>();
    /// The answer to a frame that wants none.
    std::unique_ptr<std::byte[]> unread_reply{new std::byte[GF_REPLY_DATA_BYTES]};
  };

  /// What the rings looked like when the role was given up: whether anything has happened since.
  class Sight;

  void run();
  void serve_until_idle(Workspace &workspace);
  bool spin_for_work();
  bool issue_from(Lane &lane, Workspace &workspace);
  void poison(const std::string &why);

  bool take_role();
  uint32_t give_role_up();
  void pass_on(Lane &lane);
  void call_a_follower();

  Lane *next_lane();
  bool carries_next(Lane &lane);
  void open(unsigned index);
  void close_if_drained(Lane &lane);
  void ensure_threads(unsigned wanted);
  bool guest_is_on(uint32_t cpu) const;
  unsigned lanes_in_use() const;

  ring::Region &region_;
  Backend &backend_;
  SessionEnd &session_;
  uint64_t *calls_;
  LaneThreads *threads_of_lanes_;

  std::atomic<uint32_t> role_{0}; // 1 while a thread is the issuer
  std::atomic<uint32_t> epoch_{1};
  std::atomic<bool> stopping_{false};

  // Owned by whoever holds the role.
  std::array<std::unique_ptr<Lane>, GF_LANE_COUNT> lanes_;
  unsigned last_lane_ = 0;
  unsigned open_lanes_ = 0;
  uint64_t next_ticket_ = 0;
  SpinBudget spin_;
  uint64_t idle_since_ns_ = 0; // when the rings ran dry, until the sleep since then has been judged
  IssuerStats stats_;

  std::mutex threads_lock_;
  std::vector<std::thread> threads_;
};

} // namespace gpuferry::executor
