// Which lane's value a shuffle gives to a lane.
#pragma once

#include "abi.h"

namespace softcuda::jit {

struct ShuffleSource {
  uint32_t lane; // the asking lane itself where the other is out of range
  bool in_range;
};

/// PTX: of the operand c, bits 0 to 4 are a clamp and bits 8 to 12 a segment mask; b is a distance or a lane.
inline ShuffleSource shuffle_source(uint32_t own, ShuffleMode mode, uint32_t b, uint32_t c) {
  b &= 31;
  uint32_t clamp = c & 31, segment = c >> 8 & 31;
  uint32_t max_lane = (own & segment) | (clamp & ~segment), min_lane = own & segment;
  uint32_t source = mode == ShuffleMode::Up          ? own - b
                    : mode == ShuffleMode::Down      ? own + b
                    : mode == ShuffleMode::Butterfly ? own ^ b
                                                     : min_lane | (b & ~segment);
  bool inside = mode == ShuffleMode::Up
                    ? static_cast<int32_t>(source) >= static_cast<int32_t>(max_lane)
                    : source <= max_lane;
  return {inside ? source : own, inside};
}

} // namespace softcuda::jit
