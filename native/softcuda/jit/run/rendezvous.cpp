// The warp-wide operations themselves.
#include "run/rendezvous.h"

#include "shuffle.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace softcuda::jit {
namespace {

template <typename Visit> void for_lanes(uint32_t group, Visit visit) {
  for (; group; group &= group - 1)
    visit(static_cast<uint32_t>(std::countr_zero(group)));
}

void give_all(WarpSlots &slots, uint32_t group, uint64_t result) {
  if (group == ~0u)
    std::fill_n(slots.result[0], kWarpSize, result);
  else
    for_lanes(group, [&](uint32_t lane) { slots.result[0][lane] = result; });
}

/// The operand c of a shuffle in the whole warp.
constexpr uint32_t whole_warp_c(ShuffleMode mode) { return mode == ShuffleMode::Up ? 0 : 31; }

/// Nearly all shuffles: the whole warp is there and asks for one distance or lane, so that neighbours move together.
void shuffle_whole_warp(WarpSlots &slots, ShuffleMode mode, uint32_t operand) {
  const uint64_t *from = slots.argument[0];
  uint64_t *to = slots.result[0], *in_range = slots.result[1];
  const uint32_t others = kWarpSize - operand;
  std::fill_n(in_range, kWarpSize, 1);
  switch (mode) {
  case ShuffleMode::Up:
    std::copy_n(from, others, to + operand);
    std::copy_n(from, operand, to);
    std::fill_n(in_range, operand, 0);
    return;
  case ShuffleMode::Down:
    std::copy_n(from + operand, others, to);
    std::copy_n(from + others, operand, to + others);
    std::fill_n(in_range + others, operand, 0);
    return;
  case ShuffleMode::Butterfly:
    for (uint32_t lane = 0; lane < kWarpSize; lane += 2) {
      const uint32_t pair = (lane ^ operand) & ~1u;
      to[lane] = from[pair | (operand & 1)];
      to[lane + 1] = from[pair | (~operand & 1)];
    }
    return;
  case ShuffleMode::Index:
    std::fill_n(to, kWarpSize, from[operand]);
  }
}

void shuffle(WarpSlots &slots, uint32_t group, ShuffleMode mode) {
  const uint64_t *operand = slots.argument[1], *c = slots.argument[2];
  uint64_t differ = 0; // lanes that are not there may differ, too: that costs time only
  for (uint32_t lane = 0; lane < kWarpSize; ++lane)
    differ |= (operand[lane] ^ operand[0]) | (c[lane] ^ whole_warp_c(mode));
  if (group == ~0u && differ == 0 && operand[0] < kWarpSize)
    return shuffle_whole_warp(slots, mode, static_cast<uint32_t>(operand[0]));
  // Reading a lane that does not take part is undefined by the book; hardware gives 0, and sums over the rest
  // of a warp that is not full (cuda-samples' reduction is one) count on it.
  uint64_t values[kWarpSize];
  for (uint32_t lane = 0; lane < kWarpSize; ++lane)
    values[lane] = slots.argument[0][lane] & -uint64_t{group >> lane & 1};
  for_lanes(group, [&](uint32_t lane) {
    const ShuffleSource source = shuffle_source(lane, mode, static_cast<uint32_t>(operand[lane]),
                                                static_cast<uint32_t>(c[lane]));
    slots.result[0][lane] = values[source.lane];
    slots.result[1][lane] = source.in_range;
  });
}

void vote(WarpSlots &slots, uint32_t group, VoteMode mode) {
  uint32_t ballot = 0;
  for_lanes(group,
            [&](uint32_t lane) { ballot |= (slots.argument[0][lane] != 0 ? 1u : 0u) << lane; });
  uint64_t result = mode == VoteMode::All       ? ballot == group
                    : mode == VoteMode::Any     ? ballot != 0
                    : mode == VoteMode::Uniform ? ballot == group || ballot == 0
                                                : ballot;
  give_all(slots, group, result);
}

void match(WarpSlots &slots, uint32_t group, bool all) {
  for_lanes(group, [&](uint32_t lane) {
    uint32_t equal = 0;
    for_lanes(group, [&](uint32_t other) {
      equal |= (slots.argument[0][other] == slots.argument[0][lane] ? 1u : 0u) << other;
    });
    slots.result[0][lane] = all ? (equal == group ? group : 0) : equal;
    slots.result[1][lane] = equal == group;
  });
}

float reduce_float(ReduceOp op, float a, float b) {
  bool propagates = op == ReduceOp::MinFNan || op == ReduceOp::MaxFNan;
  if (propagates && (std::isnan(a) || std::isnan(b)))
    return std::bit_cast<float>(0x7fffffffu);
  return op == ReduceOp::MinF || op == ReduceOp::MinFNan ? std::fmin(a, b) : std::fmax(a, b);
}

uint32_t reduce_two(ReduceOp op, uint32_t a, uint32_t b) {
  auto sa = static_cast<int32_t>(a), sb = static_cast<int32_t>(b);
  switch (op) {
  case ReduceOp::Add:
    return a + b;
  case ReduceOp::MinS:
    return static_cast<uint32_t>(sa < sb ? sa : sb);
  case ReduceOp::MaxS:
    return static_cast<uint32_t>(sa > sb ? sa : sb);
  case ReduceOp::MinU:
    return a < b ? a : b;
  case ReduceOp::MaxU:
    return a > b ? a : b;
  case ReduceOp::And:
    return a & b;
  case ReduceOp::Or:
    return a | b;
  case ReduceOp::Xor:
    return a ^ b;
  default:
    return std::bit_cast<uint32_t>(
        reduce_float(op, std::bit_cast<float>(a), std::bit_cast<float>(b)));
  }
}

void reduce(WarpSlots &slots, uint32_t group, ReduceOp op) {
  bool first = true;
  uint32_t total = 0;
  for_lanes(group, [&](uint32_t lane) {
    auto value = static_cast<uint32_t>(slots.argument[0][lane]);
    total = std::exchange(first, false) ? value : reduce_two(op, total, value);
  });
  give_all(slots, group, total);
}

} // namespace

void complete_meeting(WarpSlots &slots, uint32_t group, Wait wait, uint32_t key) {
  auto leader = static_cast<uint32_t>(std::countr_zero(group));
  switch (wait) {
  case Wait::Shuffle:
    return shuffle(slots, group, static_cast<ShuffleMode>(key));
  case Wait::Vote:
    return vote(slots, group, static_cast<VoteMode>(key));
  case Wait::Match:
    return match(slots, group, key == 1);
  case Wait::ActiveMask:
    return give_all(slots, group, group);
  case Wait::Reduce:
    return reduce(slots, group, static_cast<ReduceOp>(key));
  case Wait::Elect:
    return for_lanes(group, [&](uint32_t lane) {
      slots.result[0][lane] = leader;
      slots.result[1][lane] = lane == leader;
    });
  case Wait::WarpCall:
    return reinterpret_cast<WarpFunction>(const_cast<void *>(slots.pointer[leader]))(
        slots.argument[0], group);
  default: // WarpSync: meeting is all there is to it
    return;
  }
}

} // namespace softcuda::jit
