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
void shuffle(ThreadSlot *slots, uint32_t group) {
  for_lanes(group, [&](uint32_t lane) {
    ThreadSlot &slot = slots[lane];
    uint32_t operand = static_cast<uint32_t>(slot.argument[1]) & 31;
    uint32_t c = static_cast<uint32_t>(slot.argument[2]);
    uint32_t clamp = c & 31, segment = c >> 8 & 31;
    uint32_t max_lane = (lane & segment) | (clamp & ~segment), min_lane = lane & segment;
    uint32_t source = lane;
    bool in_range = false;
    switch (static_cast<ShuffleMode>(slot.key)) {
    case ShuffleMode::Up:
      in_range = static_cast<int32_t>(lane - operand) >= static_cast<int32_t>(max_lane);
      source = lane - operand;
      break;
    case ShuffleMode::Down:
      in_range = lane + operand <= max_lane;
      source = lane + operand;
      break;
    case ShuffleMode::Butterfly:
      in_range = (lane ^ operand) <= max_lane;
      source = lane ^ operand;
      break;
    case ShuffleMode::Index:
      source = min_lane | (operand & ~segment);
      in_range = source <= max_lane;
      break;
    }
    if (!in_range)
      source = lane;
    // Reading a lane that does not take part is undefined by the book; hardware gives 0, and sums over the rest
    // of a warp that is not full (cuda-samples' reduction is one) count on it.
    slot.result[0] = group >> source & 1 ? slots[source].argument[0] : 0;
    slot.result[1] = in_range;
  });
}

void vote(ThreadSlot *slots, uint32_t group) {
  uint32_t ballot = 0;
  for_lanes(group,
            [&](uint32_t lane) { ballot |= (slots[lane].argument[0] != 0 ? 1u : 0u) << lane; });
  for_lanes(group, [&](uint32_t lane) {
    ThreadSlot &slot = slots[lane];
    switch (static_cast<VoteMode>(slot.key)) {
    case VoteMode::All:
      slot.result[0] = ballot == group;
      break;
    case VoteMode::Any:
      slot.result[0] = ballot != 0;
      break;
    case VoteMode::Uniform:
      slot.result[0] = ballot == group || ballot == 0;
      break;
    case VoteMode::Ballot:
      slot.result[0] = ballot;
      break;
    }
  });
}

void match(ThreadSlot *slots, uint32_t group) {
  for_lanes(group, [&](uint32_t lane) {
    uint32_t equal = 0;
    for_lanes(group, [&](uint32_t other) {
      equal |= (slots[other].argument[0] == slots[lane].argument[0] ? 1u : 0u) << other;
    });
    bool all = slots[lane].key == 1;
    slots[lane].result[0] = all ? (equal == group ? group : 0) : equal;
    slots[lane].result[1] = equal == group;
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

void reduce(ThreadSlot *slots, uint32_t group) {
  auto op = static_cast<ReduceOp>(slots[std::countr_zero(group)].key);
  bool first = true;
  uint32_t total = 0;
  for_lanes(group, [&](uint32_t lane) {
    auto value = static_cast<uint32_t>(slots[lane].argument[0]);
    total = std::exchange(first, false) ? value : reduce_two(op, total, value);
  });
  for_lanes(group, [&](uint32_t lane) { slots[lane].result[0] = total; });
}

} // namespace

void complete_meeting(ThreadSlot *slots, uint32_t group) {
  ThreadSlot &leader = slots[std::countr_zero(group)];
  switch (leader.wait) {
  case Wait::Shuffle:
    return shuffle(slots, group);
  case Wait::Vote:
    return vote(slots, group);
  case Wait::Match:
    return match(slots, group);
  case Wait::ActiveMask:
    return for_lanes(group, [&](uint32_t lane) { slots[lane].result[0] = group; });
  case Wait::Reduce:
    return reduce(slots, group);
  case Wait::Elect:
    return for_lanes(group, [&](uint32_t lane) {
      slots[lane].result[0] = static_cast<uint32_t>(std::countr_zero(group));
      slots[lane].result[1] = &slots[lane] == &leader;
    });
  case Wait::WarpCall: {
    ThreadSlot *lanes[kWarpSize] = {};
    for_lanes(group, [&](uint32_t lane) { lanes[lane] = &slots[lane]; });
    auto function = reinterpret_cast<WarpFunction>(const_cast<void *>(leader.pointer));
    return function(lanes);
  }
  default: // WarpSync: meeting is all there is to it
    return;
  }
}

} // namespace softcuda::jit
