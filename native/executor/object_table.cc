#include "executor/object_table.h"

namespace gpuferry::executor {

/// Under the lock.
ObjectTable::Kind &ObjectTable::kind_or_make(uint32_t kind) {
  if (Kind *existing = kinds_[kind].load(std::memory_order_relaxed))
    return *existing;
  Kind *made = made_kinds_.emplace_back(std::make_unique<Kind>()).get();
  kinds_[kind].store(made, std::memory_order_release);
  return *made;
}

/// Guest-made indexes come first, host-made ones after them.
std::optional<uint32_t> ObjectTable::position(uint64_t guest) {
  const uint32_t index = gf_handle_index(guest);
  const uint32_t number = index & ~static_cast<uint32_t>(GF_HANDLE_HOST_BIT);
  if (number == 0 || number >= GF_HANDLE_INDEX_MAX)
    return std::nullopt;
  return index & GF_HANDLE_HOST_BIT ? GF_HANDLE_INDEX_MAX + number : number;
}

ObjectTable::Slot *ObjectTable::slot(uint32_t kind, uint32_t position) const {
  const Kind *k = kinds_[kind].load(std::memory_order_acquire);
  Page *page = k ? k->pages[position / kSlotsPerPage].load(std::memory_order_acquire) : nullptr;
  return page ? &(*page)[position % kSlotsPerPage] : nullptr;
}

ObjectTable::Slot *ObjectTable::slot_or_make(uint32_t kind, uint32_t position) {
  if (Slot *existing = slot(kind, position))
    return existing;
  Kind &k = kind_or_make(kind);
  Page *page = k.storage.emplace_back(std::make_unique<Page>()).get();
  k.pages[position / kSlotsPerPage].store(page, std::memory_order_release);
  return &(*page)[position % kSlotsPerPage];
}

std::optional<uint64_t> ObjectTable::find(uint32_t kind, uint64_t guest) const {
  if (kind >= kKinds || !gf_handle_is(guest, kind))
    return std::nullopt;
  const auto at = position(guest);
  const Slot *s = at ? slot(kind, *at) : nullptr;
  // A guest that destroys an object while another of its threads still uses it can make this read
  // the successor in the same slot: an object of the same kind and session, so nothing is gained.
  if (!s || s->live.load(std::memory_order_acquire) != gf_handle_generation(guest) + 1)
    return std::nullopt;
  return s->native.load(std::memory_order_relaxed);
}

Bind ObjectTable::bind(uint32_t kind, uint64_t guest, uint64_t native, uint64_t owner) {
  if (kind >= kKinds || !gf_handle_is(guest, kind) || gf_handle_index(guest) & GF_HANDLE_HOST_BIT)
    return Bind::bad_handle;
  const auto at = position(guest);
  if (!at)
    return Bind::full;
  std::lock_guard lock(changes_);
  Slot *s = slot_or_make(kind, *at);
  if (s->live.load(std::memory_order_relaxed) != 0)
    return Bind::in_use;
  s->native.store(native, std::memory_order_relaxed);
  s->live.store(gf_handle_generation(guest) + 1, std::memory_order_release);
  kind_or_make(kind).names[native] = guest;
  own(*s, owner, guest);
  return Bind::ok;
}

uint64_t ObjectTable::adopt(uint32_t kind, uint64_t native, uint64_t owner) {
  if (kind >= kKinds)
    return 0;
  std::lock_guard lock(changes_);
  Kind &k = kind_or_make(kind);
  if (auto known = k.names.find(native); known != k.names.end())
    return known->second;
  uint32_t number = 0;
  if (!k.free_host.empty()) {
    number = k.free_host.back();
    k.free_host.pop_back();
  } else if (k.next_host < GF_HANDLE_INDEX_MAX) {
    number = k.next_host++;
  } else {
    return 0;
  }
  Slot *s = slot_or_make(kind, GF_HANDLE_INDEX_MAX + number);
  const uint64_t guest =
      gf_handle_make(kind, s->successor, number | static_cast<uint32_t>(GF_HANDLE_HOST_BIT));
  s->native.store(native, std::memory_order_relaxed);
  s->live.store(gf_handle_generation(guest) + 1, std::memory_order_release);
  k.names[native] = guest;
  own(*s, owner, guest);
  return guest;
}

void ObjectTable::own(Slot &slot, uint64_t owner, uint64_t guest) {
  slot.owner = owner;
  if (owner != 0)
    owned_[owner].insert(guest);
}

bool ObjectTable::unbind(uint32_t kind, uint64_t guest) {
  if (kind >= kKinds || !gf_handle_is(guest, kind))
    return false;
  std::lock_guard lock(changes_);
  return unbind_locked(kind, guest);
}

bool ObjectTable::unbind_locked(uint32_t kind, uint64_t guest) {
  const auto at = position(guest);
  Slot *s = at ? slot(kind, *at) : nullptr;
  if (!s || s->live.load(std::memory_order_relaxed) != gf_handle_generation(guest) + 1)
    return false;
  Kind &k = kind_or_make(kind);
  const auto name = k.names.find(s->native.load(std::memory_order_relaxed));
  if (name != k.names.end() && name->second == guest)
    k.names.erase(name);
  s->live.store(0, std::memory_order_release);
  if (const auto owner = owned_.find(s->owner); owner != owned_.end())
    owner->second.erase(guest);
  if (const uint32_t index = gf_handle_index(guest); index & GF_HANDLE_HOST_BIT) {
    s->successor = (gf_handle_generation(guest) + 1) & 0xff;
    k.free_host.push_back(index & ~static_cast<uint32_t>(GF_HANDLE_HOST_BIT));
  }
  if (auto owned = owned_.extract(guest)) {
    // Ownership is at most module → function deep, or context → stream: no cycle can be written,
    // because an owner lives before what it owns.
    for (uint64_t child : owned.mapped())
      unbind_locked(gf_handle_kind(child), child);
  }
  return true;
}

std::optional<uint64_t> ObjectTable::name_of(uint32_t kind, uint64_t native) const {
  if (kind >= kKinds)
    return std::nullopt;
  std::lock_guard lock(changes_);
  const Kind *k = kinds_[kind].load(std::memory_order_relaxed);
  if (!k)
    return std::nullopt;
  const auto name = k->names.find(native);
  return name == k->names.end() ? std::nullopt : std::optional(name->second);
}

ObjectTable::Slot *ObjectTable::live_slot(uint32_t kind, uint64_t guest) const {
  if (kind >= kKinds || !gf_handle_is(guest, kind))
    return nullptr;
  const auto at = position(guest);
  Slot *s = at ? slot(kind, *at) : nullptr;
  return s && s->live.load(std::memory_order_relaxed) == gf_handle_generation(guest) + 1 ? s
                                                                                         : nullptr;
}

uint64_t ObjectTable::owner_of(uint32_t kind, uint64_t guest) const {
  std::lock_guard lock(changes_);
  const Slot *s = live_slot(kind, guest);
  return s ? s->owner : 0;
}

void ObjectTable::give(uint32_t kind, uint64_t guest, uint64_t owner) {
  std::lock_guard lock(changes_);
  Slot *s = live_slot(kind, guest);
  if (!s)
    return;
  if (const auto before = owned_.find(s->owner); before != owned_.end())
    before->second.erase(guest);
  own(*s, owner, guest);
}

void ObjectTable::hand_over(uint64_t owner, uint64_t heir, uint32_t but) {
  std::lock_guard lock(changes_);
  const auto found = owned_.find(owner);
  if (found == owned_.end() || owner == heir)
    return;
  const std::vector<uint64_t> children(found->second.begin(), found->second.end());
  for (uint64_t child : children) {
    const uint32_t kind = gf_handle_kind(child);
    Slot *s = kind == but ? nullptr : live_slot(kind, child);
    if (!s)
      continue;
    owned_[owner].erase(child);
    own(*s, heir, child);
  }
}

void ObjectTable::unbind_owned(uint64_t owner) {
  std::lock_guard lock(changes_);
  if (auto owned = owned_.extract(owner))
    for (uint64_t child : owned.mapped())
      unbind_locked(gf_handle_kind(child), child);
}

} // namespace gpuferry::executor
