// One frame of a GL lane being executed: what generated and hand-written handlers work with. The frame
// was copied out of the ring; what does not fit it, or lies outside of the heap, poisons the session,
// and the handler returns without a call into the driver.
#pragma once

#include "abi/gl.h"
#include "backends/gl/context.h"
#include "backends/gl/lane.h"
#include "gl_driver.h"
#include "gl_wire.h"
#include "ring/region.h"
#include "wire/frame.h"
#include "wire/reply.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace gpuferry::gl {

class Session;

class GlCall {
public:
  GlCall(Session &session, Lane &lane, wire::Frame &frame, wire::Reply &reply)
      : session_(session), lane_(lane), frame_(frame), reply_(reply) {}

  Session &session() { return session_; }
  Lane &lane() { return lane_; }
  ring::Region &region();
  /// Entry points of the host's OpenGL; framebuffer 0 in them is the drawable's (surface/). An entry
  /// point that the host lacks is null.
  const GlDriver &driver() const { return lane_.driver; }
  /// This lane's current context. Never null in a handler of a GL command: the dispatcher skips those
  /// while nothing is current.
  Context &context() { return *lane_.context; }
  bool is_sync() const { return frame_.is_sync(); }

  // ---- arguments

  /// The fixed argument structure; the dispatcher has seen that the frame holds it.
  template <class T> const T *args() { return frame_.args<T>(); }

  /// An array of which the driver will read `needed_bytes`; null for the application's NULL. False:
  /// fewer bytes came, or they lie outside of the heap; the session is poisoned and the handler
  /// returns. Bytes in the heap are the guest's to change meanwhile: the driver may read them as data,
  /// but what is checked or translated must be copied first (private_payload).
  template <class T>
  bool payload(const gf_gl_payload &payload, uint64_t needed_bytes, const T **out) {
    const void *bytes = nullptr;
    const bool ok = find_payload(payload, needed_bytes, &bytes);
    *out = static_cast<const T *>(bytes);
    return ok;
  }

  /// As payload(), but never shared with the guest: copied where it came in the heap.
  template <class T>
  bool private_payload(const gf_gl_payload &payload, uint64_t needed_bytes, const T **out) {
    const void *bytes = nullptr;
    const bool ok = find_payload(payload, needed_bytes, &bytes) &&
                    (!is_in_heap(bytes) || copy(needed_bytes, &bytes));
    *out = static_cast<const T *>(bytes);
    return ok;
  }

  /// Zero-terminated text, private, the zero among its bytes; null for NULL. False when it is not.
  bool text(const gf_gl_payload &payload, const char **out);

  /// The next bytes of the frame's tail, 8-aligned; null, and the session poisoned, when they are not
  /// there.
  const std::byte *tail(uint64_t bytes) { return frame_.take(bytes); }

  /// A range of the heap that the guest named, for the driver to read from or write to; null, and the
  /// session poisoned, when it lies outside or is shorter than `needed_bytes`.
  std::byte *heap(uint64_t offset_bytes, uint64_t size_bytes, uint64_t needed_bytes);
  std::byte *heap(const gf_heap_range &range, uint64_t needed_bytes) {
    return heap(range.offset_bytes, range.size_bytes, needed_bytes);
  }

  /// Room for `count` T, 16-aligned, not initialised, until the handler returns; at most 1 MiB in one
  /// piece, else null and the session poisoned.
  template <class T> T *scratch(uint64_t count) {
    return reinterpret_cast<T *>(
        scratch_bytes(count > kScratchMaxBytes ? UINT64_MAX : count * sizeof(T)));
  }

  /// Marks the frame as one that no shim of ours writes: the session ends when the handler returns.
  void violate(const char *why) { frame_.violate(why); }
  bool failed() const { return frame_.malformed() != nullptr; }

  /// The host has no such entry point: one line in its log.
  void missing(const char *symbol);

  // ---- answers

  /// The reply structure, zeroed; sent when the handler returns. Never null.
  template <class T> T *reply() { return reinterpret_cast<T *>(reply_.add(sizeof(T))); }

  /// Room for `capacity` T behind it, zeroed, 8-aligned; null, and the session poisoned, when the reply
  /// slot is too small.
  template <class T> T *reply_array(uint64_t capacity) {
    return reinterpret_cast<T *>(
        reply_bytes(capacity > GF_REPLY_DATA_BYTES ? UINT64_MAX : capacity * sizeof(T)));
  }

  /// The frame's status, which the guest reads beside the reply; 0 unless set.
  void set_status(int32_t status) { status_ = status; }
  int32_t status() const { return status_; }

  // ---- names

  /// The native name that `guest` names, 0 for 0. What names nothing gives a name that the driver does
  /// not know either, so that the driver raises its own error. Display lists keep the guest's names.
  uint32_t name(gf_gl_kind kind, uint32_t guest) {
    if (guest == 0 || kind == GF_GL_KIND_LIST)
      return guest;
    const uint32_t native = context().table(kind).native(guest);
    return native != 0 ? native : unknown_name(kind, guest);
  }

  /// `count` native names; null, and the session poisoned, when there are more than a frame can hold.
  const uint32_t *names(gf_gl_kind kind, const uint32_t *guests, uint64_t count);

  /// The guest's name for a native one (a value of glGet*), 0 for 0 and for what the guest did not make.
  uint32_t guest_name(gf_gl_kind kind, uint32_t native) {
    return native == 0 || kind == GF_GL_KIND_LIST ? native : context().table(kind).guest(native);
  }

  /// `guests[i]` names `natives[i]` from now on; a native 0 (the driver made nothing) is not noted.
  void bind_names(gf_gl_kind kind, const uint32_t *guests, const uint32_t *natives, uint64_t count);

  /// After the driver's glDelete*. A shader or program that is attached or in use lives on, and so does
  /// its name.
  void release_names(gf_gl_kind kind, const uint32_t *guests, uint64_t count);

  /// The driver's sync object; null for what names none.
  void *sync(uint64_t guest) { return context().group->syncs.find(guest); }

  /// A name that no driver gives: they count from 1.
  static constexpr uint32_t kUnknownName = 0x7fffff01;
  static constexpr uint64_t kScratchMaxBytes = 1u << 20;

private:
  bool find_payload(const gf_gl_payload &payload, uint64_t needed_bytes, const void **out);
  bool is_in_heap(const void *bytes);
  bool copy(uint64_t bytes, const void **out);
  std::byte *scratch_bytes(uint64_t bytes);
  std::byte *reply_bytes(uint64_t bytes);
  uint32_t unknown_name(gf_gl_kind kind, uint32_t guest);

  Session &session_;
  Lane &lane_;
  wire::Frame &frame_;
  wire::Reply &reply_;
  int32_t status_ = 0;
};

/// One opcode: generated from the description, in opcode order.
struct GlHandlerRow {
  const char *symbol = nullptr;
  void (*handle)(GlCall &call) = nullptr;
  uint32_t args_bytes = 0;
  bool anywhere = false; ///< does something without a current context too
};

const std::array<GlHandlerRow, GF_GL_OPCODE_COUNT> &gl_handlers();

} // namespace gpuferry::gl
