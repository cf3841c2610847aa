// What generated code and the grid runner agree on: the layout of a running block and of its threads.
// The code generator addresses these fields by offsetof; change kAbiVersion with any of them.
//
//   loop kernel     void kernel(BlockContext *)    runs all threads of one block
//   region kernel   int kernel(BlockContext *, WarpSlots *, std::byte *frame, site, first, last)
//                   runs lanes [first, last) of one warp from `site`, where all of them are (0: the start),
//                   each to its next suspension or its end; `frame` holds what the warp's threads keep meanwhile.
//                   All 32 lanes together go on behind meetings that they hold by themselves (codegen/meetings.h),
//                   unless BlockContext::is_brief.
//                   Returns the site where all of them are then (0: ended), or -1: each lane's slot says its own.
//
// A table of the kernel's sites says what a thread that suspends there waits for; operands are in its lane of the slots.
// The block's scheduler (run/block_scheduler.cpp) performs the operation when all its participants have met, and
// writes the result.
#pragma once

#include <cstddef>
#include <cstdint>

namespace softcuda::jit {

inline constexpr uint32_t kAbiVersion = 9;
inline constexpr uint32_t kWarpSize = 32;
/// Address space that belongs to one block; all but what the launch asked for is unmapped, so that wild offsets fault.
inline constexpr uint64_t kSharedWindowBytes = 1ull << 32;
/// Where its first variable lies. Not at 0: nvcc makes `[r + 136]` of `s[34 - i]`, with r = s - 4 i, which must not wrap,
/// because generated code adds the displacement in 64 bits.
inline constexpr uint32_t kSharedStart = 16u << 20;
/// From the shared memory of a block to that of the next in its cluster. 16 blocks times this are less than kSharedStart,
/// so that every block sees the memory of all of them at offsets that are not negative.
inline constexpr uint32_t kClusterStride = 1u << 20;
inline constexpr uint32_t kMaxClusterBlocks = 16;
static_assert((kMaxClusterBlocks - 1) * kClusterStride < kSharedStart);
inline constexpr uint32_t kMultiprocessors = 8; // what the software device reports; %nsmid

/// Why a thread is suspended. Rendezvous operations meet on (operation, mask, key).
enum class Wait : uint32_t {
  Exited,
  Yield,        // nothing to wait for: let the other lanes come this far (volatile shared accesses)
  Pass,         // nothing at all: the thread goes on in another region
  Spin,         // in a loop that waits for another thread's store
  BlockBarrier, // bar.sync 0 of all threads, by far the most frequent
  Barrier,      // any other bar.sync: key = barrier, argument[0] = thread count, 0 for all
  BarrierRed,   // bar.red: argument[1] = predicate, [2] = 0 popc, 1 and, 2 or
  WarpSync,     // bar.warp.sync
  Shuffle, // key = mode; argument = value and PTX's b and c, unless they are constant; result = value, in range
  Vote,    // key = mode; argument[0] = predicate
  Match,   // key = 0 any, 1 all; argument[0] = value; result = mask, all-equal predicate
  ActiveMask, // key = place in the program
  Reduce,     // redux.sync: key = operation; argument[0] = value
  Elect,      // result = leader lane, is leader
  WarpCall,   // pointer = WarpFunction: wmma, mma, ldmatrix, … computed for the whole warp at once
};

enum class ShuffleMode : uint32_t { Up, Down, Butterfly, Index };
enum class VoteMode : uint32_t { All, Any, Uniform, Ballot };
enum class ReduceOp : uint32_t {
  Add,
  MinS,
  MaxS,
  MinU,
  MaxU,
  And,
  Or,
  Xor,
  MinF,
  MaxF,
  MinFNan,
  MaxFNan
};

inline constexpr uint32_t kBarrierArrive = 0x100; // in a barrier's key: count me, but do not wait
inline constexpr uint32_t kClusterBarrier = 16;   // behind the sixteen barriers of a block
inline constexpr uint32_t kBarrierCount = 17;

/// Computes for the lanes of `group`; each lane's `arguments` element points to its operands.
using WarpFunction = void (*)(const uint64_t arguments[kWarpSize], uint32_t group);

/// The threads of a warp, field by field: code that runs lanes side by side then reads and writes neighbours.
struct alignas(64) WarpSlots {
  uint32_t site[kWarpSize]; // where the lane goes on
  uint32_t key[kWarpSize];  // of sites that are not fixed
  uint32_t mask[kWarpSize];
  uint32_t tid[3][kWarpSize];
  uint64_t argument[3][kWarpSize];
  uint64_t result[2][kWarpSize];
  const void *pointer[kWarpSize];
};

/// What threads wait for where they suspend. Site 0 is the end of a thread.
struct Site {
  Wait wait;
  uint32_t is_fixed; // else key and mask are each lane's own
  uint32_t key;
  uint32_t mask;
  /// constant_shuffle(b, c) where they are constant, and argument[1] and [2] not written; else 0.
  uint32_t shuffle;
};

/// A shuffle's operands b (a distance or a lane) and c (clamp and segment mask) in one word that is not 0.
constexpr uint32_t constant_shuffle(uint32_t b, uint32_t c) {
  return 1u << 31 | (b & 0x1f) | (c & 0x1f1f) << 8;
}
constexpr uint32_t constant_shuffle_b(uint32_t shuffle) { return shuffle & 0x1f; }
constexpr uint32_t constant_shuffle_c(uint32_t shuffle) { return shuffle >> 8 & 0x1f1f; }

/// Set in the key of site 0 where no other site is more than a Wait::Pass.
inline constexpr uint32_t kNobodyWaits = 1;
constexpr bool nobody_waits(uint32_t key) { return key & kNobodyWaits; }
/// The bits above it: axes along which one thread stands for all (codegen/alike_threads.h).
constexpr bool is_alike(uint32_t key, uint32_t axis) { return key >> (1 + axis) & 1; }

struct Grid; // of the runner

inline constexpr uint32_t kReservedSharedBytes = 1024;
inline constexpr uint32_t kParamAlignBytes = 16;
/// What a thread that suspends may take with alloca before it needs a piece for each.
inline constexpr uint32_t kDynamicStackBytes = 64 << 10;

struct BlockContext {
  const std::byte *params; // aligned to kParamAlignBytes
  std::byte *shared;       // start of the block's shared window
  uint64_t zero;           // always 0, unknown to the optimiser: base of generic addresses
  uint32_t ntid[3];
  uint32_t ctaid[3];
  uint32_t nctaid[3];
  uint32_t clusterid[3];
  uint32_t nclusterid[3];
  uint32_t cluster_ctaid[3];
  uint32_t cluster_nctaid[3];
  uint32_t cluster_ctarank;
  uint32_t cluster_nctarank;
  uint32_t is_explicit_cluster;   // 0: each block is a cluster because nobody asked for others
  uint32_t dynamic_shared_offset; // in the window
  uint32_t dynamic_shared_bytes;
  uint32_t total_shared_bytes;
  uint32_t
      reserved_shared_offset; // kReservedSharedBytes behind the program's own, for cooperative groups
  uint32_t sm_id;
  uint32_t
      lane_run; // lanes next to each other in x: the greatest power of two that divides ntid[0], at most 32
  uint32_t is_brief; // whole warps return from every suspension
  uint32_t envreg[4];
  uint64_t grid_id;
  Grid *grid;
  void *frames; // arena of the warps' frames
};

} // namespace softcuda::jit
