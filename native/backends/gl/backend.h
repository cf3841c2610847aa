// The OpenGL backend: frames in, driver calls out, each lane on a thread of its own.
#pragma once

#include "backends/gl/call.h"
#include "backends/gl/session.h"
#include "executor/backend.h"

#include <functional>
#include <memory>

namespace gpuferry::gl {

class GlBackend final : public executor::Backend {
public:
  /// `revoked` is called when the server withdrew the session while it waited for a grant.
  GlBackend(Session &session, std::function<void()> revoked)
      : session_(session), revoked_(std::move(revoked)) {}

  std::unique_ptr<executor::LaneState> open_lane(unsigned index) override;
  void close_lane(executor::LaneState &lane) override;
  int issue(executor::LaneState &lane, wire::Frame &frame, wire::Reply &reply,
            executor::Turn &turn) override;
  void idle_lane(executor::LaneState &lane) override;

private:
  void begin_work(Lane &lane);
  void charge(Lane &lane);

  Session &session_;
  std::function<void()> revoked_;
};

} // namespace gpuferry::gl
