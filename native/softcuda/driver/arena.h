// The memory of one software device: a range of addresses of its own, reserved as a whole and
// inaccessible, of which pages are committed when they are allocated and given back when they are
// freed. So an address that was never allocated, or no longer is, faults when a kernel touches it.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <vector>

namespace softcuda {

class Arena {
public:
  /// Every address that this device's memory may have lies in [base, base + kSpanBytes).
  static constexpr uint64_t kSpanBytes = 1ull << 40;
  static constexpr uint64_t kFirstBase = 0x100000000000;

  Arena(int ordinal, uint64_t limit_bytes);

  /// 0 when the device is full. The address is a multiple of `align_bytes` (a power of two) and of
  /// 512. The content is not specified, as in CUDA.
  uint64_t allocate(uint64_t bytes, uint64_t align_bytes = 512);
  void release(uint64_t address);

  /// Addresses with nothing behind them, which nobody is given until they come back. 0 when none are left.
  uint64_t reserve(uint64_t bytes, uint64_t align_bytes);
  void unreserve(uint64_t address, uint64_t bytes);
  /// Counts memory that lives elsewhere as this device's; false when it is full.
  bool charge(uint64_t bytes);
  void discharge(uint64_t bytes);

  /// What another process has to map to see the allocation at `address`: pieces of memory one behind the other, each with
  /// a file of its own, named by where it begins (shared_file.h). Empty where it cannot be shared. What lies in them
  /// may not be written meanwhile.
  struct Piece {
    uint64_t start, bytes;
  };
  std::vector<Piece> pieces(uint64_t address);
  bool share(uint64_t address);

  /// False where the process was given no range of addresses as large (ulimit -v).
  bool exists() const { return base_ != 0; }
  uint64_t limit_bytes() const { return limit_bytes_; }
  uint64_t free_bytes();
  bool contains(uint64_t address) const { return address - base_ < kSpanBytes; }

private:
  // Small blocks share chunks of kChunkBytes, which are committed as long as one block lives in
  // them; large blocks have whole pages.
  static constexpr uint64_t kChunkBytes = 2 << 20;
  static constexpr uint64_t kSmallBytes = 256 << 10;
  static constexpr uint64_t kGrainBytes = 512;
  static constexpr uint64_t kPageBytes = 64 << 10;

  // Free extents by address, for the small half and the large half of the range.
  using Extents = std::map<uint64_t, uint64_t>;
  static uint64_t carve(Extents &free, uint64_t bytes, uint64_t align_bytes);
  static void give_back(Extents &free, uint64_t address, uint64_t bytes);
  bool commit(uint64_t address, uint64_t bytes);
  void decommit(uint64_t address, uint64_t bytes);
  bool commit_chunks(uint64_t address, uint64_t bytes);
  void release_chunks(uint64_t address, uint64_t bytes);
  void leave_chunk(uint64_t chunk);
  std::vector<Piece> pieces_locked(uint64_t address) const;
  static bool share_piece(const Piece &piece);

  const uint64_t base_;
  const uint64_t limit_bytes_;
  std::mutex mutex_;
  uint64_t used_bytes_ = 0;
  Extents small_, large_;
  std::map<uint64_t, uint64_t> live_; // address → bytes, rounded
  uint64_t spare_chunk_ =
      UINT64_MAX; // the last that became empty: kept, since many programs allocate and free in turn
  std::vector<uint32_t> blocks_in_chunk_; // of the small half
  std::set<uint64_t> shared_;             // pieces that have a file, by where they begin
};

} // namespace softcuda
