#include "pool_store.h"

#include "entry.h"

#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace softcuda {

namespace {

constexpr uint32_t kFileMagic = 0x6f706667, kPointerMagic = 0x71706667; // "gfpo", "gfpq"
constexpr uint64_t kPageBytes = 4096, kAlignBytes = 2 << 20;
constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW;

/// The file's first page begins with it.
struct FileHead {
  uint32_t magic, pci_bus;
};

/// What the 64 bytes that name an allocation are.
struct PointerName {
  uint32_t magic, pad;
  uint64_t file_number, offset, bytes;
};
static_assert(sizeof(PointerName) <= sizeof(CUmemPoolPtrExportData));

uint64_t round_up(uint64_t bytes, uint64_t multiple) {
  return (bytes + multiple - 1) / multiple * multiple;
}

void *pointer(uint64_t address) { return reinterpret_cast<void *>(address); }

/// The file's number is its identity: descriptors of one file share it, and no two files that live have the same.
uint64_t number_of(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 ? status.st_ino : 0;
}

Device *device_with(uint32_t pci_bus) {
  for (auto &device : Process::instance().devices())
    if (device->pci_bus() == pci_bus)
      return device.get();
  return nullptr;
}

} // namespace

PoolStore::PoolStore(Device &device, uint64_t base, uint64_t bytes, int fd, bool is_imported)
    : device_(device), base_(base), bytes_(bytes), fd_(fd), is_imported_(is_imported),
      file_number_(number_of(fd)) {
  if (!is_imported)
    free_[kPageBytes] = bytes - kPageBytes;
}

PoolStore::~PoolStore() {
  mmap(pointer(base_), bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
       -1, 0);
  device_.arena().unreserve(base_, bytes_);
  close(fd_);
}

CUresult PoolStore::create(Device &device, uint64_t bytes, std::unique_ptr<PoolStore> *out) {
  const uint64_t most = device.arena().limit_bytes();
  bytes = round_up(std::min(bytes, most) + kPageBytes, kAlignBytes);
  // Sealed, so that nobody who is given it can take pages from under another's feet.
  const int fd = memfd_create("gpuferry-pool", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0)
    return CUDA_ERROR_OPERATING_SYSTEM;
  const FileHead head{kFileMagic, device.pci_bus()};
  const uint64_t base = device.arena().reserve(bytes, kAlignBytes);
  if (!base || pwrite(fd, &head, sizeof head, 0) != sizeof head ||
      ftruncate(fd, static_cast<off_t>(bytes)) != 0 || fcntl(fd, F_ADD_SEALS, kSeals) != 0) {
    if (base)
      device.arena().unreserve(base, bytes);
    close(fd);
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  out->reset(new PoolStore(device, base, bytes, fd, false));
  return CUDA_SUCCESS;
}

CUresult PoolStore::import(int given, std::unique_ptr<PoolStore> *out) {
  struct stat status;
  FileHead head{};
  const int seals = fcntl(given, F_GET_SEALS);
  GF_REQUIRE(seals >= 0 && (seals & kSeals) == kSeals && fstat(given, &status) == 0 &&
             pread(given, &head, sizeof head, 0) == sizeof head && head.magic == kFileMagic);
  const auto bytes = static_cast<uint64_t>(status.st_size);
  GF_REQUIRE(bytes % kAlignBytes == 0 && bytes <= Arena::kSpanBytes / 4);
  Device *device = device_with(head.pci_bus);
  if (!device)
    return CUDA_ERROR_INVALID_DEVICE; // of a device that this process may not see
  const int fd = fcntl(given, F_DUPFD_CLOEXEC, 0);
  if (fd < 0)
    return CUDA_ERROR_OPERATING_SYSTEM;
  const uint64_t base = device->arena().reserve(bytes, kAlignBytes);
  if (!base) {
    close(fd);
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  out->reset(new PoolStore(*device, base, bytes, fd, true));
  return CUDA_SUCCESS;
}

CUresult PoolStore::export_fd(int *out) const {
  *out = fcntl(fd_, F_DUPFD_CLOEXEC, 0);
  return *out >= 0 ? CUDA_SUCCESS : CUDA_ERROR_OPERATING_SYSTEM;
}

bool PoolStore::show(uint64_t address, uint64_t bytes) {
  void *seen = mmap(pointer(address), bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd_,
                    static_cast<off_t>(address - base_));
  return seen != MAP_FAILED;
}

uint64_t PoolStore::allocate(uint64_t bytes) {
  if (bytes == 0 || bytes > bytes_)
    return 0;
  bytes = round_up(bytes, kPageBytes);
  std::lock_guard lock(mutex_);
  auto room = free_.begin();
  while (room != free_.end() && room->second < bytes)
    ++room;
  if (room == free_.end() || !device_.arena().charge(bytes))
    return 0;
  const auto [offset, length] = *room;
  if (!show(base_ + offset, bytes)) {
    device_.arena().discharge(bytes);
    return 0;
  }
  free_.erase(room);
  if (length > bytes)
    free_[offset + bytes] = length - bytes;
  live_[base_ + offset] = bytes;
  return base_ + offset;
}

void PoolStore::release(uint64_t address) {
  std::lock_guard lock(mutex_);
  auto found = live_.find(address);
  if (found == live_.end())
    return;
  const uint64_t bytes = found->second, offset = address - base_;
  live_.erase(found);
  mmap(pointer(address), bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
       -1, 0);
  if (is_imported_)
    return; // the bytes are the exporter's
  fallocate(fd_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
            static_cast<off_t>(bytes));
  device_.arena().discharge(bytes);
  auto freed = free_.emplace(offset, bytes).first;
  if (auto after = std::next(freed); after != free_.end() && after->first == offset + bytes) {
    freed->second += after->second;
    free_.erase(after);
  }
  if (freed != free_.begin())
    if (auto before = std::prev(freed); before->first + before->second == offset) {
      before->second += freed->second;
      free_.erase(freed);
    }
}

void PoolStore::export_pointer(uint64_t address, uint64_t bytes,
                               CUmemPoolPtrExportData *out) const {
  const PointerName name{kPointerMagic, 0, file_number_, address - base_, bytes};
  memset(out, 0, sizeof *out);
  memcpy(out, &name, sizeof name);
}

CUresult PoolStore::import_pointer(const CUmemPoolPtrExportData &data, uint64_t *address,
                                   uint64_t *bytes) {
  PointerName name;
  memcpy(&name, &data, sizeof name);
  GF_REQUIRE(is_imported_ && name.magic == kPointerMagic && name.file_number == file_number_ &&
             name.offset % kPageBytes == 0 && name.offset >= kPageBytes && name.bytes > 0 &&
             name.offset < bytes_ && name.bytes <= bytes_ - name.offset);
  std::lock_guard lock(mutex_);
  const uint64_t at = base_ + name.offset, end = at + round_up(name.bytes, kPageBytes);
  auto next = live_.lower_bound(at);
  const bool meets_next = next != live_.end() && next->first < end;
  const bool meets_last =
      next != live_.begin() && std::prev(next)->first + std::prev(next)->second > at;
  if (meets_next || meets_last)
    return CUDA_ERROR_ALREADY_MAPPED;
  if (!show(at, end - at))
    return CUDA_ERROR_OUT_OF_MEMORY;
  live_[at] = end - at;
  *address = at;
  *bytes = name.bytes;
  return CUDA_SUCCESS;
}

} // namespace softcuda
