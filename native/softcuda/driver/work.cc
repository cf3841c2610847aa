#include "work.h"

#include "process.h"

#include <algorithm>
#include <cstring>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace softcuda {

namespace {

// Kernels compute with IEEE defaults, whatever the thread that runs them is set to: a waiting
// thread of the application may have been told to flush denormals to zero (-ffast-math does that),
// and threads inherit it.
class PlainFloats {
public:
#if defined(__x86_64__)
  PlainFloats() : saved_(_mm_getcsr()) { _mm_setcsr(0x1f80); }
  ~PlainFloats() { _mm_setcsr(saved_); }

private:
  unsigned saved_;
#endif
};

} // namespace

void KernelWork::run(Context &context) const {
  PlainFloats plain_floats;
  for (const Binding &binding : bindings)
    *reinterpret_cast<uint64_t *>(binding.variable) = binding.number;
  jit::LaunchConfig config;
  config.grid = grid;
  config.block = block;
  config.dynamic_shared_bytes = dynamic_shared_bytes;
  config.cooperative = cooperative;
  config.params = params;
  config.device_ordinal = context.device.ordinal();
  config.watchdog_ms = Process::instance().watchdog_ms();
  jit::Status status = function->module.program().run(function->index, config, context.grid_host);
  if (status)
    return;
  context.poison(status.cu_result);
  // An assertion has had its line already.
  if (status.cu_result != CUDA_ERROR_ASSERT && !status.log.empty())
    complain("kernel %s: %s", function->info.name.c_str(), status.log.c_str());
}

void CopyWork::run(Context &) const {
  auto *target = reinterpret_cast<char *>(to);
  auto *source = reinterpret_cast<const char *>(from);
  for (uint64_t z = 0; z < slices; z++)
    for (uint64_t y = 0; y < rows; y++)
      memmove(target + z * to_slice + y * to_pitch, source + z * from_slice + y * from_pitch,
              row_bytes);
}

void FillWork::run(Context &) const {
  for (uint64_t y = 0; y < rows; y++) {
    uint64_t row = to + y * pitch;
    if (element_bytes == 1)
      memset(reinterpret_cast<void *>(row), static_cast<int>(value), row_elements);
    else if (element_bytes == 2)
      std::fill_n(reinterpret_cast<uint16_t *>(row), row_elements, static_cast<uint16_t>(value));
    else
      std::fill_n(reinterpret_cast<uint32_t *>(row), row_elements, value);
  }
}

void HostWork::run(Context &) const {
  Process::in_host_function = true;
  function(user);
  Process::in_host_function = false;
}

namespace {

uint64_t load_word(uint64_t address, unsigned bits) {
  return bits == 64 ? __atomic_load_n(reinterpret_cast<uint64_t *>(address), __ATOMIC_ACQUIRE)
                    : __atomic_load_n(reinterpret_cast<uint32_t *>(address), __ATOMIC_ACQUIRE);
}

bool satisfied(uint64_t seen, uint64_t value, unsigned bits, unsigned flags) {
  switch (flags & 3) {
  case CU_STREAM_WAIT_VALUE_GEQ: // cyclic, as a counter that wraps needs it
    return bits == 64 ? static_cast<int64_t>(seen - value) >= 0
                      : static_cast<int32_t>(seen - value) >= 0;
  case CU_STREAM_WAIT_VALUE_EQ:
    return seen == value;
  case CU_STREAM_WAIT_VALUE_AND:
    return (seen & value) != 0;
  default: // NOR
    return (bits == 64 ? ~(seen | value) : static_cast<uint32_t>(~(seen | value))) != 0;
  }
}

} // namespace

// The word may be written by the host or by a kernel, neither of which tells us: look again, ever
// less often.
void WaitValueWork::run(Context &context) const {
  for (unsigned round = 0; !satisfied(load_word(address, bits), value, bits, flags); round++) {
    if (context.sticky())
      return;
    if (round < 1000)
      cpu_relax();
    else
      usleep(std::min(round - 1000 + 1, 100u));
  }
}

void WriteValueWork::run(Context &) const {
  if (bits == 64)
    __atomic_store_n(reinterpret_cast<uint64_t *>(address), value, __ATOMIC_RELEASE);
  else
    __atomic_store_n(reinterpret_cast<uint32_t *>(address), static_cast<uint32_t>(value),
                     __ATOMIC_RELEASE);
}

void FreeWork::run(Context &) const {
  if (auto taken = AddressMap::instance().take(address, [](const Allocation &) { return true; }))
    release_storage(*taken);
}

} // namespace softcuda
