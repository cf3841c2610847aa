#include "virtual_memory.h"

#include "entry.h"
#include "memory.h"

#include <algorithm>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace softcuda {

namespace {

bool is_granular(uint64_t bytes) { return bytes > 0 && bytes % kGranularityBytes == 0; }

void *pointer(uint64_t address) { return reinterpret_cast<void *>(address); }

/// Nothing behind a reserved range again.
void clear(uint64_t address, uint64_t bytes) {
  mmap(pointer(address), bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
       -1, 0);
}

} // namespace

CUresult PhysicalMemory::create(const CUmemAllocationProp &properties, uint64_t bytes,
                                PhysicalMemory **out) {
  GF_REQUIRE(is_granular(bytes) && properties.type == CU_MEM_ALLOCATION_TYPE_PINNED);
  if (properties.location.type != CU_MEM_LOCATION_TYPE_DEVICE)
    return CUDA_ERROR_NOT_SUPPORTED;
  constexpr unsigned kKnownTypes = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR;
  if (properties.requestedHandleTypes & ~kKnownTypes)
    return CUDA_ERROR_NOT_SUPPORTED;
  Device *device = Process::instance().device(properties.location.id);
  if (!device)
    return CUDA_ERROR_INVALID_DEVICE;
  if (!device->arena().charge(bytes))
    return CUDA_ERROR_OUT_OF_MEMORY;
  int fd = -1;
  if (properties.requestedHandleTypes) {
    // Sealed against shrinking, so that nobody who is given it can take pages from under another's feet.
    fd = memfd_create("gpuferry-memory", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0 || ftruncate(fd, static_cast<off_t>(bytes)) != 0 ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0) {
      if (fd >= 0)
        close(fd);
      device->arena().discharge(bytes);
      return CUDA_ERROR_OUT_OF_MEMORY;
    }
  }
  return adopt(*device, properties, bytes, fd, out);
}

CUresult PhysicalMemory::adopt(Device &device, const CUmemAllocationProp &properties,
                               uint64_t bytes, int fd, PhysicalMemory **out) {
  void *backing = mmap(nullptr, bytes, PROT_NONE,
                       MAP_SHARED | MAP_NORESERVE | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);
  if (backing == MAP_FAILED) {
    if (fd >= 0)
      close(fd);
    device.arena().discharge(bytes);
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  *out = new PhysicalMemory(device, properties, bytes, backing, fd);
  return CUDA_SUCCESS;
}

CUresult PhysicalMemory::export_fd(int *out) const {
  GF_REQUIRE(fd_ >= 0); // it was not asked for when the memory was made
  *out = fcntl(fd_, F_DUPFD_CLOEXEC, 0);
  return *out >= 0 ? CUDA_SUCCESS : CUDA_ERROR_OPERATING_SYSTEM;
}

CUresult PhysicalMemory::import_fd(int given, PhysicalMemory **out) {
  constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW;
  struct stat status;
  const int seals = fcntl(given, F_GET_SEALS);
  GF_REQUIRE(seals >= 0 && (seals & kSeals) == kSeals && fstat(given, &status) == 0 &&
             is_granular(static_cast<uint64_t>(status.st_size)));
  // It has a place on the first device; the memory itself is the exporter's, and is counted there.
  Device &device = *Process::instance().devices().front();
  const int fd = fcntl(given, F_DUPFD_CLOEXEC, 0);
  if (fd < 0)
    return CUDA_ERROR_OPERATING_SYSTEM;
  CUmemAllocationProp properties{};
  properties.type = CU_MEM_ALLOCATION_TYPE_PINNED;
  properties.requestedHandleTypes = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR;
  properties.location = {CU_MEM_LOCATION_TYPE_DEVICE, {device.ordinal()}};
  GF_TRY(adopt(device, properties, static_cast<uint64_t>(status.st_size), fd, out));
  (*out)->is_imported_ = true;
  return CUDA_SUCCESS;
}

PhysicalMemory::~PhysicalMemory() {
  munmap(backing_, bytes);
  if (fd_ >= 0)
    close(fd_);
  if (!is_imported_)
    device_.arena().discharge(bytes);
}

PhysicalMemory *PhysicalMemory::named(CUmemGenericAllocationHandle handle) {
  PhysicalMemory *memory = from(reinterpret_cast<const void *>(handle));
  return memory && memory->holders_ ? memory : nullptr;
}

VirtualMemory &VirtualMemory::instance() {
  static auto *instance = new VirtualMemory; // never destroyed: threads outlive exit handlers
  return *instance;
}

void VirtualMemory::drop_if_unused(PhysicalMemory &memory) {
  if (memory.holders_ == 0 && memory.mappings_ == 0)
    delete &memory;
}

CUresult VirtualMemory::reserve(uint64_t bytes, uint64_t align_bytes, uint64_t *address) {
  GF_REQUIRE(is_granular(bytes) && (align_bytes & (align_bytes - 1)) == 0);
  Device &device =
      *Process::instance().devices().front(); // addresses belong to no device in particular
  std::lock_guard lock(mutex_);
  *address = device.arena().reserve(bytes, std::max(align_bytes, kGranularityBytes));
  if (!*address)
    return CUDA_ERROR_OUT_OF_MEMORY;
  reservations_[*address] = {&device, bytes};
  return CUDA_SUCCESS;
}

CUresult VirtualMemory::free(uint64_t address, uint64_t bytes) {
  std::lock_guard lock(mutex_);
  auto found = reservations_.find(address);
  GF_REQUIRE(found != reservations_.end() && found->second.bytes == bytes);
  auto mapped = mappings_.lower_bound(address);
  GF_REQUIRE(mapped == mappings_.end() || mapped->first - address >= bytes);
  found->second.device->arena().unreserve(address, bytes);
  reservations_.erase(found);
  return CUDA_SUCCESS;
}

bool VirtualMemory::is_reserved(uint64_t address, uint64_t bytes) const {
  auto after = reservations_.upper_bound(address);
  if (after == reservations_.begin())
    return false;
  auto &[base, reservation] = *std::prev(after);
  uint64_t offset = address - base;
  return offset <= reservation.bytes && bytes <= reservation.bytes - offset;
}

CUresult VirtualMemory::map(uint64_t address, uint64_t bytes, PhysicalMemory &memory) {
  std::lock_guard lock(mutex_);
  GF_REQUIRE(is_granular(bytes) && address % kGranularityBytes == 0 && bytes <= memory.bytes &&
             is_reserved(address, bytes));
  Allocation allocation;
  allocation.base = address;
  allocation.bytes = bytes;
  allocation.kind = MemoryKind::Mapped;
  allocation.device = memory.device_.ordinal();
  allocation.internal = true; // cuMemFree is not how it goes
  allocation.reachable = false;
  GF_REQUIRE(AddressMap::instance().insert(allocation)); // nothing is mapped there
  void *there = mremap(memory.backing_, 0, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, pointer(address));
  if (there == MAP_FAILED) {
    AddressMap::instance().take(address, [](const Allocation &) { return true; });
    clear(address, bytes);
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  memory.mappings_++;
  mappings_[address] = {bytes, &memory};
  return CUDA_SUCCESS;
}

bool VirtualMemory::within(uint64_t address, uint64_t bytes, Mappings::iterator *first,
                           Mappings::iterator *last) {
  *first = *last = mappings_.find(address);
  uint64_t covered = 0;
  while (covered < bytes) {
    if (*last == mappings_.end() || (*last)->first != address + covered)
      return false;
    covered += (*last)->second.bytes;
    ++*last;
  }
  return covered == bytes && bytes > 0;
}

CUresult VirtualMemory::unmap(uint64_t address, uint64_t bytes) {
  std::lock_guard lock(mutex_);
  Mappings::iterator first, last;
  GF_REQUIRE(within(address, bytes, &first, &last));
  for (auto it = first; it != last; ++it) {
    AddressMap::instance().take(it->first, [](const Allocation &) { return true; });
    clear(it->first, it->second.bytes);
    it->second.memory->mappings_--;
    drop_if_unused(*it->second.memory);
  }
  mappings_.erase(first, last);
  return CUDA_SUCCESS;
}

CUresult VirtualMemory::set_access(uint64_t address, uint64_t bytes, int device, bool allowed) {
  std::lock_guard lock(mutex_);
  Mappings::iterator first, last;
  GF_REQUIRE(within(address, bytes, &first, &last));
  for (auto it = first; it != last; ++it) {
    Mapping &mapping = it->second;
    uint64_t bit = uint64_t{1} << device;
    mapping.devices = allowed ? mapping.devices | bit : mapping.devices & ~bit;
    bool reachable = mapping.devices != 0;
    if (mprotect(pointer(it->first), mapping.bytes, reachable ? PROT_READ | PROT_WRITE : PROT_NONE))
      return CUDA_ERROR_OUT_OF_MEMORY;
    AddressMap::instance().update(it->first, [&](Allocation &a) {
      a.reachable = reachable;
      a.access_devices = mapping.devices;
    });
  }
  return CUDA_SUCCESS;
}

CUresult VirtualMemory::retain(uint64_t address, PhysicalMemory **out) {
  std::lock_guard lock(mutex_);
  auto after = mappings_.upper_bound(address);
  GF_REQUIRE(after != mappings_.begin());
  auto &[base, mapping] = *std::prev(after);
  GF_REQUIRE(address - base < mapping.bytes);
  mapping.memory->holders_++;
  *out = mapping.memory;
  return CUDA_SUCCESS;
}

CUresult VirtualMemory::release(PhysicalMemory &memory) {
  std::lock_guard lock(mutex_);
  memory.holders_--;
  drop_if_unused(memory);
  return CUDA_SUCCESS;
}

} // namespace softcuda
