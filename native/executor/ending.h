// The end of a session in the executor process.
#pragma once

#include "executor/control.h"
#include "executor/session_state.h"
#include "ring/region.h"

#include <atomic>

namespace gpuferry::executor {

class Ending final : public SessionEnd {
public:
  Ending(ControlChannel &control, ring::Region &region) : control_(control), region_(region) {}

  /// Does not return.
  void end(End why, const std::string &detail) override;

private:
  ControlChannel &control_;
  ring::Region &region_;
  std::atomic<bool> begun_{false};
};

} // namespace gpuferry::executor
