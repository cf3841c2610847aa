#include "backends/gl/surface/split_lists.h"

namespace gpuferry::gl {

std::shared_ptr<const ListParts> SplitLists::find(GLuint list) const {
  std::lock_guard lock(lock_);
  const auto found = lists_.find(list);
  return found == lists_.end() ? nullptr : found->second;
}

std::shared_ptr<const ListParts> SplitLists::define(GLuint list, ListParts parts) {
  std::lock_guard lock(lock_);
  std::shared_ptr<const ListParts> before;
  if (const auto found = lists_.find(list); found != lists_.end()) {
    before = std::move(found->second);
    lists_.erase(found);
  }
  if (!parts.empty()) {
    lists_[list] = std::make_shared<const ListParts>(std::move(parts));
    any_.store(true, std::memory_order_relaxed);
  }
  return before;
}

std::vector<std::shared_ptr<const ListParts>> SplitLists::remove(GLuint first, GLsizei count) {
  std::vector<std::shared_ptr<const ListParts>> removed;
  std::lock_guard lock(lock_);
  const uint64_t end = uint64_t{first} + static_cast<uint64_t>(count > 0 ? count : 0);
  auto at = lists_.lower_bound(first);
  while (at != lists_.end() && at->first < end) {
    removed.push_back(std::move(at->second));
    at = lists_.erase(at);
  }
  return removed;
}

} // namespace gpuferry::gl
