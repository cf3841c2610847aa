#include "user_object.h"

#include "process.h"
#include "reaper.h"

#include <algorithm>

namespace softcuda {

void UserObject::release(unsigned count) {
  if (references_.fetch_sub(count) > count)
    return;
  reap([destroy = destroy_, value = value_] {
    Process::in_host_function = true;
    destroy(value);
    Process::in_host_function = false;
  });
  delete this;
}

void UserReferences::take(UserObject &object, unsigned count) {
  for (Held &held : held_) {
    if (held.object == &object) {
      held.count += count;
      return;
    }
  }
  held_.push_back({&object, count});
}

bool UserReferences::give_back(UserObject &object, unsigned count) {
  auto held =
      std::find_if(held_.begin(), held_.end(), [&](Held &h) { return h.object == &object; });
  if (held == held_.end() || held->count < count)
    return false;
  held->count -= count;
  if (held->count == 0)
    held_.erase(held);
  object.release(count);
  return true;
}

void UserReferences::share(const UserReferences &other) {
  for (const Held &held : other.held_) {
    held.object->retain(1);
    take(*held.object, 1);
  }
}

void UserReferences::clear() {
  for (const Held &held : held_)
    held.object->release(held.count);
  held_.clear();
}

} // namespace softcuda
