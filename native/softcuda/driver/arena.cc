#include "arena.h"

#include "shared_file.h"

#include <algorithm>
#include <sys/mman.h>
#include <unistd.h>

namespace softcuda {

namespace {
uint64_t round_up(uint64_t value, uint64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}
} // namespace

// The hint is honoured where nothing else lies there, which on x86-64 Linux nothing does; elsewhere
// the device simply lies where the kernel put it.
Arena::Arena(int ordinal, uint64_t limit_bytes)
    : base_([ordinal] {
        void *hint = reinterpret_cast<void *>(kFirstBase + ordinal * kSpanBytes);
        void *base =
            mmap(hint, kSpanBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        return base == MAP_FAILED ? 0 : reinterpret_cast<uint64_t>(base);
      }()),
      limit_bytes_(base_ ? limit_bytes : 0) {
  if (!base_)
    return;
  uint64_t half = kSpanBytes / 2;
  small_[base_] = half;
  large_[base_ + half] = half;
}

uint64_t Arena::free_bytes() {
  std::lock_guard lock(mutex_);
  return limit_bytes_ - used_bytes_;
}

uint64_t Arena::allocate(uint64_t bytes, uint64_t align_bytes) {
  if (bytes == 0 || bytes > limit_bytes_)
    return 0;
  bool is_small = bytes <= kSmallBytes && align_bytes <= kSmallBytes;
  uint64_t rounded = round_up(bytes, is_small ? kGrainBytes : kPageBytes);
  // Large blocks start on 2 MiB, so that the kernel may back them with huge pages.
  uint64_t align =
      std::max({align_bytes, kGrainBytes, !is_small && rounded >= kChunkBytes ? kChunkBytes : 0});
  std::lock_guard lock(mutex_);
  if (rounded > limit_bytes_ - used_bytes_)
    return 0;
  uint64_t address =
      carve(is_small ? small_ : large_, rounded, is_small ? align : std::max(align, kPageBytes));
  if (!address)
    return 0;
  if (!(is_small ? commit_chunks(address, rounded) : commit(address, rounded))) {
    give_back(is_small ? small_ : large_, address, rounded);
    return 0;
  }
  live_[address] = rounded;
  used_bytes_ += rounded;
  return address;
}

void Arena::release(uint64_t address) {
  std::lock_guard lock(mutex_);
  auto found = live_.find(address);
  if (found == live_.end())
    return;
  uint64_t bytes = found->second;
  live_.erase(found);
  used_bytes_ -= bytes;
  bool is_small = address - base_ < kSpanBytes / 2;
  if (is_small)
    release_chunks(address, bytes);
  else
    decommit(address, bytes);
  give_back(is_small ? small_ : large_, address, bytes);
}

uint64_t Arena::reserve(uint64_t bytes, uint64_t align_bytes) {
  std::lock_guard lock(mutex_);
  return carve(large_, bytes, align_bytes);
}

void Arena::unreserve(uint64_t address, uint64_t bytes) {
  std::lock_guard lock(mutex_);
  give_back(large_, address, bytes);
}

bool Arena::charge(uint64_t bytes) {
  std::lock_guard lock(mutex_);
  if (bytes > limit_bytes_ - used_bytes_)
    return false;
  used_bytes_ += bytes;
  return true;
}

void Arena::discharge(uint64_t bytes) {
  std::lock_guard lock(mutex_);
  used_bytes_ -= bytes;
}

// First fit by address keeps what lives together together, so that chunks become empty.
uint64_t Arena::carve(Extents &free, uint64_t bytes, uint64_t align_bytes) {
  for (auto it = free.begin(); it != free.end(); ++it) {
    auto [start, length] = *it;
    uint64_t address = round_up(start, align_bytes);
    uint64_t skipped = address - start;
    if (skipped + bytes > length)
      continue;
    free.erase(it);
    if (skipped)
      free[start] = skipped;
    if (length > skipped + bytes)
      free[address + bytes] = length - skipped - bytes;
    return address;
  }
  return 0;
}

void Arena::give_back(Extents &free, uint64_t address, uint64_t bytes) {
  auto after = free.lower_bound(address);
  if (after != free.end() && after->first == address + bytes) {
    bytes += after->second;
    after = free.erase(after);
  }
  if (after != free.begin()) {
    auto before = std::prev(after);
    if (before->first + before->second == address) {
      before->second += bytes;
      return;
    }
  }
  free[address] = bytes;
}

bool Arena::commit(uint64_t address, uint64_t bytes) {
  void *start = reinterpret_cast<void *>(address);
  if (mprotect(start, bytes, PROT_READ | PROT_WRITE))
    return false;
  if (bytes >= kChunkBytes)
    madvise(start, bytes, MADV_HUGEPAGE);
  return true;
}

// Small blocks are shared with all of their chunks, large ones alone.
std::vector<Arena::Piece> Arena::pieces_locked(uint64_t address) const {
  auto found = live_.find(address);
  if (found == live_.end())
    return {};
  if (address - base_ >= kSpanBytes / 2)
    return {{address, found->second}};
  std::vector<Piece> chunks;
  for (uint64_t chunk = (address - base_) / kChunkBytes;
       base_ + chunk * kChunkBytes < address + found->second; chunk++)
    chunks.push_back({base_ + chunk * kChunkBytes, kChunkBytes});
  return chunks;
}

std::vector<Arena::Piece> Arena::pieces(uint64_t address) {
  std::lock_guard lock(mutex_);
  return pieces_locked(address);
}

// What is there moves into the file, and the file comes to where it was.
bool Arena::share_piece(const Piece &piece) {
  const int fd = make_shared_file(piece.start, piece.bytes);
  if (fd < 0)
    return false;
  auto *at = reinterpret_cast<char *>(piece.start);
  for (uint64_t done = 0; done < piece.bytes;) {
    const ssize_t n = pwrite(fd, at + done, std::min<uint64_t>(piece.bytes - done, 1 << 30),
                             static_cast<off_t>(done));
    if (n <= 0) {
      drop_shared_file(piece.start);
      return false;
    }
    done += static_cast<uint64_t>(n);
  }
  if (mmap(at, piece.bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) != MAP_FAILED)
    return true;
  drop_shared_file(piece.start);
  return false;
}

bool Arena::share(uint64_t address) {
  std::lock_guard lock(mutex_);
  const auto pieces = pieces_locked(address);
  for (const Piece &piece : pieces)
    if (!shared_.contains(piece.start)) {
      if (!share_piece(piece))
        return false;
      shared_.insert(piece.start);
    }
  return !pieces.empty();
}

void Arena::decommit(uint64_t address, uint64_t bytes) {
  if (shared_.erase(address))
    drop_shared_file(address);
  mmap(reinterpret_cast<void *>(address), bytes, PROT_NONE,
       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}

bool Arena::commit_chunks(uint64_t address, uint64_t bytes) {
  uint64_t first = (address - base_) / kChunkBytes,
           last = (address + bytes - 1 - base_) / kChunkBytes;
  if (blocks_in_chunk_.size() <= last)
    blocks_in_chunk_.resize(last + 1);
  for (uint64_t chunk = first; chunk <= last; chunk++) {
    if (chunk == spare_chunk_) {
      spare_chunk_ = UINT64_MAX;
    } else if (blocks_in_chunk_[chunk] == 0 && !commit(base_ + chunk * kChunkBytes, kChunkBytes)) {
      for (uint64_t done = first; done < chunk; done++)
        leave_chunk(done);
      return false;
    }
    blocks_in_chunk_[chunk]++;
  }
  return true;
}

void Arena::release_chunks(uint64_t address, uint64_t bytes) {
  uint64_t first = (address - base_) / kChunkBytes,
           last = (address + bytes - 1 - base_) / kChunkBytes;
  for (uint64_t chunk = first; chunk <= last; chunk++)
    leave_chunk(chunk);
}

void Arena::leave_chunk(uint64_t chunk) {
  if (--blocks_in_chunk_[chunk] != 0)
    return;
  if (spare_chunk_ != UINT64_MAX)
    decommit(base_ + spare_chunk_ * kChunkBytes, kChunkBytes);
  spare_chunk_ = chunk;
}

} // namespace softcuda
