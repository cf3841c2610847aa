#include "run/image_table.h"

#include "run/faults.h"

#include <atomic>
#include <deque>
#include <mutex>

namespace softcuda::jit {
namespace {

constexpr uint32_t kImagesPerChunk = 256, kChunks = 4096;
constexpr size_t kKeptAside = 1024; // removed numbers that are not given out again yet
constexpr uint64_t kFirstAddress = 1ull << 32;

struct Slot {
  std::atomic<ImageKind> kind{ImageKind::None};
  std::atomic<bool> in_use{false};
  Image image;
};

/// Kernels look up without a lock: chunks are published once and stay.
struct Table {
  std::array<std::atomic<Slot *>, kChunks> chunks{};
  std::mutex mutex;
  uint32_t count = 0;           // slots ever used
  std::deque<uint32_t> removed; // oldest first

  Slot *slot(uint64_t number) {
    uint64_t index = number - 1;
    if (index / kImagesPerChunk >= kChunks)
      return nullptr;
    Slot *chunk = chunks[index / kImagesPerChunk].load(std::memory_order_acquire);
    return chunk ? &chunk[index % kImagesPerChunk] : nullptr;
  }
};

Table &table() {
  static auto *instance = new Table; // never destroyed: kernels may outlive exit handlers
  return *instance;
}

/// A number as it is; of a reference variable, what it holds.
uint64_t number_of(uint64_t handle) {
  if (handle < kFirstAddress || is_packed_sampler(handle))
    return handle;
  return *reinterpret_cast<const volatile uint64_t *>(handle); // a wild address faults as any other
}

// A packed sampler's fields, from the lowest bit. The tag makes it no valid address.
constexpr uint64_t kSamplerTag = 0x5a3d000000000000, kTagMask = 0xffff000000000000;
constexpr unsigned kLinearBit = 6, kNormalizedBit = 7, kMipLinearBit = 8;

} // namespace

uint64_t add_image(ImageKind kind, const Image &image) {
  Table &t = table();
  std::lock_guard lock(t.mutex);
  uint32_t number;
  if (t.removed.size() > kKeptAside ||
      (t.count == kImagesPerChunk * kChunks && !t.removed.empty())) {
    number = t.removed.front();
    t.removed.pop_front();
  } else if (t.count < kImagesPerChunk * kChunks) {
    number = ++t.count;
    auto &chunk = t.chunks[(number - 1) / kImagesPerChunk];
    if (!chunk.load(std::memory_order_relaxed))
      chunk.store(new Slot[kImagesPerChunk], std::memory_order_release);
  } else {
    return 0;
  }
  Slot *slot = t.slot(number);
  slot->image = image;
  slot->in_use = true;
  slot->kind.store(kind, std::memory_order_release);
  return number;
}

void remove_image(uint64_t number) {
  Table &t = table();
  std::lock_guard lock(t.mutex);
  if (Slot *slot = t.slot(number); slot && slot->in_use.exchange(false))
    t.removed.push_back(static_cast<uint32_t>(number));
}

const Image &find_image(ImageKind kind, uint64_t handle) {
  Slot *slot = table().slot(number_of(handle));
  if (!slot || slot->kind.load(std::memory_order_acquire) != kind)
    leave_kernel(700, kind == ImageKind::Texture ? "no such texture" : "no such surface");
  return slot->image;
}

ImageKind image_kind(uint64_t handle) {
  Slot *slot = table().slot(number_of(handle));
  return slot ? slot->kind.load(std::memory_order_acquire) : ImageKind::None;
}

uint64_t pack_sampler(const Sampler &sampler) {
  uint64_t packed = kSamplerTag | uint64_t{sampler.linear} << kLinearBit |
                    uint64_t{sampler.normalized} << kNormalizedBit |
                    uint64_t{sampler.mip_linear} << kMipLinearBit;
  for (unsigned axis = 0; axis < 3; ++axis)
    packed |= uint64_t{static_cast<uint8_t>(sampler.address[axis])} << (2 * axis);
  return packed;
}

bool is_packed_sampler(uint64_t handle) { return (handle & kTagMask) == kSamplerTag; }

Sampler unpack_sampler(uint64_t handle) {
  uint64_t packed = number_of(handle);
  if (!is_packed_sampler(packed))
    leave_kernel(700, "no such sampler");
  Sampler sampler;
  for (unsigned axis = 0; axis < 3; ++axis)
    sampler.address[axis] = static_cast<AddressMode>(packed >> (2 * axis) & 3);
  sampler.linear = packed >> kLinearBit & 1;
  sampler.normalized = packed >> kNormalizedBit & 1;
  sampler.mip_linear = packed >> kMipLinearBit & 1;
  sampler.max_level = kMaxImageLevels;
  return sampler;
}

} // namespace softcuda::jit
