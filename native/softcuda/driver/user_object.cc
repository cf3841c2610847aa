#include "user_object.h"

#include "process.h"
#include "reaper.h"

#include <algorithm>

namespace softcuda {

void UserObject::retain(unsigned count) {
  std::lock_guard lock(mutex_);
  references_ += count;
}

void UserObject::retain_for_graph(unsigned count) {
  std::lock_guard lock(mutex_);
  graph_references_ += count;
}

bool UserObject::move_to_graph(unsigned count) {
  std::lock_guard lock(mutex_);
  if (references_ < count)
    return false;
  references_ -= count;
  graph_references_ += count;
  return true;
}

bool UserObject::release(unsigned count) {
  {
    std::lock_guard lock(mutex_);
    if (references_ < count)
      return false;
    references_ -= count;
    if (references_ || graph_references_)
      return true;
  }
  end();
  return true;
}

void UserObject::release_from_graph(uint64_t count) {
  {
    std::lock_guard lock(mutex_);
    graph_references_ -= count;
    if (references_ || graph_references_)
      return;
  }
  end();
}

void UserObject::end() {
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
  object.release_from_graph(count);
  return true;
}

void UserReferences::share(const UserReferences &other) {
  for (const Held &held : other.held_) {
    held.object->retain_for_graph(1);
    take(*held.object, 1);
  }
}

void UserReferences::clear() {
  for (const Held &held : held_)
    held.object->release_from_graph(held.count);
  held_.clear();
}

} // namespace softcuda
