#include "work.h"

#include "memory.h"
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
  config.cluster = cluster;
  config.is_explicit_cluster = is_explicit_cluster;
  config.dynamic_shared_bytes = dynamic_shared_bytes;
  config.cooperative = cooperative;
  config.params = params;
  config.device_ordinal = context.device.ordinal();
  config.watchdog_ms = Process::instance().watchdog_ms();
  jit::Status status =
      function->module.program().run(function->index, config, context.root().grid_host);
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

// The word may be written by the host or by a kernel, neither of which tells us: look again, ever
// less often.
void wait_for_word(Context &context, const CUstreamMemOpWaitValueParams_st &op, unsigned bits) {
  const uint64_t value = bits == 64 ? op.value64 : op.value;
  for (unsigned round = 0; !satisfied(load_word(op.address, bits), value, bits, op.flags);
       round++) {
    if (context.sticky())
      return;
    if (round < 1000)
      cpu_relax();
    else
      usleep(std::min(round - 1000 + 1, 100u));
  }
}

} // namespace

CUresult check_mem_ops(const CUstreamBatchMemOpParams *ops, unsigned count) {
  constexpr unsigned kWaitFlags = 3u | CU_STREAM_WAIT_VALUE_FLUSH;
  auto word = [](CUdeviceptr address, unsigned bytes) {
    return address % bytes == 0 && known(address, bytes);
  };
  for (unsigned i = 0; i < count; i++) {
    const CUstreamBatchMemOpParams &op = ops[i];
    bool right = false;
    switch (op.operation) {
    case CU_STREAM_MEM_OP_WAIT_VALUE_32:
      right = word(op.waitValue.address, 4) && !(op.waitValue.flags & ~kWaitFlags);
      break;
    case CU_STREAM_MEM_OP_WAIT_VALUE_64:
      right = word(op.waitValue.address, 8) && !(op.waitValue.flags & ~kWaitFlags);
      break;
    case CU_STREAM_MEM_OP_WRITE_VALUE_32:
      right = word(op.writeValue.address, 4) &&
              !(op.writeValue.flags & ~CU_STREAM_WRITE_VALUE_NO_MEMORY_BARRIER);
      break;
    case CU_STREAM_MEM_OP_WRITE_VALUE_64:
      right = word(op.writeValue.address, 8) &&
              !(op.writeValue.flags & ~CU_STREAM_WRITE_VALUE_NO_MEMORY_BARRIER);
      break;
    case CU_STREAM_MEM_OP_FLUSH_REMOTE_WRITES:
    case CU_STREAM_MEM_OP_BARRIER:
      right = true;
      break;
    }
    if (!right)
      return CUDA_ERROR_INVALID_VALUE;
  }
  return CUDA_SUCCESS;
}

void MemOpsWork::run(Context &context) const {
  for (const CUstreamBatchMemOpParams &op : ops) {
    switch (op.operation) {
    case CU_STREAM_MEM_OP_WAIT_VALUE_32:
      wait_for_word(context, op.waitValue, 32);
      break;
    case CU_STREAM_MEM_OP_WAIT_VALUE_64:
      wait_for_word(context, op.waitValue, 64);
      break;
    case CU_STREAM_MEM_OP_WRITE_VALUE_32:
      __atomic_store_n(reinterpret_cast<uint32_t *>(op.writeValue.address), op.writeValue.value,
                       __ATOMIC_RELEASE);
      break;
    case CU_STREAM_MEM_OP_WRITE_VALUE_64:
      __atomic_store_n(reinterpret_cast<uint64_t *>(op.writeValue.address), op.writeValue.value64,
                       __ATOMIC_RELEASE);
      break;
    default:
      break; // operations of a stream are in order here, always: barriers and flushes are for free
    }
  }
}

void FreeWork::run(Context &) const {
  if (auto taken = AddressMap::instance().take(address, [](const Allocation &) { return true; }))
    release_storage(*taken);
}

} // namespace softcuda
