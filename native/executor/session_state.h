// How a session ends, whoever finds out first.
#pragma once

#include <string>

namespace gpuferry::executor {

enum class End {
  guest_left, ///< the guest's side of the courier closed
  poisoned,   ///< a malformed frame
  revoked,    ///< by the server: an admin, or a quota of time
  fault,      ///< the executor itself cannot go on
};

/// What the server calls it in the `ended` message.
const char *name_of(End end);

class SessionEnd {
public:
  virtual ~SessionEnd() = default;

  /// Ends the session and with it the process: marks the region, wakes the guest, tells the server.
  /// The first call wins; does not return in the executor process (tests return).
  virtual void end(End why, const std::string &detail) = 0;
};

} // namespace gpuferry::executor
