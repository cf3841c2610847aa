// Guest handles → native handles. The guest makes the numbers, so nothing about them is believed:
// form, kind, generation and liveness are checked at each use. A session has one table, so a handle
// of another session cannot even be written down.
#pragma once

#include "abi/handle.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace gpuferry::executor {

enum class Bind {
  ok,
  bad_handle, ///< not a guest-made handle of this kind
  in_use,     ///< the guest minted a number that still lives
  full,       ///< beyond GF_HANDLE_INDEX_MAX
};

class ObjectTable {
public:
  static constexpr uint32_t kKinds = 64;

  /// The native handle that `guest` names. Wait-free; may run beside changes, for calls that block.
  std::optional<uint64_t> find(uint32_t kind, uint64_t guest) const;

  /// `guest`, made by the guest, names `native` from now on. `owner` is the guest handle of the
  /// object whose end ends this one too (a function's module), or 0.
  Bind bind(uint32_t kind, uint64_t guest, uint64_t native, uint64_t owner = 0);

  /// The handle that names `native`: the existing one, or one that the executor makes. 0 when the
  /// table is full.
  uint64_t adopt(uint32_t kind, uint64_t native, uint64_t owner = 0);

  /// Forgets `guest` and what it owns. False if it does not live.
  bool unbind(uint32_t kind, uint64_t guest);

  /// The guest handle that names `native`, if there is one.
  std::optional<uint64_t> name_of(uint32_t kind, uint64_t native) const;

  /// The owner's handle, or 0.
  uint64_t owner_of(uint32_t kind, uint64_t guest) const;

  /// `guest` ends with `owner` from now on.
  void give(uint32_t kind, uint64_t guest, uint64_t owner);

  /// What `owner` owns ends with `heir` from now on (0: with nobody), but for objects of `but`.
  void hand_over(uint64_t owner, uint64_t heir, uint32_t but);

  /// Forgets what `owner` owns, and not itself.
  void unbind_owned(uint64_t owner);

private:
  // Two levels, so that slots never move while another thread reads them.
  static constexpr uint32_t kSlotsPerPage = 1024;
  static constexpr uint32_t kPages = 2 * GF_HANDLE_INDEX_MAX / kSlotsPerPage; // guest, then host
  struct Slot {
    std::atomic<uint64_t> native{0};
    // Generation + 1 while the object lives, else 0. Written after `native` (release) and read
    // before it (acquire).
    std::atomic<uint32_t> live{0};
    uint32_t successor = 0; // generation that the host gives this index next
    uint64_t owner = 0;     // the owner's guest handle
  };
  using Page = std::array<Slot, kSlotsPerPage>;
  struct Kind {
    std::array<std::atomic<Page *>, kPages> pages{};
    std::vector<std::unique_ptr<Page>> storage;
    std::unordered_map<uint64_t, uint64_t> names; // native → guest
    std::vector<uint32_t> free_host;              // host-made indexes to use again
    uint32_t next_host = 1;
  };

  static std::optional<uint32_t> position(uint64_t guest);
  Kind &kind_or_make(uint32_t kind);
  Slot *slot(uint32_t kind, uint32_t position) const;
  Slot *live_slot(uint32_t kind, uint64_t guest) const;
  Slot *slot_or_make(uint32_t kind, uint32_t position);
  bool unbind_locked(uint32_t kind, uint64_t guest);
  void own(Slot &slot, uint64_t owner, uint64_t guest);

  // Made when they are first needed: few sessions have objects of all kinds, and each costs pages. Written
  // after what it points to (release) and read before it (acquire).
  std::array<std::atomic<Kind *>, kKinds> kinds_{};
  std::vector<std::unique_ptr<Kind>> made_kinds_;
  std::unordered_map<uint64_t, std::unordered_set<uint64_t>> owned_; // owner → handles
  mutable std::mutex changes_;
};

} // namespace gpuferry::executor
