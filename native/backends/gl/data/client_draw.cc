// gfGlDraw (protocol/gl/draw.h): a draw with vertices or indices that are not in buffers. The driver is
// pointed at what came with the frame, after it was seen to hold everything that the draw will read:
// element ranges are found here, from a private copy of the indices and our own shadow of the formats.
#include "backends/gl/data/draw_guard.h"
#include "gl/draw.h"

#include <algorithm>
#include <optional>
#include <span>

namespace gpuferry::gl {
namespace {

struct Range {
  int64_t low = 0, high = -1;
  bool empty() const { return low > high; }
  void widen(int64_t from, int64_t to) {
    low = empty() ? from : std::min(low, from);
    high = std::max(high, to);
  }
};

class ClientDraw {
public:
  explicit ClientDraw(GlCall &call)
      : call_(call), gl_(call.driver()), state_(call.context().client.arrays),
        args_(*call.args<gf_gl_gfGlDraw_args>()) {}

  void run();

private:
  bool decode();
  bool check_indices();
  std::optional<Range> vertices() const;
  bool place_arrays(const Range &vertices);
  bool place_array(const gf_draw_array &array, const Range &vertices);
  void draw();
  void draw_multi();
  const void *indices_of(const gf_draw_part &part) const {
    return reinterpret_cast<const void *>(reinterpret_cast<uint64_t>(indices_) +
                                          part.indices_offset_bytes);
  }
  bool has_indices() const { return gf_draw_has_indices(args_.entry); }

  GlCall &call_;
  const GlDriver &gl_;
  gf_vertex_arrays &state_;
  const gf_gl_gfGlDraw_args &args_;
  std::span<const gf_draw_array> arrays_;
  std::span<const gf_draw_part> parts_;
  const std::byte *indices_ = nullptr; ///< null: in the element buffer, or none
  const std::byte *vertices_ = nullptr;
  uint64_t missing_ = 0; ///< client arrays, a bit per slot, that came without data
  uint64_t placed_ = 0;  ///< and those that the driver was pointed at
};

bool ClientDraw::decode() {
  const auto *arrays = call_.tail(args_.arrays * sizeof(gf_draw_array));
  const auto *parts = arrays ? call_.tail(args_.parts * sizeof(gf_draw_part)) : nullptr;
  if (!parts)
    return false;
  arrays_ = {reinterpret_cast<const gf_draw_array *>(arrays), args_.arrays};
  parts_ = {reinterpret_cast<const gf_draw_part *>(parts), args_.parts};
  if (args_.entry >= GF_DRAW_ENTRY_COUNT ||
      (!gf_draw_is_multi(args_.entry) && parts_.size() != 1) || args_.instances <= 0) {
    call_.violate("a draw is none that a shim sends");
    return false;
  }
  const uint64_t index_bytes = args_.indices.bytes == GF_GL_PAYLOAD_NULL ? 0 : args_.indices.bytes;
  // Indices that only buffers are indexed with are the driver's alone to read.
  if (arrays_.empty() ? !call_.payload(args_.indices, index_bytes, &indices_)
                      : !call_.private_payload(args_.indices, index_bytes, &indices_))
    return false;
  return check_indices() && call_.payload(args_.vertices, 0, &vertices_);
}

bool ClientDraw::check_indices() {
  if (!has_indices())
    return true;
  const uint64_t index_bytes = gf_index_bytes(args_.type);
  if (index_bytes == 0 || (!indices_ && (state_.bound->element_buffer == 0 || !arrays_.empty()))) {
    call_.violate("a draw comes without its indices");
    return false;
  }
  for (const gf_draw_part &part : parts_) {
    if (!indices_ || part.count <= 0)
      continue;
    const uint64_t needed_bytes = index_bytes * static_cast<uint64_t>(part.count);
    if (part.indices_offset_bytes > args_.indices.bytes ||
        needed_bytes > args_.indices.bytes - part.indices_offset_bytes) {
      call_.violate("a draw reads more indices than came with it");
      return false;
    }
  }
  return true;
}

/// Vertices that the draw reads; nothing if some of them are out of reach of any array.
std::optional<Range> ClientDraw::vertices() const {
  Range all;
  uint32_t restart_index = 0;
  const bool restart = gf_arrays_restart(&state_, gf_index_bytes(args_.type), &restart_index);
  for (const gf_draw_part &part : parts_) {
    Range one;
    if (part.count <= 0)
      continue;
    if (!has_indices()) {
      one.widen(part.first, int64_t{part.first} + part.count - 1);
    } else {
      const gf_index_range found = gf_find_index_range(
          args_.type, indices_of(part), static_cast<uint64_t>(part.count), restart, restart_index);
      if (found.low > found.high)
        continue;
      one.widen(int64_t{found.low} + part.first, int64_t{found.high} + part.first);
    }
    if (one.low < 0 || one.high > int64_t{UINT32_MAX})
      return std::nullopt;
    all.widen(one.low, one.high);
  }
  return all;
}

bool ClientDraw::place_array(const gf_draw_array &array, const Range &vertices) {
  const gf_vertex_array_object &object = *state_.bound;
  const uint64_t bit = array.slot < GF_SLOT_COUNT ? uint64_t{1} << array.slot : 0;
  if (!(bit & missing_) || !gf_array_is_sendable(&object, array.slot)) {
    call_.violate("data came for an array that is not in client memory");
    return false;
  }
  const gf_array_binding &binding = object.bindings[array.slot];
  auto low = static_cast<uint64_t>(vertices.low), high = static_cast<uint64_t>(vertices.high);
  if (binding.divisor != 0) {
    low = args_.base_instance;
    high = low + (static_cast<uint64_t>(args_.instances) - 1) / binding.divisor;
  }
  // Elements are numbered in 32 bits and strides are positive: no product here can wrap.
  const uint64_t came_bytes = args_.vertices.bytes;
  const uint64_t needed_bytes = (high - array.first) * binding.stride_bytes +
                                gf_vertex_bytes(&object.arrays[array.slot].format);
  if (!vertices_ || low < array.first || high > UINT32_MAX || array.offset_bytes > came_bytes ||
      needed_bytes > came_bytes - array.offset_bytes) {
    call_.violate("a draw reads more of an array than came with it");
    return false;
  }
  point_array(call_, array.slot,
              reinterpret_cast<uint64_t>(vertices_) + array.offset_bytes -
                  uint64_t{array.first} * binding.stride_bytes);
  missing_ &= ~bit;
  placed_ |= bit;
  return true;
}

bool ClientDraw::place_arrays(const Range &vertices) {
  const NoArrayBuffer unbound(call_);
  bool placed = true;
  for (const gf_draw_array &array : arrays_)
    placed = placed && place_array(array, vertices);
  state_.pointed |= placed_;
  return placed;
}

void ClientDraw::run() {
  if (!decode())
    return;
  missing_ = gf_arrays_in_client_memory(state_.bound);
  if (!arrays_.empty()) {
    const std::optional<Range> reach = vertices();
    if (reach && !reach->empty() && !place_arrays(*reach))
      return;
  }
  forget_data(call_, ~placed_);
  const ArraysOff off(call_, missing_);
  const bool hides_buffer = indices_ && state_.bound->element_buffer != 0;
  if (hides_buffer)
    gl_.glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, 0);
  gf_draw_is_multi(args_.entry) ? draw_multi() : draw();
  if (hides_buffer)
    gl_.glBindBuffer(GL_ELEMENT_ARRAY_BUFFER,
                     call_.name(GF_GL_KIND_BUFFER, state_.bound->element_buffer));
}

void ClientDraw::draw() {
  const gf_draw_part &part = parts_[0];
  const GLenum mode = args_.mode, type = args_.type;
  const GLint first = part.first;
  const GLsizei count = part.count, instances = args_.instances;
  const GLuint start = args_.start, end = args_.end, base_instance = args_.base_instance;
  const void *indices = indices_of(part);
  const auto with = [&](auto native, const char *symbol, auto... arguments) {
    native ? native(mode, arguments...) : call_.missing(symbol);
  };
  switch (args_.entry) {
  case GF_DRAW_ARRAYS:
    return with(gl_.glDrawArrays, "glDrawArrays", first, count);
  case GF_DRAW_ARRAYS_INSTANCED:
    return with(gl_.glDrawArraysInstanced, "glDrawArraysInstanced", first, count, instances);
  case GF_DRAW_ARRAYS_INSTANCED_BASE_INSTANCE:
    return with(gl_.glDrawArraysInstancedBaseInstance, "glDrawArraysInstancedBaseInstance", first,
                count, instances, base_instance);
  case GF_DRAW_ELEMENTS:
    return with(gl_.glDrawElements, "glDrawElements", count, type, indices);
  case GF_DRAW_RANGE_ELEMENTS:
    return with(gl_.glDrawRangeElements, "glDrawRangeElements", start, end, count, type, indices);
  case GF_DRAW_ELEMENTS_BASE_VERTEX:
    return with(gl_.glDrawElementsBaseVertex, "glDrawElementsBaseVertex", count, type, indices,
                first);
  case GF_DRAW_RANGE_ELEMENTS_BASE_VERTEX:
    return with(gl_.glDrawRangeElementsBaseVertex, "glDrawRangeElementsBaseVertex", start, end,
                count, type, indices, first);
  case GF_DRAW_ELEMENTS_INSTANCED:
    return with(gl_.glDrawElementsInstanced, "glDrawElementsInstanced", count, type, indices,
                instances);
  case GF_DRAW_ELEMENTS_INSTANCED_BASE_VERTEX:
    return with(gl_.glDrawElementsInstancedBaseVertex, "glDrawElementsInstancedBaseVertex", count,
                type, indices, instances, first);
  case GF_DRAW_ELEMENTS_INSTANCED_BASE_INSTANCE:
    return with(gl_.glDrawElementsInstancedBaseInstance, "glDrawElementsInstancedBaseInstance",
                count, type, indices, instances, base_instance);
  default:
    return with(gl_.glDrawElementsInstancedBaseVertexBaseInstance,
                "glDrawElementsInstancedBaseVertexBaseInstance", count, type, indices, instances,
                first, base_instance);
  }
}

void ClientDraw::draw_multi() {
  const auto count = static_cast<GLsizei>(parts_.size());
  auto *firsts = call_.scratch<GLint>(parts_.size());
  auto *counts = call_.scratch<GLsizei>(parts_.size());
  auto *indices = call_.scratch<const void *>(parts_.size());
  if (!firsts || !counts || !indices)
    return;
  for (size_t i = 0; i < parts_.size(); ++i) {
    firsts[i] = parts_[i].first;
    counts[i] = parts_[i].count;
    indices[i] = indices_of(parts_[i]);
  }
  if (args_.entry == GF_DRAW_MULTI_ARRAYS)
    gl_.glMultiDrawArrays(args_.mode, firsts, counts, count);
  else if (args_.entry == GF_DRAW_MULTI_ELEMENTS)
    gl_.glMultiDrawElements(args_.mode, counts, args_.type, indices, count);
  else
    gl_.glMultiDrawElementsBaseVertex(args_.mode, counts, args_.type, indices, count, firsts);
}

} // namespace

void custom_gfGlDraw(GlCall &call) { ClientDraw(call).run(); }

} // namespace gpuferry::gl
