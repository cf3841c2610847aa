// One-dimensional copies between the heap and device memory.
//
// Pageable memory comes through staging slots in the heap, chunk by chunk; `done` is the slot's word
// that gives it back to the guest. Pinned memory is copied where it lies.
#include "backends/cuda/call.h"

#include "ring/futex.h"

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
    if (!word_)
      return;
    call_.hand_on_printed();
    set_done(word_);
  }
  CUresult result(CUresult result) {
    if (result != CUDA_SUCCESS && word_)
      // Before the word, which tells the guest to look.
      call_.session().report(result, !call_.is_sync(), call_.lane());
    return result;
  }
  bool has_word() const { return word_; }
  /// From here on it is the stream that sets the word, when it has come as far.
  CUresult leave_to(CUstream stream) {
    const CUresult result = call_.driver().cuLaunchHostFunc(
        stream, [](void *word) { set_done(static_cast<uint32_t *>(word)); }, word_);
    if (result == CUDA_SUCCESS)
      word_ = nullptr;
    return result;
  }

private:
  Call &call_;
  uint32_t *word_;
};

void count(Call &call, uint64_t bytes) {
  gf_fetch_add_relaxed(&call.session().grant->copied_bytes, bytes);
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

/// Whether the lane has so much in the driver's own staging, on a stream that is busy, that the guest is to
/// wait for the stream.
bool is_far_ahead(Call &call, CUstream stream, uint64_t bytes) {
  constexpr uint64_t kFarBytes = 4 << 20;
  uint64_t &ahead_bytes = call.lane().staged_ahead_bytes;
  ahead_bytes = call.driver().cuStreamQuery(stream) == CUDA_SUCCESS ? 0 : ahead_bytes + bytes;
  return ahead_bytes > kFarBytes;
}

void will_block_unless_brief(Call &call, CUstream stream, size_t bytes) {
  if (is_brief(call, stream, bytes))
    call.will_wait();
  else
    call.will_block();
}

CUresult put_in(Call &call, const gf_gfCopyIn_args &args, std::span<std::byte> memory,
                CUstream stream, DoneAtEnd &done) {
  if (!args.is_async)
    will_block_unless_brief(call, stream, memory.size());
  const CUresult result =
      copy_in(call, args.dst, memory.data(), memory.size(), stream, args.is_async);
  // A slot is pageable: the driver has taken the bytes, and no other lane was held up until the stream
  // gets to them. Pinned memory has no word.
  if (result == CUDA_SUCCESS && args.is_async && done.has_word() &&
      is_far_ahead(call, stream, memory.size()))
    return done.leave_to(stream);
  return result;
}

CUresult take_out(Call &call, const gf_gfCopyOut_args &args, std::span<std::byte> memory,
                  CUstream stream, DoneAtEnd &done) {
  const bool is_queued = args.is_async && args.is_pinned;
  // Else the guest's call waits for these bytes, so nothing sent later can count on the order.
  if (!is_queued && is_brief(call, stream, memory.size()))
    call.will_wait();
  else if (!is_queued)
    call.pass_on();
  // Into a slot, which is pageable, they are there when the driver returns.
  const CUresult result =
      copy_out(call, memory.data(), args.src, memory.size(), stream, args.is_async);
  return result == CUDA_SUCCESS && is_queued && done.has_word() ? done.leave_to(stream) : result;
}

/// A copy between `device` and a range of the heap, which is a staging slot or pinned memory.
template <class Args>
CUresult through_heap(Call &call, uint64_t Args::*device,
                      CUresult (*copy)(Call &, const Args &, std::span<std::byte> memory, CUstream,
                                       DoneAtEnd &)) {
  const auto *args = call.args<Args>();
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
  if (!call.may_copy(args->*device, memory->size()))
    return done.result(CUDA_ERROR_INVALID_VALUE);
  if (!call.begin_copy(stream, args->is_async && args->is_pinned))
    return CUDA_ERROR_UNKNOWN;
  count(call, memory->size());
  return done.result(copy(call, *args, *memory, stream, done));
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
  if (!call.begin_copy(stream, false))
    return CUDA_ERROR_UNKNOWN;
  if (!args->is_async)
    will_block_unless_brief(call, stream, args->size_bytes);
  count(call, args->size_bytes);
  // The frame's own memory is pageable: the driver has taken the bytes when it returns.
  return copy_in(call, args->dst, bytes, args->size_bytes, stream, args->is_async);
}

CUresult custom_gfCopyIn(Call &call) {
  return through_heap<gf_gfCopyIn_args>(call, &gf_gfCopyIn_args::dst, put_in);
}

CUresult custom_gfCopyOut(Call &call) {
  return through_heap<gf_gfCopyOut_args>(call, &gf_gfCopyOut_args::src, take_out);
}

} // namespace gpuferry::cuda
