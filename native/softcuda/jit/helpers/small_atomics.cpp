// atom.add, min and max on f16, bf16 and their pairs: compare-and-swap of the enclosing word.
#include "helpers.h"

namespace {

inline float from_bf16(uint16_t bits) { return from_bits(static_cast<uint32_t>(bits) << 16); }

inline uint16_t to_bf16(float value) {
  uint32_t bits = to_bits(value);
  if (value != value)
    return 0x7fff;
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

enum Kind { Add, Min, Max };

inline int64_t order(float value) {
  uint32_t bits = to_bits(value);
  int64_t magnitude = bits & 0x7fffffff;
  return bits >> 31 ? -1 - magnitude : magnitude;
}

template <Kind K> float combine(float a, float b) {
  if constexpr (K == Add)
    return a + b;
  if (a != a)
    return b;
  if (b != b)
    return a;
  // Compared as integers, so that -0 is less than +0, and that no compiler sees fminf in it, a function of libm.
  return (order(a) < order(b)) == (K == Min) ? a : b;
}

template <Kind K> uint16_t f16(uint16_t a, uint16_t b) {
  return half_bits(static_cast<_Float16>(combine<K>(half_from_bits(a), half_from_bits(b))));
}
template <Kind K> uint16_t bf16(uint16_t a, uint16_t b) {
  return to_bf16(combine<K>(from_bf16(a), from_bf16(b)));
}

template <typename Word, uint16_t (*Element)(uint16_t, uint16_t)>
Word update(Word *target, Word value) {
  Word old = __atomic_load_n(target, __ATOMIC_RELAXED), next;
  do {
    next = Element(static_cast<uint16_t>(old), static_cast<uint16_t>(value));
    if constexpr (sizeof(Word) == 4)
      next |= static_cast<Word>(
                  Element(static_cast<uint16_t>(old >> 16), static_cast<uint16_t>(value >> 16)))
              << 16;
  } while (
      !__atomic_compare_exchange_n(target, &old, next, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
  return old;
}

} // namespace

#define DEFINE(name, kind)                                                                         \
  HELPER uint16_t ptx_atom_##name##_f16(uint16_t *p, uint16_t v) {                                 \
    return update<uint16_t, f16<kind>>(p, v);                                                      \
  }                                                                                                \
  HELPER uint32_t ptx_atom_##name##_f16x2(uint32_t *p, uint32_t v) {                               \
    return update<uint32_t, f16<kind>>(p, v);                                                      \
  }                                                                                                \
  HELPER uint16_t ptx_atom_##name##_bf16(uint16_t *p, uint16_t v) {                                \
    return update<uint16_t, bf16<kind>>(p, v);                                                     \
  }                                                                                                \
  HELPER uint32_t ptx_atom_##name##_bf16x2(uint32_t *p, uint32_t v) {                              \
    return update<uint32_t, bf16<kind>>(p, v);                                                     \
  }

DEFINE(add, Add)
DEFINE(min, Min)
DEFINE(max, Max)
