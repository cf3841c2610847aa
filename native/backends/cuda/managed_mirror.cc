#include "backends/cuda/managed_mirror.h"

#include <cstring>

namespace gpuferry::cuda {

namespace {

/// Bytes of `from` that are no longer as agreed go to `to`. Each is read once: a guest may be writing.
void hand_over(std::span<const std::byte> from, std::span<std::byte> to,
               std::vector<std::byte> &agreed) {
  if (std::memcmp(from.data(), agreed.data(), agreed.size()) == 0)
    return;
  const volatile std::byte *source = from.data();
  for (size_t i = 0; i < agreed.size(); ++i) {
    const std::byte now = source[i];
    if (now == agreed[i])
      continue;
    to[i] = now;
    agreed[i] = now;
  }
}

} // namespace

ManagedMirror &ManagedMirror::of_session() {
  static auto *mirror = new ManagedMirror; // never destroyed: threads outlive exit handlers
  return *mirror;
}

void ManagedMirror::add(CUlibrary library, std::span<std::byte> variable,
                        std::span<std::byte> copy) {
  std::lock_guard lock(lock_);
  Pair pair{library, variable, copy.first(variable.size()),
            std::vector<std::byte>(variable.begin(), variable.end())};
  std::memcpy(pair.copy.data(), pair.agreed.data(), pair.agreed.size());
  pairs_.push_back(std::move(pair));
  __atomic_store_n(&count_, pairs_.size(), __ATOMIC_RELEASE);
}

void ManagedMirror::forget(CUlibrary library) {
  std::lock_guard lock(lock_);
  std::erase_if(pairs_, [&](const Pair &pair) { return !library || pair.library == library; });
  __atomic_store_n(&count_, pairs_.size(), __ATOMIC_RELEASE);
}

void ManagedMirror::push() {
  std::lock_guard lock(lock_);
  for (Pair &pair : pairs_)
    hand_over(pair.copy, pair.variable, pair.agreed);
}

void ManagedMirror::pull() {
  std::lock_guard lock(lock_);
  for (Pair &pair : pairs_)
    hand_over(pair.variable, pair.copy, pair.agreed);
}

} // namespace gpuferry::cuda
