// The warp-wide operations themselves.
#include "run/rendezvous.h"

#include <bit>
#include <cmath>
#include <utility>

namespace softcuda::jit {
namespace {

template <typename Visit> void for_lanes(uint32_t group, Visit visit) {
  for (; group; group &= group - 1)
    visit(static_cast<uint32_t>(std::countr_zero(group)));
}

// PTX: the operand c packs a clamp (bits 0-4) and a segment mask (bits 8-12).
void shuffle(WarpSlots &slots, uint32_t group) {
  auto mode = static_cast<ShuffleMode>(slots.key[std::countr_zero(group)]);
  uint32_t values[kWarpSize];
  // Reading a lane that does not take part is undefined by the book; hardware gives 0, and sums over the rest
  // of a warp that is not full (cuda-samples' reduction is one) count on it.
  for (uint32_t lane = 0; lane < kWarpSize; ++lane)
    values[lane] = group >> lane & 1 ? static_cast<uint32_t>(slots.argument[0][lane]) : 0;
  auto exchange = [&](auto source_of) {
    for_lanes(group, [&](uint32_t lane) {
      uint32_t operand = static_cast<uint32_t>(slots.argument[1][lane]) & 31;
      auto c = static_cast<uint32_t>(slots.argument[2][lane]);
      uint32_t clamp = c & 31, segment = c >> 8 & 31;
      uint32_t max_lane = (lane & segment) | (clamp & ~segment);
      auto [source, in_range] = source_of(lane, operand, segment, max_lane);
      slots.result[0][lane] = values[in_range ? source : lane];
      slots.result[1][lane] = in_range;
    });
  };
  struct Source {
    uint32_t lane;
    bool in_range;
  };
  switch (mode) {
  case ShuffleMode::Up:
    return exchange([](uint32_t lane, uint32_t operand, uint32_t, uint32_t max_lane) {
      return Source{lane - operand,
                    static_cast<int32_t>(lane - operand) >= static_cast<int32_t>(max_lane)};
    });
  case ShuffleMode::Down:
    return exchange([](uint32_t lane, uint32_t operand, uint32_t, uint32_t max_lane) {
      return Source{lane + operand, lane + operand <= max_lane};
    });
  case ShuffleMode::Butterfly:
    return exchange([](uint32_t lane, uint32_t operand, uint32_t, uint32_t max_lane) {
      return Source{lane ^ operand, (lane ^ operand) <= max_lane};
    });
  case ShuffleMode::Index:
    return exchange([](uint32_t lane, uint32_t operand, uint32_t segment, uint32_t max_lane) {
      uint32_t source = (lane & segment) | (operand & ~segment);
      return Source{source, source <= max_lane};
    });
  }
}

void vote(WarpSlots &slots, uint32_t group) {
  uint32_t ballot = 0;
  for_lanes(group,
            [&](uint32_t lane) { ballot |= (slots.argument[0][lane] != 0 ? 1u : 0u) << lane; });
  auto mode = static_cast<VoteMode>(slots.key[std::countr_zero(group)]);
  uint64_t result = mode == VoteMode::All       ? ballot == group
                    : mode == VoteMode::Any     ? ballot != 0
                    : mode == VoteMode::Uniform ? ballot == group || ballot == 0
                                                : ballot;
  for_lanes(group, [&](uint32_t lane) { slots.result[0][lane] = result; });
}

void match(WarpSlots &slots, uint32_t group) {
  for_lanes(group, [&](uint32_t lane) {
    uint32_t equal = 0;
    for_lanes(group, [&](uint32_t other) {
      equal |= (slots.argument[0][other] == slots.argument[0][lane] ? 1u : 0u) << other;
    });
    bool all = slots.key[lane] == 1;
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

void reduce(WarpSlots &slots, uint32_t group) {
  auto op = static_cast<ReduceOp>(slots.key[std::countr_zero(group)]);
  bool first = true;
  uint32_t total = 0;
  for_lanes(group, [&](uint32_t lane) {
    auto value = static_cast<uint32_t>(slots.argument[0][lane]);
    total = std::exchange(first, false) ? value : reduce_two(op, total, value);
  });
  for_lanes(group, [&](uint32_t lane) { slots.result[0][lane] = total; });
}

} // namespace

void complete_meeting(WarpSlots &slots, uint32_t group) {
  auto leader = static_cast<uint32_t>(std::countr_zero(group));
  switch (slots.wait[leader]) {
  case Wait::Shuffle:
    return shuffle(slots, group);
  case Wait::Vote:
    return vote(slots, group);
  case Wait::Match:
    return match(slots, group);
  case Wait::ActiveMask:
    return for_lanes(group, [&](uint32_t lane) { slots.result[0][lane] = group; });
  case Wait::Reduce:
    return reduce(slots, group);
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
