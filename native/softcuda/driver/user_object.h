// User objects: something of the application's that graphs keep alive.
#pragma once

#include "cuda_api.h"
#include "object.h"

#include <atomic>
#include <vector>

namespace softcuda {

/// A counted reference to something of the application's, with a destructor.
class UserObject : public Object<UserObject, Kind::UserObject> {
public:
  UserObject(void *value, CUhostFn destroy, unsigned references)
      : value_(value), destroy_(destroy), references_(references) {}
  void retain(unsigned count) { references_ += count; }
  /// Deletes the object when it was the last reference; the application's destructor then runs on a
  /// thread of ours, since the caller may hold a lock that it wants.
  void release(unsigned count);

private:
  void *value_;
  CUhostFn destroy_;
  std::atomic<unsigned> references_;
};

/// The references that a graph or an executable holds.
class UserReferences {
public:
  UserReferences() = default;
  UserReferences(const UserReferences &) = delete;
  UserReferences(UserReferences &&) = default;
  UserReferences &operator=(UserReferences &&) = default;
  ~UserReferences() { clear(); }

  /// Takes over references that the caller had.
  void take(UserObject &object, unsigned count);
  /// False where there are not as many.
  bool give_back(UserObject &object, unsigned count);
  /// Takes one reference to each object that `other` has: what a copy of a graph holds.
  void share(const UserReferences &other);
  void clear();
  bool empty() const { return held_.empty(); }

private:
  struct Held {
    UserObject *object;
    unsigned count;
  };
  std::vector<Held> held_;
};

} // namespace softcuda
