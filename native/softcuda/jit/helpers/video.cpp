// One helper for all SIMD video instructions; its first three arguments are constants, so that little of it is left.
#include "helpers.h"

HELPER __attribute__((always_inline)) uint32_t ptx_video(uint32_t operation, uint32_t lanes,
                                                         uint32_t flags, uint32_t a, uint32_t b,
                                                         uint32_t c) {
  int width = 32 / static_cast<int>(lanes);
  uint32_t mask = (1u << width) - 1, packed = c, total = c;
  bool a_signed = flags & 1, b_signed = flags & 2, d_signed = flags & 4, saturate = flags & 8;
  for (int lane = 0; lane < static_cast<int>(lanes); ++lane) {
    if (!(flags >> (8 + lane) & 1))
      continue;
    auto element = [&](uint32_t word, bool sign) {
      auto bits = static_cast<int32_t>(word >> (lane * width) & mask);
      return sign ? bits << (32 - width) >> (32 - width) : bits;
    };
    int32_t x = element(a, a_signed), y = element(b, b_signed), r;
    switch (operation) {
    case 0:
      r = x + y;
      break;
    case 1:
      r = x - y;
      break;
    case 2: // rounds away from zero
      r = (x + y + (x + y >= 0)) >> 1;
      break;
    case 3:
      r = x > y ? x - y : y - x;
      break;
    case 4:
      r = x < y ? x : y;
      break;
    case 5:
      r = x > y ? x : y;
      break;
    default: {
      uint32_t compare = flags >> 5 & 7;
      r = compare == 0   ? x == y
          : compare == 1 ? x != y
          : compare == 2 ? x < y
          : compare == 3 ? x <= y
          : compare == 4 ? x > y
                         : x >= y;
    }
    }
    if (saturate) {
      int32_t low = d_signed ? -(1 << (width - 1)) : 0;
      int32_t high = d_signed ? (1 << (width - 1)) - 1 : static_cast<int32_t>(mask);
      r = r < low ? low : r > high ? high : r;
    }
    packed &= ~(mask << (lane * width));
    packed |= (static_cast<uint32_t>(r) & mask) << (lane * width);
    total += static_cast<uint32_t>(r);
  }
  return flags & 16 ? total : packed;
}
