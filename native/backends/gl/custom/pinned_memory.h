// Memory of the guest's that the driver uses as it is.
#pragma once

#include "ring/region.h"

#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

namespace gpuferry::gl {

/// For tests and measurements: as with a driver that has no GL_AMD_pinned_memory.
bool is_pinning_off();

/// Pieces of the heap that the driver needs in a row. A row stays until the session ends, as only the driver knows
/// when it has read from it last; the same pieces are the same row.
class PinnedViews {
public:
  static constexpr size_t kPiecesMax = 16384; ///< each is one mapping of the process

  /// Null where there is no room for more, or a piece is no whole pages of the heap.
  std::byte *find(const ring::Region &region, std::span<const gf_heap_range> pieces);

private:
  struct View {
    std::vector<gf_heap_range> pieces;
    ring::Mapping memory;
  };
  std::mutex lock_;
  std::vector<View> views_;
  size_t piece_count_ = 0;
};

} // namespace gpuferry::gl
