#include "ipc.h"

#include "address_map.h"
#include "entry.h"
#include "shared_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/mman.h>

namespace softcuda {

namespace {

constexpr uint32_t kMemoryMagic = 0x6d706667, kEventMagic = 0x65706667; // "gfpm", "gfpe"
constexpr unsigned kPiecesMost = 4;
constexpr uint64_t kEventPageBytes = 4096;

/// What the 64 bytes of a handle are. The pieces' sizes follow from the first's, as all but one are as large.
struct MemoryName {
  uint32_t magic, piece_count;
  ShareName of;
  uint64_t first_piece, piece_bytes;
  uint32_t offset_bytes, pad;
};
static_assert(sizeof(MemoryName) <= sizeof(CUipcMemHandle));

struct EventName {
  uint32_t magic, pad;
  ShareName of;
  uint64_t key;
};
static_assert(sizeof(EventName) <= sizeof(CUipcEventHandle));

/// The allocation's own size travels in its file's name's stead: behind the structure there are eight bytes left.
constexpr size_t kSizeAt = sizeof(CUipcMemHandle) - sizeof(uint64_t);
static_assert(sizeof(MemoryName) <= kSizeAt);

struct Imported {
  std::string handle;
  uint64_t start, bytes, address;
  Device *device;
  unsigned users;
};

std::mutex mutex;
std::vector<Imported> &imports() { // under mutex
  static auto *all = new std::vector<Imported>;
  return *all;
}

void unmap(uint64_t start, uint64_t bytes) {
  mmap(reinterpret_cast<void *>(start), bytes, PROT_NONE,
       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}

bool map_piece(const MemoryName &name, unsigned piece, uint64_t at) {
  const int fd =
      open_shared_file(name.of, name.first_piece + piece * name.piece_bytes, name.piece_bytes);
  if (fd < 0)
    return false;
  void *mapped = mmap(reinterpret_cast<void *>(at + piece * name.piece_bytes), name.piece_bytes,
                      PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
  close(fd);
  return mapped != MAP_FAILED;
}

bool is_sound(const MemoryName &name, uint64_t bytes) {
  const uint64_t total = name.piece_bytes * name.piece_count;
  return name.magic == kMemoryMagic && name.piece_count > 0 && name.piece_count <= kPiecesMost &&
         name.piece_bytes % 4096 == 0 && name.piece_bytes <= Arena::kSpanBytes / 4 && bytes > 0 &&
         name.offset_bytes <= total && bytes <= total - name.offset_bytes;
}

} // namespace

CUresult export_memory(uint64_t address, CUipcMemHandle *handle) {
  auto found = AddressMap::instance().find(address);
  // Of cuMemAlloc, and nothing else: pools and mapped memory have handles of their own.
  GF_REQUIRE(found && found->kind == MemoryKind::Device && !found->pool && !found->internal);
  Device &device = *Process::instance().device(found->device);
  if (Context *context = Context::from(found->context))
    context->synchronize();
  if (!device.arena().share(found->base))
    return CUDA_ERROR_OUT_OF_MEMORY;
  const auto pieces = device.arena().pieces(found->base);
  MemoryName name{};
  name.magic = kMemoryMagic;
  name.piece_count = static_cast<uint32_t>(pieces.size());
  name.of = own_share_name();
  name.first_piece = pieces.front().start;
  name.piece_bytes = pieces.front().bytes;
  name.offset_bytes = static_cast<uint32_t>(found->base - pieces.front().start);
  memset(handle, 0, sizeof *handle);
  memcpy(handle, &name, sizeof name);
  memcpy(reinterpret_cast<char *>(handle) + kSizeAt, &found->bytes, sizeof found->bytes);
  return CUDA_SUCCESS;
}

CUresult import_memory(Context &context, const CUipcMemHandle &handle, uint64_t *address) {
  MemoryName name;
  uint64_t bytes;
  memcpy(&name, &handle, sizeof name);
  memcpy(&bytes, reinterpret_cast<const char *>(&handle) + kSizeAt, sizeof bytes);
  GF_REQUIRE(is_sound(name, bytes));
  if (name.of == own_share_name())
    return CUDA_ERROR_INVALID_CONTEXT; // what this process has, it need not open
  std::lock_guard lock(mutex);
  const std::string text(reinterpret_cast<const char *>(&handle), sizeof handle);
  for (Imported &known : imports())
    if (known.handle == text && known.device == &context.device) {
      known.users++;
      *address = known.address;
      return CUDA_SUCCESS;
    }
  const uint64_t total = name.piece_bytes * name.piece_count;
  const uint64_t start = context.device.arena().reserve(total, 2 << 20);
  if (!start)
    return CUDA_ERROR_OUT_OF_MEMORY;
  for (unsigned piece = 0; piece < name.piece_count; piece++)
    if (!map_piece(name, piece, start)) {
      unmap(start, total);
      context.device.arena().unreserve(start, total);
      return CUDA_ERROR_INVALID_VALUE; // nobody shares it any more
    }
  Allocation allocation;
  allocation.base = start + name.offset_bytes;
  allocation.bytes = bytes;
  allocation.kind = MemoryKind::Mapped;
  allocation.device = context.device.ordinal();
  allocation.context = &context.root();
  allocation.internal = true; // cuIpcCloseMemHandle is how it goes
  AddressMap::instance().insert(allocation);
  imports().push_back({text, start, total, allocation.base, &context.device, 1});
  *address = allocation.base;
  return CUDA_SUCCESS;
}

CUresult close_memory(uint64_t address) {
  std::lock_guard lock(mutex);
  auto &all = imports();
  auto found =
      std::find_if(all.begin(), all.end(), [&](const Imported &i) { return i.address == address; });
  GF_REQUIRE(found != all.end());
  if (--found->users > 0)
    return CUDA_SUCCESS;
  AddressMap::instance().take(address, [](const Allocation &) { return true; });
  unmap(found->start, found->bytes);
  found->device->arena().unreserve(found->start, found->bytes);
  all.erase(found);
  return CUDA_SUCCESS;
}

void SharedEvent::wait(uint32_t number) {
  for (uint32_t seen = completed.load(std::memory_order_acquire); !done(number);
       seen = completed.load(std::memory_order_acquire)) {
    // Between processes, and with an end: who should complete it may be gone.
    timespec patience{1, 0};
    syscall(SYS_futex, &completed, FUTEX_WAIT, seen, &patience, nullptr, 0);
  }
}

void SharedEvent::complete(uint32_t number) {
  uint32_t seen = completed.load(std::memory_order_relaxed);
  while (static_cast<int32_t>(number - seen) > 0 &&
         !completed.compare_exchange_weak(seen, number, std::memory_order_acq_rel)) {
  }
  syscall(SYS_futex, &completed, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

namespace {
std::shared_ptr<SharedEvent> map_event(int fd) {
  void *page = mmap(nullptr, kEventPageBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (page == MAP_FAILED)
    return nullptr;
  return {static_cast<SharedEvent *>(page), [](SharedEvent *e) { munmap(e, kEventPageBytes); }};
}
} // namespace

CUresult export_event(std::shared_ptr<SharedEvent> &shared, uint64_t *key,
                      CUipcEventHandle *handle) {
  static std::atomic<uint64_t> next_key{1}; // no piece of memory begins there
  std::lock_guard lock(mutex);
  if (!shared) {
    *key = next_key++;
    const int fd = make_shared_file(*key, kEventPageBytes);
    if (fd < 0 || !(shared = map_event(fd)))
      return CUDA_ERROR_OUT_OF_MEMORY;
  }
  const EventName name{kEventMagic, 0, own_share_name(), *key};
  memset(handle, 0, sizeof *handle);
  memcpy(handle, &name, sizeof name);
  return CUDA_SUCCESS;
}

CUresult import_event(const CUipcEventHandle &handle, std::shared_ptr<SharedEvent> *shared) {
  EventName name;
  memcpy(&name, &handle, sizeof name);
  GF_REQUIRE(name.magic == kEventMagic);
  if (name.of == own_share_name())
    return CUDA_ERROR_INVALID_CONTEXT;
  const int fd = open_shared_file(name.of, name.key, kEventPageBytes);
  GF_REQUIRE(fd >= 0);
  *shared = map_event(fd);
  close(fd);
  return *shared ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

} // namespace softcuda
