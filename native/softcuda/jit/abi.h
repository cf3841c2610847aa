// What generated code and the grid runner agree on: the layout of a running block and of its threads.
// The code generator addresses these fields by offsetof; change kAbiVersion with any of them.
//
//   loop kernel       void kernel(BlockContext *)                      runs all threads of one block
//   coroutine kernel  Coroutine *kernel(BlockContext *, ThreadSlot *)  starts one thread, runs it to its first
//                     suspension; afterwards (*coroutine)->resume(coroutine) continues it
//
// A thread that suspends has written into its slot what it waits for; the block's scheduler
// (run/block_scheduler.cpp) performs the operation when all its participants have met, and writes the result.
#pragma once

#include <cstddef>
#include <cstdint>

namespace softcuda::jit {

inline constexpr uint32_t kAbiVersion = 3;
inline constexpr uint32_t kWarpSize = 32;
/// Address space that belongs to one block; all but its head is unmapped, so that wild offsets fault.
inline constexpr uint64_t kSharedWindowBytes = 1ull << 32;
inline constexpr uint32_t kMultiprocessors = 8; // what the software device reports; %nsmid

/// Why a thread is suspended. Rendezvous operations meet on (operation, mask, key).
enum class Wait : uint32_t {
  Running = 0,
  Exited,
  Yield,        // nothing to wait for: let the other lanes come this far (volatile shared accesses)
  Spin,         // in a loop that waits for another thread's store
  BlockBarrier, // bar.sync 0 of all threads, by far the most frequent
  Barrier,      // any other bar.sync: key = barrier, argument[0] = thread count, 0 for all
  BarrierRed,   // bar.red: argument[1] = predicate, [2] = 0 popc, 1 and, 2 or
  WarpSync,     // bar.warp.sync
  Shuffle, // key = mode | width << 8; argument = value, lane or delta, clamp; result = value, in range
  Vote,    // key = mode; argument[0] = predicate
  Match,      // key = 0 any, 1 all; argument[0] = value; result = mask, all-equal predicate
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

struct ThreadSlot;
/// `lanes[i]` is null for lanes that do not take part; every lane's `argument[0]` points to its operands.
using WarpFunction = void (*)(ThreadSlot *const lanes[kWarpSize]);

struct ThreadSlot {
  Wait wait;
  uint32_t key;
  uint32_t mask;
  uint32_t tid[3];
  uint64_t argument[3];
  uint64_t result[2];
  const void *pointer;
};

struct Grid; // of the runner

inline constexpr uint32_t kReservedSharedBytes = 1024;
inline constexpr uint32_t kParamAlignBytes = 16;

struct BlockContext {
  const std::byte *params; // aligned to kParamAlignBytes
  std::byte *shared;       // start of the block's shared window
  uint64_t zero;           // always 0, unknown to the optimiser: base of generic addresses
  uint32_t ntid[3];
  uint32_t ctaid[3];
  uint32_t nctaid[3];
  uint32_t dynamic_shared_offset; // in the window
  uint32_t dynamic_shared_bytes;
  uint32_t total_shared_bytes;
  uint32_t
      reserved_shared_offset; // kReservedSharedBytes behind the program's own, for cooperative groups
  uint32_t sm_id;
  uint32_t envreg[4];
  uint64_t grid_id;
  Grid *grid;
  void *frames; // arena of coroutine frames
};

/// How LLVM lays out the head of a switched-resume coroutine frame. `resume` is null once it has ended.
struct Coroutine {
  void (*resume)(Coroutine *);
  void (*destroy)(Coroutine *);
};

} // namespace softcuda::jit
