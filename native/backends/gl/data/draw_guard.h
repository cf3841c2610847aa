// Between a guest's draw and the driver: what keeps the driver from following addresses that a guest could
// have chosen. The driver's array state holds none (array_pointer), and what an array without a buffer
// points to is of no draw but the one that brought its data (client_draw.cc).
#pragma once

#include "backends/gl/call.h"
#include "backends/gl/custom/errors.h"
#include "gl/index_range.h"

namespace gpuferry::gl {

/// The pointer of gl*Pointer as the driver gets it: an offset if a buffer is bound, else NULL, or where
/// not being NULL is an error something else that leads nowhere.
const void *array_pointer(GlCall &call, uint64_t pointer);

/// The address space has nothing below (addresses of a process begin far above), so that an offset of
/// this size leads nowhere even where the driver, for an error that our shadow of its state has missed, takes
/// it for an address, with what element numbers and strides can add to it.
inline constexpr uint64_t kOffsetEnd = uint64_t{1} << 40;
inline bool is_offset(uint64_t value) { return value < kOffsetEnd; }

/// Points one array at data of a draw, in the format that it has. No array buffer may be bound.
void point_array(GlCall &call, uint32_t slot, uint64_t address);

/// While it lives, no array buffer is bound in the driver.
class NoArrayBuffer {
public:
  explicit NoArrayBuffer(GlCall &call);
  ~NoArrayBuffer();
  NoArrayBuffer(const NoArrayBuffer &) = delete;
  NoArrayBuffer &operator=(const NoArrayBuffer &) = delete;

private:
  GlCall &call_;
  uint32_t buffer_; ///< the guest's name
};

/// Arrays of these slots that still point at an earlier draw's data no longer do.
void forget_data(GlCall &call, uint64_t slots);

/// Turns one array on or off, in the driver alone.
void switch_array(GlCall &call, uint32_t slot, bool on);

/// While it lives, arrays in client memory are off: a command that brings no data draws without them.
class ArraysOff {
public:
  ArraysOff(GlCall &call, uint64_t slots);
  ~ArraysOff();
  ArraysOff(const ArraysOff &) = delete;
  ArraysOff &operator=(const ArraysOff &) = delete;

private:
  GlCall &call_;
  uint64_t slots_;
};

/// For draws without indices.
class VertexGuard {
public:
  template <class Args> VertexGuard(GlCall &call, const Args &) : off_(call, client_slots(call)) {
    forget_data(call, UINT64_MAX);
  }
  bool passes() const { return true; }

private:
  static uint64_t client_slots(GlCall &call) {
    return gf_arrays_in_client_memory(call.context().client.arrays.bound);
  }
  ArraysOff off_;
};

/// For draws whose indices are offsets: without an element buffer only those may go on that the driver
/// refuses, or that draw nothing.
class ElementGuard : public VertexGuard {
public:
  template <class Args> ElementGuard(GlCall &call, const Args &args) : VertexGuard(call, args) {
    bool draws = args.count > 0 && gf_index_bytes(args.type) != 0;
    if constexpr (requires { args.instancecount; })
      draws = draws && args.instancecount > 0;
    passes_ = !draws ||
              (call.context().client.arrays.bound->element_buffer != 0 && is_offset(args.indices));
    if (!passes_)
      call.violate("indices are an offset where no buffer is bound");
  }
  bool passes() const { return passes_; }

private:
  bool passes_ = false;
};

/// For draws whose parameters lie in a buffer. Without one a compatibility profile would read them from
/// memory; the others report an error.
class IndirectGuard : public VertexGuard {
public:
  template <class Args> IndirectGuard(GlCall &call, const Args &args) : VertexGuard(call, args) {
    const Context &context = call.context();
    const bool has_buffer = context.client.arrays.draw_indirect_buffer != 0;
    passes_ = is_offset(static_cast<uint64_t>(args.indirect)) &&
              (has_buffer || context.is_core || context.is_es() || args.indirect == 0);
    if (!passes_)
      call.violate("indirect parameters are an offset where no buffer is bound");
  }
  bool passes() const { return passes_; }

private:
  bool passes_ = false;
};

/// Before another array object is bound, or this one saved: its arrays point at no draw's data any more.
class ForgetGuard {
public:
  template <class Args> ForgetGuard(GlCall &call, const Args &) { forget_data(call, UINT64_MAX); }
  bool passes() const { return true; }
};

/// glInterleavedArrays is made of other commands by the guest; itself it comes for its errors alone.
class InterleavedGuard {
public:
  template <class Args>
  InterleavedGuard(GlCall &call, const Args &args)
      : passes_(args.stride < 0 || args.format<GL_V2F || args.format> GL_T4F_C4F_N3F_V4F) {
    if (!passes_)
      call.violate("interleaved arrays come as the arrays that they are");
  }
  bool passes() const { return passes_; }

private:
  bool passes_;
};

/// With GL_AMD_pinned_memory's target the driver would keep the address of the data, which here is a frame's, and use
/// it when the frame is long gone. Such data stores come as gfGlPinMemory.
class DataStoreGuard {
public:
  template <class Args>
  DataStoreGuard(GlCall &call, const Args &args)
      : passes_(args.target != GL_EXTERNAL_VIRTUAL_MEMORY_BUFFER_AMD) {
    if (!passes_)
      raise_error(call, GL_INVALID_ENUM);
  }
  bool passes() const { return passes_; }

private:
  bool passes_;
};

/// GL_MESA_pack_invert moves what a read writes to. Where the driver does not have it, the shadow must not believe
/// in it either.
class PixelStoreGuard {
public:
  template <class Args>
  PixelStoreGuard(GlCall &call, const Args &args)
      : passes_(args.pname != kPackInvert || call.context().has.pack_invert) {
    if (!passes_)
      raise_error(call, GL_INVALID_ENUM);
  }
  bool passes() const { return passes_; }

private:
  static constexpr GLenum kPackInvert = 0x8758; // GL_PACK_INVERT_MESA
  bool passes_;
};

} // namespace gpuferry::gl
