#include "backends/cuda/call.h"

#include "executor/driver_output.h"

#include <cstdio>
#include <cstring>
#include <utility>

namespace gpuferry::cuda {

namespace {

/// The error of a handle that names nothing, by kind.
constexpr std::array<CUresult, GF_KIND_COUNT> make_invalid() {
  std::array<CUresult, GF_KIND_COUNT> errors{};
#define GF_ERROR(kind, name, specials, error) errors[kind] = error;
  GF_KINDS(GF_ERROR)
#undef GF_ERROR
  return errors;
}
constexpr auto kInvalid = make_invalid();

constexpr uint64_t kLegacyStream = 1,
                   kPerThreadStream = 2; // CU_STREAM_LEGACY, CU_STREAM_PER_THREAD

} // namespace

const char *Call::text(uint64_t bytes) {
  const auto *chars = reinterpret_cast<const char *>(bytes ? tail(bytes) : nullptr);
  if (!chars || chars[bytes - 1] != '\0') {
    frame_.violate("a text is not terminated");
    return nullptr;
  }
  return chars;
}

CUresult Call::find(uint32_t kind, uint64_t guest, uint64_t *native) {
  if (kind == GF_KIND_STREAM && guest <= kPerThreadStream)
    return find_stream(guest, native);
  if (guest == 0) {
    *native = 0;
    return CUDA_SUCCESS;
  }
  auto found = session_.objects.find(kind, guest);
#define GF_STAND_IN(of, stand_in)                                                                  \
  if (!found && kind == of)                                                                        \
    found = session_.objects.find(stand_in, guest);
  GF_KIND_ACCEPTS(GF_STAND_IN)
#undef GF_STAND_IN
  if (!found)
    return kInvalid[kind];
  *native = *found;
  if (kind == GF_KIND_STREAM && expects_work_ && !begin_work(to_native<CUstream>(*native)))
    return CUDA_ERROR_UNKNOWN;
  return CUDA_SUCCESS;
}

CUresult Call::find_stream(uint64_t guest, uint64_t *native) {
  CUstream stream = nullptr;
  if (guest == kPerThreadStream || (guest == 0 && frame_.is_per_thread())) {
    if (const CUresult error = lane_.own_stream(session_, &stream))
      return error;
  } else if (guest == kLegacyStream) {
    stream = to_native<CUstream>(kLegacyStream);
  }
  *native = to_number(stream);
  if (expects_work_ && !begin_work(stream))
    return CUDA_ERROR_UNKNOWN;
  return CUDA_SUCCESS;
}

namespace {
/// What ends with the context it was made in.
bool belongs_to_context(uint32_t kind) {
  return kind == GF_KIND_STREAM || kind == GF_KIND_EVENT || kind == GF_KIND_MODULE ||
         kind == GF_KIND_ARRAY || kind == GF_KIND_MIPMAPPED_ARRAY;
}
} // namespace

bool Call::bind_number(uint32_t kind, uint64_t guest, uint64_t native, uint64_t owner) {
  if (owner == 0 && belongs_to_context(kind))
    owner = lane_.context_handle;
  switch (session_.objects.bind(kind, guest, native, owner)) {
  case executor::Bind::ok:
    return true;
  case executor::Bind::bad_handle:
    frame_.violate("a new handle has the wrong form");
    return false;
  case executor::Bind::in_use:
    frame_.violate("a new handle names something already");
    return false;
  case executor::Bind::full:
    frame_.violate("a new handle lies outside of the table");
    return false;
  }
  return false;
}

void Call::unbind(uint32_t kind, uint64_t guest) {
  if (kind == GF_KIND_STREAM)
    if (const auto native = session_.objects.find(kind, guest)) {
      session_.meter.forget(lane_.context, to_native<CUstream>(*native));
      if (session_.captures.find(to_native<CUstream>(*native))) {
        session_.captures.ended(to_native<CUstream>(*native));
        session_.meter.capture_ends();
      }
    }
  session_.objects.unbind(kind, guest);
}

std::optional<std::span<std::byte>> Call::heap(const gf_heap_range &range) {
  auto bytes = session_.region.heap(range.offset_bytes, range.size_bytes);
  if (!bytes)
    frame_.violate("a heap range lies outside of the heap");
  return bytes;
}

bool Call::may_copy(uint64_t address, uint64_t bytes) const {
  if (session_.ledger.holds(address, bytes) || session_.region.in_heap(address, bytes))
    return true;
  // Module variables, mapped and pool memory are not in the ledger: the driver knows them.
  if (bytes == 0 || address + bytes < address || !driver().cuPointerGetAttribute)
    return bytes == 0;
  for (const uint64_t at : {address, address + bytes - 1}) {
    CUmemorytype type{};
    if (driver().cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, at) !=
            CUDA_SUCCESS ||
        type == CU_MEMORYTYPE_HOST)
      return false;
  }
  return true;
}

CUresult Call::missing(const char *symbol) const {
  std::fprintf(stderr, "gpuferry-executor: %s has no %s\n", session_.library.path.c_str(), symbol);
  return CUDA_ERROR_NOT_SUPPORTED;
}

void Call::will_block() {
  will_wait();
  session_.meter.quiet();
  // Only where the guest waits for the answer. A frame that nobody waits for has an order with what
  // other threads send later, and that order exists only once the driver has the call.
  if (is_sync())
    turn_.pass_on();
}

void Call::pass_on() {
  will_wait();
  session_.meter.quiet();
  turn_.pass_on();
}

void Call::hand_on_printed() {
  if (std::exchange(has_waited_, false) && session_.printed)
    session_.printed->drain();
}

bool Call::begin_work(CUstream stream) {
  expects_work_ = false;
  if (!session_.meter.before_work(lane_.context, stream))
    return false;
  has_work_ = true;
  work_stream_ = stream;
  return true;
}

bool Call::begin_copy(CUstream stream, bool is_queued) {
  return (!is_queued && !session_.grant.gated()) || begin_work(stream);
}

void Call::end_work() {
  if (has_work_)
    session_.meter.after_work(lane_.context, work_stream_);
}

} // namespace gpuferry::cuda
