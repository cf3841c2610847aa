#include "run/runtime_symbols.h"

#include "run/block_scheduler.h"
#include "run/bulk.h"
#include "run/directed_rounding.h"
#include "run/matrix.h"
#include "run/printf.h"
#include "run/texture.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <time.h>
#include <unordered_map>

// libgcc's half-precision conversions, called where the CPU has no F16C
extern "C" {
_Float16 __truncsfhf2(float);
_Float16 __truncdfhf2(double);
float __extendhfsf2(_Float16);
}

namespace softcuda::jit {
namespace {

uint64_t rt_globaltimer_ns() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000000000u + static_cast<uint64_t>(now.tv_nsec);
}

void rt_trap(BlockContext *) { leave_kernel(719, "trap"); }

// The text is formatted where a bad string pointer counts as the kernel's fault. The buffer outlives a jump.
int rt_vprintf(BlockContext *context, const char *format, const std::byte *arguments) {
  thread_local std::string text;
  text.clear();
  int count = format_device_printf(format, arguments, text);
  OutsideKernel no_jump;
  context->grid->services->print(text);
  return count;
}

uint64_t rt_malloc(BlockContext *context, uint64_t bytes) {
  OutsideKernel no_jump;
  return context->grid->services->heap_malloc(bytes);
}

void rt_free(BlockContext *context, uint64_t address) {
  OutsideKernel no_jump;
  if (address)
    context->grid->services->heap_free(address);
}

// Other threads go on, so that each failing one prints its line, as on a GPU. `ends_thread`: the caller then leaves
// the thread; deeper in a call it cannot, and the grid ends here.
void rt_assertfail(BlockContext *context, uint32_t ends_thread, uint32_t x, uint32_t y, uint32_t z,
                   const char *expression, const char *file, uint32_t line, const char *function) {
  char text[2048];
  std::snprintf(text, sizeof text,
                "%s:%u: %s: block: [%u,%u,%u], thread: [%u,%u,%u] Assertion `%s` failed.\n", file,
                line, function, context->ctaid[0], context->ctaid[1], context->ctaid[2], x, y, z,
                expression);
  {
    OutsideKernel no_jump;
    context->grid->services->assert_failed(text);
  }
  if (!ends_thread)
    leave_kernel(710, "device-side assert triggered");
  context->grid->fail_at_end(710, "device-side assert triggered");
}

// Local memory of a thread that suspends, until its block ends.
uint64_t rt_dynamic_local(BlockContext *context, uint64_t bytes) {
  auto *arena = static_cast<FrameArena *>(context->frames);
  void *memory = arena->allocate(bytes);
  if (!memory) {
    OutsideKernel no_jump;
    if (bytes < kSharedWindowBytes && arena->grow(bytes))
      memory = arena->allocate(bytes);
  }
  if (!memory)
    leave_kernel(2, "no memory for an alloca");
  return reinterpret_cast<uint64_t>(memory);
}

bool rt_is_param(BlockContext *context, uint64_t address) {
  return address - reinterpret_cast<uint64_t>(context->params) < context->grid->params.size();
}

bool rt_is_local(BlockContext *context, uint64_t address) {
  if (static_cast<FrameArena *>(context->frames)->contains(address))
    return true;
  thread_local struct StackRange {
    uint64_t begin = 0, bytes = 0;
    StackRange() {
      pthread_attr_t attributes;
      void *low = nullptr;
      size_t size = 0;
      if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        pthread_attr_getstack(&attributes, &low, &size);
        pthread_attr_destroy(&attributes);
      }
      begin = reinterpret_cast<uint64_t>(low);
      bytes = size;
    }
  } stack;
  return address - stack.begin < stack.bytes;
}

// What LLVM calls for min and max of f16, which it widens. A NaN loses; -0 is less than +0, as PTX has it.
template <typename T> T lesser(T a, T b) {
  if (a != a || b != b)
    return a != a ? b : a;
  return a == b ? (std::signbit(a) ? a : b) : a < b ? a : b;
}
template <typename T> T greater(T a, T b) {
  if (a != a || b != b)
    return a != a ? b : a;
  return a == b ? (std::signbit(a) ? b : a) : a > b ? a : b;
}

template <typename T> void *address(T *function) { return reinterpret_cast<void *>(function); }

std::unordered_map<std::string_view, void *> make_table() {
  std::unordered_map<std::string_view, void *> table = {
      {"rt_globaltimer_ns", address(rt_globaltimer_ns)},
      {"rt_trap", address(rt_trap)},
      {"rt_vprintf", address(rt_vprintf)},
      {"rt_malloc", address(rt_malloc)},
      {"rt_free", address(rt_free)},
      {"rt_assertfail", address(rt_assertfail)},
      {"rt_is_local", address(rt_is_local)},
      {"rt_dynamic_local", address(rt_dynamic_local)},
      {"rt_is_param", address(rt_is_param)},
      {"memcpy", address(std::memcpy)},
      {"memset", address(std::memset)},
      {"memmove", address(std::memmove)},
      {"fma", address<double(double, double, double)>(std::fma)},
      {"fmaf", address<float(float, float, float)>(fmaf)},
      {"floor", address<double(double)>(std::floor)},
      {"floorf", address<float(float)>(floorf)},
      {"ceil", address<double(double)>(std::ceil)},
      {"ceilf", address<float(float)>(ceilf)},
      {"trunc", address<double(double)>(std::trunc)},
      {"truncf", address<float(float)>(truncf)},
      {"rint", address<double(double)>(std::rint)},
      {"rintf", address<float(float)>(rintf)},
      // in the default rounding mode the two are the same
      {"roundeven", address<double(double)>(std::rint)},
      {"roundevenf", address<float(float)>(rintf)},
      {"fminf", address<float(float, float)>(lesser<float>)},
      {"fmaxf", address<float(float, float)>(greater<float>)},
      {"fmin", address<double(double, double)>(lesser<double>)},
      {"fmax", address<double(double, double)>(greater<double>)},
      {"__truncsfhf2", address(__truncsfhf2)},
      {"__truncdfhf2", address(__truncdfhf2)},
      {"__extendhfsf2", address(__extendhfsf2)},
  };
  add_bulk_functions(table);
  add_directed_rounding(table);
  add_matrix_functions(table);
  add_texture_functions(table);
  add_plain_textures(table);
  add_image_queries(table);
  add_surface_functions(table);
  return table;
}

} // namespace

void *runtime_symbol(std::string_view name) {
  static const auto table = make_table();
  auto found = table.find(name);
  return found == table.end() ? nullptr : found->second;
}

} // namespace softcuda::jit
