// The issuer's turn, as a call sees it.
#pragma once

namespace gpuferry::executor {

class Turn {
public:
  /// The call is about to block in the driver, and everything that depends on the order of calls has
  /// happened: another thread may issue meanwhile. Idempotent.
  virtual void pass_on() = 0;

protected:
  ~Turn() = default;
};

} // namespace gpuferry::executor
