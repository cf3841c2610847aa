// Objects behind the opaque handles of the driver API.
//
// A handle is the object's address, and applications do pass handles of objects that they have
// destroyed. NVIDIA's driver answers most of those with an error code, so we must be able to look
// at a dead object: its first word says what it is, and its memory is kept aside for a while after
// it dies, and only then reused, for objects of the same type.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <new>

namespace softcuda {

enum class Kind : uint32_t {
  Dead = 0,
  Context = 0x43545821,
  Stream,
  Event,
  Module,
  Function,
  Library,
  Kernel,
  Link,
  Pool,
  Array,
  MipmappedArray,
  TexRef,
  SurfRef,
  Graph,
  GraphNode,
  GraphExec,
  UserObject,
  PhysicalMemory,
  ResourceDesc,
  GreenContext,
};

inline constexpr size_t kObjectAlignBytes = 64;

/// Memory for one more object, out of a range of addresses that holds nothing else; it is reused, never given back.
/// Ends in std::bad_alloc where that is full.
void *object_memory(size_t bytes);
/// Is there a range to take objects from? Not under a limit of addresses (ulimit -v).
bool has_object_memory();
inline std::atomic<uintptr_t> object_range_start{0};
inline std::atomic<size_t> object_range_used{0};
/// May there be an object at this address?
inline bool in_object_memory(uintptr_t address) {
  const uintptr_t start = object_range_start.load(std::memory_order_relaxed);
  return start && address - start < object_range_used.load(std::memory_order_relaxed);
}

/// Base of every object with a handle; must be its first base, and `Derived` must have no vtable.
template <class Derived, Kind kKind> class Object {
public:
  static constexpr Kind kind = kKind;

  /// The live object behind `handle`; null when there is none of this kind.
  static Derived *from(const void *handle) {
    // Small numbers are no addresses: among them are CU_STREAM_LEGACY and its like.
    // Neither is what was never an object's address, and must not be looked at.
    auto address = reinterpret_cast<uintptr_t>(handle);
    if (!in_object_memory(address) || address % kObjectAlignBytes != 0)
      return nullptr;
    auto *object = static_cast<const Object *>(handle);
    if (object->kind_.load(std::memory_order_relaxed) != kKind)
      return nullptr;
    return static_cast<Derived *>(const_cast<Object *>(object));
  }

  static void *operator new(size_t bytes) {
    std::lock_guard lock(aside().mutex);
    auto &dead = aside().dead;
    if (dead.size() <= kKeptAside)
      return object_memory(bytes);
    void *memory = dead.front();
    dead.pop_front();
    return memory;
  }

  static void *operator new(size_t, void *place) { return place; }

  /// After the destructor: what from() finds there is dead.
  static void bury(void *memory) {
    static_cast<std::atomic<Kind> *>(memory)->store(Kind::Dead, std::memory_order_relaxed);
  }

  static void operator delete(void *memory) {
    bury(memory);
    std::lock_guard lock(aside().mutex);
    aside().dead.push_back(memory);
  }

  Object(const Object &) = delete;
  Object &operator=(const Object &) = delete;

protected:
  Object() = default;
  ~Object() = default;

private:
  static constexpr size_t kKeptAside = 256;
  struct Aside {
    std::mutex mutex;
    std::deque<void *> dead;
  };
  static Aside &aside() {
    static auto *instance = new Aside; // never destroyed: threads outlive exit handlers
    return *instance;
  }

  std::atomic<Kind> kind_{kKind};
};

} // namespace softcuda
