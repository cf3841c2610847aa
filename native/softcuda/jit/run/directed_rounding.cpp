// Rarely used directed rounding by switching the CPU's mode. Compiled with -frounding-math, so that nothing moves
// across the switch.
#include "run/directed_rounding.h"

#include <cmath>
#include <immintrin.h>

namespace softcuda::jit {
namespace {

// The control register itself: fesetround() also switches the x87, which costs ten times as much.
template <unsigned Mode> class RoundingScope {
public:
  RoundingScope() : before_(_mm_getcsr()) { _mm_setcsr((before_ & ~_MM_ROUND_MASK) | Mode); }
  ~RoundingScope() { _mm_setcsr(before_); }

private:
  unsigned before_;
};

template <unsigned Mode, typename T> T add(T a, T b) {
  RoundingScope<Mode> scope;
  volatile T result = a + b;
  return result;
}
template <unsigned Mode, typename T> T sub(T a, T b) {
  RoundingScope<Mode> scope;
  volatile T result = a - b;
  return result;
}
template <unsigned Mode, typename T> T mul(T a, T b) {
  RoundingScope<Mode> scope;
  volatile T result = a * b;
  return result;
}
template <unsigned Mode, typename T> T div(T a, T b) {
  RoundingScope<Mode> scope;
  volatile T result = a / b;
  return result;
}
template <unsigned Mode, typename T> T fma(T a, T b, T c) {
  RoundingScope<Mode> scope;
  volatile T result = std::fma(a, b, c);
  return result;
}
template <unsigned Mode, typename T> T sqrt(T a) {
  RoundingScope<Mode> scope;
  volatile T result = std::sqrt(a);
  return result;
}

template <typename T> void *address(T *function) { return reinterpret_cast<void *>(function); }

} // namespace

#define ADD_MODE(name, mode)                                                                       \
  table["ptx_add_" name "_f64"] = address(add<mode, double>);                                      \
  table["ptx_sub_" name "_f64"] = address(sub<mode, double>);                                      \
  table["ptx_mul_" name "_f64"] = address(mul<mode, double>);                                      \
  table["ptx_fma_" name "_f64"] = address(fma<mode, double>);                                      \
  table["ptx_div_" name "_f64"] = address(div<mode, double>);                                      \
  table["ptx_div_" name "_f32"] = address(div<mode, float>);                                       \
  table["ptx_sqrt_" name "_f64"] = address(sqrt<mode, double>);                                    \
  table["ptx_sqrt_" name "_f32"] = address(sqrt<mode, float>);

void add_directed_rounding(std::unordered_map<std::string_view, void *> &table) {
  ADD_MODE("rz", _MM_ROUND_TOWARD_ZERO)
  ADD_MODE("rm", _MM_ROUND_DOWN)
  ADD_MODE("rp", _MM_ROUND_UP)
}

} // namespace softcuda::jit
