// What the rings looked like when the role was given up. Taken first; then every lane that was not busy
// is looked at once more. A frame that lies there unissued after that waits for a ticket that nobody
// has published, so only something new can be work: a head that moved, a lane that opened or closed, a
// blocking call that ended.
#pragma once

#include "executor/issuer.h"

namespace gpuferry::executor {

class Issuer::Sight {
public:
  /// Taken with the role held.
  explicit Sight(Issuer &issuer);

  /// Whether there may be work by now; for a thread that no longer has the role.
  bool changed() const;

private:
  Issuer &issuer_;
  unsigned lanes_;
  uint64_t heads_[GF_LANE_COUNT];
  bool open_[GF_LANE_COUNT];
  bool elsewhere_[GF_LANE_COUNT];
  bool busy_[GF_LANE_COUNT];
  bool drained_[GF_LANE_COUNT];
};

} // namespace gpuferry::executor
