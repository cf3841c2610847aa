// The CUDA backend: frames in, driver calls out.
#pragma once

#include "backends/cuda/call.h"
#include "executor/backend.h"

#include <functional>
#include <memory>

namespace gpuferry::cuda {

class CudaBackend final : public executor::Backend {
public:
  /// `revoked` is called when the server withdrew the session while it waited for a grant.
  CudaBackend(Session &session, std::function<void()> revoked);

  std::unique_ptr<executor::LaneState> open_lane(unsigned index) override;
  void close_lane(executor::LaneState &lane) override;
  int issue(executor::LaneState &lane, wire::Frame &frame, wire::Reply &reply,
            executor::Turn &turn) override;
  void idle() override;

private:
  Session &session_;
  std::function<void()> revoked_;
  unsigned issued_ = 0; // by whoever has the turn
};

} // namespace gpuferry::cuda
