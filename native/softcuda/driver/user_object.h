// User objects: something of the application's that graphs keep alive.
#pragma once

#include "cuda_api.h"
#include "object.h"

#include <cstdint>
#include <mutex>
#include <vector>

namespace softcuda {

/// A counted reference to something of the application's, with a destructor. The application's
/// references and those of graphs are counted apart: an application that gives back more than it has
/// takes nothing away from a graph.
class UserObject : public Object<UserObject, Kind::UserObject> {
public:
  UserObject(void *value, CUhostFn destroy, unsigned references)
      : value_(value), destroy_(destroy), references_(references) {}
  void retain(unsigned count);
  /// Deletes the object when it was the last reference of all; the application's destructor then runs on
  /// a thread of ours, since the caller may hold a lock that it wants. False where the application has
  /// not as many.
  bool release(unsigned count);
  /// References of a graph's: new ones, or of those that the application had. False where it has not as
  /// many.
  void retain_for_graph(unsigned count);
  bool move_to_graph(unsigned count);
  void release_from_graph(uint64_t count);

private:
  void end();

  void *const value_;
  const CUhostFn destroy_;
  std::mutex mutex_;
  uint64_t references_;           // under mutex: the application's
  uint64_t graph_references_ = 0; // under mutex
};

/// The references that a graph or an executable holds.
class UserReferences {
public:
  UserReferences() = default;
  UserReferences(const UserReferences &) = delete;
  UserReferences(UserReferences &&) = default;
  UserReferences &operator=(UserReferences &&) = default;
  ~UserReferences() { clear(); }

  /// Takes over references that are counted as a graph's already.
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
    uint64_t count;
  };
  std::vector<Held> held_;
};

} // namespace softcuda
