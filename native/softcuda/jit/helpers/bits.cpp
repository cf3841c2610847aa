#include "helpers.h"

// prmt with a mode; the selector's two lowest bits choose the rotation.
HELPER uint32_t ptx_prmt_mode(uint64_t bytes, uint32_t selector, uint32_t mode) {
  uint32_t s = selector & 3, picks[4];
  for (uint32_t i = 0; i < 4; ++i) {
    switch (mode) {
    case 0: // f4e: four bytes forward
      picks[i] = s + i;
      break;
    case 1: // b4e: four bytes backward
      picks[i] = (s + 8 - i) & 7;
      break;
    case 2: // rc8: one byte everywhere
      picks[i] = s;
      break;
    case 3: // ecl: clamp to the left
      picks[i] = i > s ? i : s;
      break;
    case 4: // ecr: clamp to the right
      picks[i] = i < s ? i : s;
      break;
    default: // rc16: one half word twice
      picks[i] = (s & 1) * 2 + (i & 1);
    }
  }
  uint32_t result = 0;
  for (uint32_t i = 0; i < 4; ++i)
    result |= static_cast<uint32_t>(bytes >> (8 * picks[i]) & 0xff) << (8 * i);
  return result;
}

HELPER uint32_t ptx_fns(uint32_t mask, uint32_t base, int32_t offset) {
  uint32_t position = base;
  if (offset == 0)
    return position < 32 && (mask >> position & 1) ? position : 0xffffffff;
  int32_t step = offset > 0 ? 1 : -1;
  uint32_t left = static_cast<uint32_t>(offset > 0 ? offset : -offset);
  for (; position < 32; position += static_cast<uint32_t>(step))
    if ((mask >> position & 1) && --left == 0)
      return position;
  return 0xffffffff;
}
