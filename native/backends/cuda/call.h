// One CUDA call being executed: what generated and hand-written handlers work with. Decoding comes
// from a private copy of the frame; whatever does not fit it poisons the session.
#pragma once

#include "backends/cuda/capture_watch.h"
#include "backends/cuda/lane.h"
#include "backends/cuda/session.h"
#include "cuda_wire.h"
#include "executor/turn.h"
#include "wire/frame.h"
#include "wire/reply.h"

#include <array>
#include <span>
#include <type_traits>
#include <vector>

namespace gpuferry::cuda {

class Call {
public:
  Call(Session &session, Lane &lane, wire::Frame &frame, wire::Reply &reply, executor::Turn &turn)
      : session_(session), lane_(lane), frame_(frame), reply_(reply), turn_(turn) {}

  Session &session() { return session_; }
  Lane &lane() { return lane_; }
  const Driver &driver() const { return session_.driver; }
  bool is_sync() const { return frame_.is_sync(); }

  /// The fixed argument structure. nullptr, and the session is poisoned, when the frame is too short.
  template <class T> const T *args() { return frame_.args<T>(); }

  /// The next bytes of the tail, 8-aligned; nullptr and poison when they are not there.
  const std::byte *tail(uint64_t bytes) { return frame_.take(bytes); }

  template <class T> const T *tail_array(uint64_t count) {
    if (count > GF_FRAME_MAX_BYTES) // keeps the product from wrapping
      return reinterpret_cast<const T *>(frame_.violate("an array is longer than any frame"));
    return reinterpret_cast<const T *>(tail(count * sizeof(T)));
  }

  /// Zero-terminated text of `bytes`, the zero counted; nullptr and poison when it is not.
  const char *text(uint64_t bytes);

  /// The reply structure, zeroed, sent when the handler returns. Never null: the fixed part of a
  /// reply is smaller than the slot.
  template <class T> T *reply() { return reinterpret_cast<T *>(reply_.add(sizeof(T))); }

  /// nullptr if the reply slot cannot hold it.
  std::byte *reply_tail(uint64_t bytes) { return reply_.add(bytes); }

  template <class T> T *reply_tail_array(uint64_t count) {
    if (count > GF_REPLY_DATA_BYTES) {
      frame_.violate("an answer is longer than the reply slot");
      return nullptr;
    }
    auto *array = reinterpret_cast<T *>(reply_tail(count * sizeof(T)));
    if (!array)
      frame_.violate("an answer is longer than the reply slot");
    return array;
  }

  /// The native handle that `guest` names. 0 is the null handle; what names nothing gives the error
  /// of its kind (GF_KINDS). Streams 0, 1 and 2 are the lane's default streams.
  template <class Native> CUresult resolve(uint32_t kind, uint64_t guest, Native *out) {
    uint64_t native = 0;
    const CUresult error = find(kind, guest, &native);
    if (error == CUDA_SUCCESS)
      *out = to_native<Native>(native);
    return error;
  }

  /// As resolve, for what is about to end: the default streams are passed as they are called, so that the driver
  /// refuses them. A lane's own stream is not the guest's to destroy.
  template <class Native> CUresult resolve_own(uint32_t kind, uint64_t guest, Native *out) {
    constexpr uint64_t kLastDefaultStream = 2;
    if (kind != GF_KIND_STREAM || guest > kLastDefaultStream)
      return resolve(kind, guest, out);
    *out = to_native<Native>(guest);
    return CUDA_SUCCESS;
  }

  /// `count` handles from the tail.
  template <class Native>
  CUresult resolve_array(uint32_t kind, uint64_t count, std::vector<Native> &out);

  /// A handle that the guest made names `native` from now on. False, and poison, when it is not one.
  template <class Native>
  bool bind(uint32_t kind, uint64_t guest, Native native, uint64_t owner = 0) {
    return bind_number(kind, guest, to_number(native), owner);
  }

  /// The guest handle for a native one that may have one already; 0 for a null one.
  template <class Native> uint64_t adopt(uint32_t kind, Native native, uint64_t owner = 0) {
    const uint64_t number = to_number(native);
    return number == 0 ? 0 : session_.objects.adopt(kind, number, owner);
  }

  void unbind(uint32_t kind, uint64_t guest);

  /// A heap range that the guest named; nothing and poison when it lies outside.
  std::optional<std::span<std::byte>> heap(const gf_heap_range &range);

  /// Whether a copy may touch [address, address + bytes): device memory or the heap, and no other
  /// memory of this process.
  bool may_copy(uint64_t address, uint64_t bytes) const;

  /// What a handler returns after a decoding function has failed.
  CUresult poisoned() const { return CUDA_ERROR_UNKNOWN; }
  CUresult violate(const char *why) {
    frame_.violate(why);
    return poisoned();
  }

  /// An entry point that this driver does not have.
  CUresult missing(const char *symbol) const;

  /// The error of a call that may not be made while streams are captured; see capture_watch.h.
  CUresult refuse_unsafe() { return session_.captures.refuse_unsafe(driver(), lane_); }

  /// The call has taken its place in the order and may now wait: somebody else issues meanwhile.
  void will_block();

  /// The driver may wait for the device, and so print what kernels left to print, but so briefly that
  /// the turn is kept.
  void will_wait() { has_waited_ = true; }

  /// Hands on what kernels printed, if the driver may have waited for them: before the guest learns that
  /// the wait is over.
  void hand_on_printed();

  /// As will_block, for a frame that nobody waits for and whose order nobody can rely on.
  void pass_on();

  /// Before work is queued on `stream`: waits for a grant and starts measuring. False: revoked.
  bool begin_work(CUstream stream);

  /// Likewise before a copy. One that is waited for, or staged, is measured only where time is short: its two
  /// events would cost as much as a small copy.
  bool begin_copy(CUstream stream, bool is_queued);

  /// Generated handlers queue their work on the first stream that they resolve.
  void work_on_next_stream() { expects_work_ = true; }

  /// After the handler: the work of begin_work was queued.
  void end_work();

private:
  CUresult find(uint32_t kind, uint64_t guest, uint64_t *native);
  CUresult find_stream(uint64_t guest, uint64_t *native);
  bool bind_number(uint32_t kind, uint64_t guest, uint64_t native, uint64_t owner);

  template <class Native> static Native to_native(uint64_t number) {
    if constexpr (std::is_pointer_v<Native>)
      return reinterpret_cast<Native>(number);
    else
      return static_cast<Native>(number);
  }
  template <class Native> static uint64_t to_number(Native native) {
    if constexpr (std::is_pointer_v<Native>)
      return reinterpret_cast<uint64_t>(native);
    else
      return static_cast<uint64_t>(native);
  }

  Session &session_;
  Lane &lane_;
  wire::Frame &frame_;
  wire::Reply &reply_;
  executor::Turn &turn_;
  bool expects_work_ = false;
  bool has_work_ = false;
  bool has_waited_ = false;
  CUstream work_stream_ = nullptr;
};

template <class Native>
CUresult Call::resolve_array(uint32_t kind, uint64_t count, std::vector<Native> &out) {
  const auto *guests = tail_array<uint64_t>(count);
  if (!guests)
    return poisoned();
  out.resize(count);
  for (uint64_t i = 0; i < count; ++i)
    if (const CUresult error = resolve(kind, guests[i], &out[i]))
      return error;
  return CUDA_SUCCESS;
}

/// One opcode: generated from the description.
struct HandlerRow {
  const char *symbol = nullptr;
  CUresult (*handle)(Call &call) = nullptr;
  uint32_t args_bytes = 0;
  bool blocks = false;
};

const std::array<HandlerRow, GF_OPCODE_COUNT> &handlers();

} // namespace gpuferry::cuda
