// Semantics that are easier said in C++ than in IR. Compiled to bitcode with clang, embedded in the compiler, and
// linked into the kernels that call them. No library calls, no global state.
#pragma once

#include <stdint.h>

#define HELPER extern "C" __attribute__((visibility("hidden")))

inline uint32_t to_bits(float value) { return __builtin_bit_cast(uint32_t, value); }
inline uint64_t to_bits64(double value) { return __builtin_bit_cast(uint64_t, value); }
inline float from_bits(uint32_t bits) { return __builtin_bit_cast(float, bits); }
inline double from_bits64(uint64_t bits) { return __builtin_bit_cast(double, bits); }
inline uint16_t half_bits(_Float16 value) { return __builtin_bit_cast(uint16_t, value); }
inline _Float16 half_from_bits(uint16_t bits) { return __builtin_bit_cast(_Float16, bits); }
