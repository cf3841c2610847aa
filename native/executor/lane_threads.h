// Lanes that have a thread of their own (GF_LANE_KIND_GL): the guest thread's shadow, so that what a
// driver keeps per thread, as OpenGL its current context, needs no emulation. The issuer finds such
// lanes and hands them over; docs/design/gl-executor.md.
#pragma once

#include "executor/backend.h"
#include "executor/point_order.h"
#include "executor/session_state.h"
#include "ring/region.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace gpuferry::executor {

class LaneThreads {
public:
  LaneThreads(ring::Region &region, Backend &backend, SessionEnd &session);
  ~LaneThreads();

  /// Starts serving a lane that its guest thread has opened. `closed` is called on the lane's thread
  /// when the guest has closed it and what belonged to it is gone, just before it becomes free.
  void serve(unsigned index, std::function<void()> closed);

  /// Stops and joins the threads; for tests. Calls that block in the driver are waited for.
  void stop();

private:
  struct Served;
  void run(Served &served, const std::function<void()> &closed);
  void issue(Served &served);
  bool wait_for_work(Served &served);
  bool spin(Served &served);
  void park(Served &served);
  void poison(const std::string &why);

  ring::Region &region_;
  Backend &backend_;
  SessionEnd &session_;
  PointOrder order_;
  std::atomic<bool> stopping_{false};
  std::mutex lock_;
  std::array<std::unique_ptr<Served>, GF_LANE_COUNT> lanes_;
};

} // namespace gpuferry::executor
