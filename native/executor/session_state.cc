#include "executor/session_state.h"

namespace gpuferry::executor {

const char *name_of(End end) {
  switch (end) {
  case End::guest_left:
    return "guest-left";
  case End::poisoned:
    return "poisoned";
  case End::revoked:
    return "revoked";
  case End::fault:
    return "fault";
  }
  return "fault";
}

} // namespace gpuferry::executor
