// What one part of the backend keeps with a context, a share group or a lane that another part owns.
#pragma once

#include <memory>
#include <mutex>
#include <typeindex>
#include <unordered_map>

namespace gpuferry::gl {

class Attachments {
public:
  /// The one T kept here, default-constructed at first use. Lives as long as its owner.
  template <class T> T &get() {
    std::lock_guard lock(lock_);
    std::shared_ptr<void> &kept = kept_[typeid(T)];
    if (!kept)
      kept = std::make_shared<T>();
    return *static_cast<T *>(kept.get());
  }

private:
  std::mutex lock_;
  std::unordered_map<std::type_index, std::shared_ptr<void>> kept_;
};

} // namespace gpuferry::gl
