// What the issuer, or a lane's own thread, knows of an API: it opens and closes lanes, and issues one
// frame at a time.
// native/backends/* implement it.
#pragma once

#include "executor/turn.h"
#include "wire/frame.h"
#include "wire/reply.h"

#include <memory>

namespace gpuferry::executor {

/// What a backend keeps for one guest thread: what a driver would keep for a thread of its own.
struct LaneState {
  virtual ~LaneState() = default;
};

class Backend {
public:
  virtual ~Backend() = default;

  /// Called by the issuer (or on the lane's own thread) when the guest has opened a lane, and when it
  /// has closed one.
  virtual std::unique_ptr<LaneState> open_lane(unsigned index) = 0;
  virtual void close_lane(LaneState &lane) = 0;

  /// Issues one call; returns its result for the guest, verbatim. Sync frames leave their reply data
  /// in `reply`. May pass the turn on, once, before it blocks. A frame that is not one leaves its
  /// reason in `frame.malformed()`.
  virtual int issue(LaneState &lane, wire::Frame &frame, wire::Reply &reply, Turn &turn) = 0;

  /// The rings are empty: nothing is going to be issued for a while.
  virtual void idle() {}

  /// The same of one lane that has a thread of its own.
  virtual void idle_lane(LaneState &) {}
};

} // namespace gpuferry::executor
