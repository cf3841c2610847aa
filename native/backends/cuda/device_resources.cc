#include "backends/cuda/device_resources.h"

#include <cstring>

namespace gpuferry::cuda {

namespace {

/// What stands in the driver's bytes of a resource that a guest has.
struct Token {
  uint32_t magic, index;
};
constexpr uint32_t kMagic = 0x73657267; // "gres"
static_assert(sizeof(Token) <= sizeof(CUdevResource::_internal_padding));
static_assert(sizeof(CUdevResource) == sizeof(DeviceResources::Words));

} // namespace

bool DeviceResources::give(const CUdevResource &native, Words &out) {
  std::lock_guard lock(lock_);
  size_t index = 0;
  while (index < known_.size() && std::memcmp(&known_[index], &native, sizeof native) != 0)
    ++index;
  if (index == kMost)
    return false;
  if (index == known_.size())
    known_.push_back(native);
  CUdevResource shown = native;
  const Token token{kMagic, static_cast<uint32_t>(index)};
  std::memset(shown._internal_padding, 0, sizeof shown._internal_padding);
  std::memcpy(shown._internal_padding, &token, sizeof token);
  std::memcpy(out, &shown, sizeof shown);
  return true;
}

CUdevResource DeviceResources::take(const uint64_t *given) {
  CUdevResource resource;
  std::memcpy(&resource, given, sizeof resource);
  Token token;
  std::memcpy(&token, resource._internal_padding, sizeof token);
  std::memset(resource._internal_padding, 0, sizeof resource._internal_padding);
  std::lock_guard lock(lock_);
  if (token.magic != kMagic || token.index >= known_.size())
    return resource;
  const CUdevResource &native = known_[token.index];
  // What the application may read it may change too: then it names no resource any more.
  return resource.type == native.type && resource.sm.smCount == native.sm.smCount ? native
                                                                                  : resource;
}

} // namespace gpuferry::cuda
