#include "device.h"

#include "context.h"
#include "pool.h"
#include "process.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sys/sysinfo.h>

namespace softcuda {

namespace {

constexpr uint64_t kLeastDefaultMemoryBytes = 4ull << 30;
constexpr unsigned kMaxDevices = 64;

// Half of the machine's in whole GiB: programs for GPUs expect more than 4 GiB, and pages that
// nobody touches cost nothing; the other half is for what they keep on the host.
uint64_t default_memory_bytes() {
  struct sysinfo machine;
  if (sysinfo(&machine) != 0)
    return kLeastDefaultMemoryBytes;
  uint64_t half = static_cast<uint64_t>(machine.totalram) * machine.mem_unit / 2;
  return std::clamp(half >> 30 << 30, kLeastDefaultMemoryBytes, Arena::kSpanBytes / 4);
}

// "512M", "16G": bytes, or 0 where it is no such number.
uint64_t parse_bytes(const char *text) {
  char *end;
  double value = strtod(text, &end);
  int shift = 0;
  switch (*end) {
  case 'K':
  case 'k':
    shift = 10;
    break;
  case 'M':
  case 'm':
    shift = 20;
    break;
  case 'G':
  case 'g':
    shift = 30;
    break;
  case 'T':
  case 't':
    shift = 40;
    break;
  case '\0':
    return value > 0 ? static_cast<uint64_t>(value) : 0;
  default:
    return 0;
  }
  return end[1] == '\0' && value > 0 ? static_cast<uint64_t>(value * (1ull << shift)) : 0;
}

// Of `count` devices those that CUDA_VISIBLE_DEVICES lists, in its order: as with NVIDIA's driver
// the list ends at the first entry that is no device.
std::vector<unsigned> visible_devices(unsigned count) {
  std::vector<unsigned> visible;
  const char *list = getenv("CUDA_VISIBLE_DEVICES");
  if (!list) {
    for (unsigned i = 0; i < count; i++)
      visible.push_back(i);
    return visible;
  }
  for (;;) {
    char *end;
    unsigned long number = strtoul(list, &end, 10);
    if (end == list || number >= count || (*end && *end != ',') ||
        std::find(visible.begin(), visible.end(), number) != visible.end())
      return visible;
    visible.push_back(static_cast<unsigned>(number));
    if (!*end)
      return visible;
    list = end + 1;
  }
}

} // namespace

std::vector<std::unique_ptr<Device>> make_devices() {
  unsigned count = 1;
  if (const char *text = getenv("GPUFERRY_SOFTCUDA_DEVICES")) {
    char *end;
    unsigned long wanted = strtoul(text, &end, 10);
    if (end == text || *end || wanted > kMaxDevices)
      complain("GPUFERRY_SOFTCUDA_DEVICES=%s is not a number from 0 to %u; 1 it is", text,
               kMaxDevices);
    else
      count = static_cast<unsigned>(wanted);
  }
  uint64_t memory_bytes = default_memory_bytes();
  if (const char *text = getenv("GPUFERRY_SOFTCUDA_MEMORY")) {
    uint64_t wanted = parse_bytes(text);
    if (wanted == 0 || wanted > Arena::kSpanBytes / 4)
      complain("GPUFERRY_SOFTCUDA_MEMORY=%s is not an amount like 4G, up to 256G; %lluG it is",
               text, static_cast<unsigned long long>(memory_bytes >> 30));
    else
      memory_bytes = wanted;
  }
  std::vector<std::unique_ptr<Device>> devices;
  for (unsigned number : visible_devices(count))
    devices.push_back(
        std::make_unique<Device>(static_cast<int>(devices.size()), number, memory_bytes));
  return devices;
}

Device::Device(int ordinal, unsigned number, uint64_t memory_bytes)
    : ordinal_(ordinal), number_(number), name_("gpuferry software CUDA device"),
      arena_(ordinal, memory_bytes), primary_storage_(object_memory(sizeof(Context))) {
  // The same on every start, so that programs that choose a device by UUID find it again.
  memcpy(uuid_.bytes, "gpuferry-soft-", 14);
  uuid_.bytes[14] = static_cast<char>('0' + number / 10);
  uuid_.bytes[15] = static_cast<char>('0' + number % 10);
}

Device::~Device() = default;

CUresult Device::primary_retain(Context **out) {
  std::lock_guard lock(primary_mutex_);
  if (!primary_)
    primary_ = new (primary_storage_) Context(*this, primary_flags_, true);
  primary_references_++;
  *out = primary_;
  return CUDA_SUCCESS;
}

CUresult Device::primary_release() {
  std::lock_guard lock(primary_mutex_);
  if (primary_references_ == 0)
    return CUDA_ERROR_INVALID_CONTEXT;
  if (--primary_references_ == 0)
    primary_destroy();
  return CUDA_SUCCESS;
}

// As with NVIDIA's driver the references go too: who still holds one retains anew.
CUresult Device::primary_reset() {
  std::lock_guard lock(primary_mutex_);
  if (!primary_)
    return CUDA_SUCCESS;
  primary_destroy();
  primary_references_ = 0;
  primary_flags_ = 0;
  return CUDA_SUCCESS;
}

void Device::primary_destroy() {
  primary_->~Context();
  Context::bury(primary_storage_);
  primary_ = nullptr;
}

CUresult Device::primary_set_flags(unsigned flags) {
  std::lock_guard lock(primary_mutex_);
  primary_flags_ = flags;
  if (primary_)
    primary_->flags = flags;
  return CUDA_SUCCESS;
}

void Device::primary_state(unsigned *flags, int *active) {
  std::lock_guard lock(primary_mutex_);
  if (flags)
    *flags = primary_flags_;
  if (active)
    *active = primary_ != nullptr;
}

Pool &Device::default_pool() {
  std::lock_guard lock(pool_mutex_);
  if (!default_pool_)
    default_pool_ = new Pool(*this);
  return *default_pool_;
}

Pool &Device::pool() {
  {
    std::lock_guard lock(pool_mutex_);
    if (pool_)
      return *pool_;
  }
  return default_pool();
}

void Device::set_pool(Pool *pool) {
  std::lock_guard lock(pool_mutex_);
  pool_ = pool;
}

void GraphMemoryCount::take(uint64_t bytes) {
  auto raise = [](std::atomic<uint64_t> &high, uint64_t value) {
    uint64_t seen = high.load();
    while (seen < value && !high.compare_exchange_weak(seen, value)) {
    }
  };
  const uint64_t now = used += bytes;
  raise(used_high, now);
  raise(reserved, now);
  raise(reserved_high, now);
}

} // namespace softcuda
