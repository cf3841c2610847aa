// One-dimensional copies between the heap and device memory.
//
// Pageable memory comes through staging slots in the heap, chunk by chunk; `done` is the slot's word
// that gives it back to the guest. Pinned memory is copied where it lies.
#include "backends/cuda/call.h"

#include "ring/futex.h"

#include <utility>

namespace gpuferry::cuda {

namespace {

constexpr uint64_t kNoWord = 0;

/// Gives a staging slot back. Release: partner of the guest's acquire load of the word; errors were
/// stored before.
void set_done(uint32_t *word) {
  gf_store_release(word, 1u);
  ring::futex_wake(word, 1);
}

/// The word of a copy, or null where there is none. Poisons when it is no word of the heap.
bool done_word(Call &call, uint64_t offset_bytes, uint32_t **word) {
  *word = nullptr;
  if (offset_bytes == kNoWord)
    return true;
  const auto bytes = call.heap({offset_bytes, sizeof(uint32_t)});
  if (!bytes)
    return false;
  if (offset_bytes % sizeof(uint32_t) != 0) {
    call.violate("a copy's word is not aligned");
    return false;
  }
  *word = reinterpret_cast<uint32_t *>(bytes->data());
  return true;
}

/// Sets the word whatever becomes of the copy: the guest waits for it, and asks for errors then.
class DoneAtEnd {
public:
  DoneAtEnd(Call &call, uint32_t *word) : call_(call), word_(word) {}
  ~DoneAtEnd() {
    if (word_)
      set_done(word_);
  }
  CUresult result(CUresult result) {
    if (result != CUDA_SUCCESS && word_)
      // Before the word, which tells the guest to look.
      call_.session().report(result, !call_.is_sync(), call_.lane());
    return result;
  }
  uint32_t *leave_to_stream() { return std::exchange(word_, nullptr); }

private:
  Call &call_;
  uint32_t *word_;
};

void count(Call &call, uint64_t bytes) {
  gf_fetch_add_relaxed(&call.session().grant->copied_bytes, bytes);
}

/// Work of a copy that is waited for is measured only where time is short: its two events would cost
/// as much as a small copy.
bool begin(Call &call, CUstream stream, bool is_async) {
  return (!is_async && !call.session().grant.gated()) || call.begin_work(stream);
}

/// A chunk of a staged copy with nothing to wait for is copied before a follower would be awake, and
/// the guest is about to publish the next one: there is nobody to pass the turn on to.
bool is_brief(Call &call, CUstream stream, size_t bytes) {
  constexpr size_t kBriefBytes = 512 << 10;
  return bytes <= kBriefBytes && call.driver().cuStreamQuery(stream) == CUDA_SUCCESS;
}

CUresult copy_in(Call &call, CUdeviceptr dst, const void *src, size_t bytes, CUstream stream,
                 bool is_async) {
  if (!is_async && !stream)
    return call.driver().cuMemcpyHtoD_v2(dst, src, bytes);
  const CUresult result = call.driver().cuMemcpyHtoDAsync_v2(dst, src, bytes, stream);
  return result == CUDA_SUCCESS && !is_async ? call.driver().cuStreamSynchronize(stream) : result;
}

CUresult copy_out(Call &call, void *dst, CUdeviceptr src, size_t bytes, CUstream stream,
                  bool is_async) {
  if (!is_async && !stream)
    return call.driver().cuMemcpyDtoH_v2(dst, src, bytes);
  const CUresult result = call.driver().cuMemcpyDtoHAsync_v2(dst, src, bytes, stream);
  return result == CUDA_SUCCESS && !is_async ? call.driver().cuStreamSynchronize(stream) : result;
}

} // namespace

CUresult custom_gfCopyInline(Call &call) {
  const auto *args = call.args<gf_gfCopyInline_args>();
  const std::byte *bytes = args ? call.tail(args->size_bytes) : nullptr;
  if (!bytes)
    return call.poisoned();
  CUstream stream = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &stream))
    return error;
  if (!call.may_copy(args->dst, args->size_bytes))
    return CUDA_ERROR_INVALID_VALUE;
  if (!begin(call, stream, args->is_async))
    return CUDA_ERROR_UNKNOWN;
  if (!args->is_async && !is_brief(call, stream, args->size_bytes))
    call.will_block();
  count(call, args->size_bytes);
  // The frame's own memory is pageable: the driver has taken the bytes when it returns.
  return copy_in(call, args->dst, bytes, args->size_bytes, stream, args->is_async);
}

CUresult custom_gfCopyIn(Call &call) {
  const auto *args = call.args<gf_gfCopyIn_args>();
  if (!args)
    return call.poisoned();
  const auto memory = call.heap(args->memory);
  uint32_t *word = nullptr;
  if (!memory || !done_word(call, args->done_offset_bytes, &word))
    return call.poisoned();
  DoneAtEnd done(call, word);
  CUstream stream = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &stream))
    return done.result(error);
  if (!call.may_copy(args->dst, memory->size()))
    return done.result(CUDA_ERROR_INVALID_VALUE);
  if (!begin(call, stream, args->is_async))
    return CUDA_ERROR_UNKNOWN;
  count(call, memory->size());
  const Driver &driver = call.driver();

  if (!args->is_async) {
    if (!is_brief(call, stream, memory->size()))
      call.will_block();
    return done.result(copy_in(call, args->dst, memory->data(), memory->size(), stream, false));
  }
  // Asynchronous and pageable, on a stream that has work: waiting for it here would hold up every
  // other lane, so the slot is pinned, the copy queued, and the slot given back by the stream. Only the
  // software device: a GPU would go on reading the pages that were pinned, and the guest's allocator
  // gives the pages of slots back without a word.
  if (word && call.session().library.is_soft &&
      driver.cuStreamQuery(stream) == CUDA_ERROR_NOT_READY &&
      call.session().heap.pin_for_staging(args->memory.offset_bytes, memory->size()) ==
          CUDA_SUCCESS) {
    CUresult result = copy_in(call, args->dst, memory->data(), memory->size(), stream, true);
    if (result == CUDA_SUCCESS)
      result = driver.cuLaunchHostFunc(
          stream, [](void *slot) { set_done(static_cast<uint32_t *>(slot)); }, word);
    if (result == CUDA_SUCCESS)
      done.leave_to_stream();
    return done.result(result);
  }
  CUresult result = copy_in(call, args->dst, memory->data(), memory->size(), stream, true);
  if (result == CUDA_SUCCESS && word)
    result = driver.cuStreamSynchronize(stream); // idle but for this copy
  return done.result(result);
}

CUresult custom_gfCopyOut(Call &call) {
  const auto *args = call.args<gf_gfCopyOut_args>();
  if (!args)
    return call.poisoned();
  const auto memory = call.heap(args->memory);
  uint32_t *word = nullptr;
  if (!memory || !done_word(call, args->done_offset_bytes, &word))
    return call.poisoned();
  DoneAtEnd done(call, word);
  CUstream stream = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_STREAM, args->stream, &stream))
    return done.result(error);
  if (!call.may_copy(args->src, memory->size()))
    return done.result(CUDA_ERROR_INVALID_VALUE);
  const bool is_queued = args->is_async && args->is_pinned;
  if (!begin(call, stream, is_queued))
    return CUDA_ERROR_UNKNOWN;
  count(call, memory->size());
  if (is_queued) {
    CUresult result = copy_out(call, memory->data(), args->src, memory->size(), stream, true);
    if (result == CUDA_SUCCESS && word) {
      result = call.driver().cuLaunchHostFunc(
          stream, [](void *slot) { set_done(static_cast<uint32_t *>(slot)); }, word);
      if (result == CUDA_SUCCESS)
        done.leave_to_stream();
    }
    return done.result(result);
  }
  // The guest's call waits for these bytes, so nothing sent later can count on the order.
  if (!is_brief(call, stream, memory->size()))
    call.pass_on();
  if (!args->is_async)
    return done.result(copy_out(call, memory->data(), args->src, memory->size(), stream, false));
  CUresult result = copy_out(call, memory->data(), args->src, memory->size(), stream, true);
  if (result == CUDA_SUCCESS)
    result = call.driver().cuStreamSynchronize(stream);
  return done.result(result);
}

} // namespace gpuferry::cuda
