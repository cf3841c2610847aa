// Buffers whose data store is memory of the guest's, by GL_AMD_pinned_memory. The driver gets addresses of the heap
// alone: what the application has elsewhere the guest has turned into pages of the heap before.
#include "backends/gl/custom/pinned_memory.h"

#include "backends/gl/custom/errors.h"
#include "backends/gl/session.h"

#include <algorithm>
#include <cstdlib>

namespace gpuferry::gl {

bool is_pinning_off() {
  static const bool off = std::getenv("GPUFERRY_GL_NO_PINNED_MEMORY") != nullptr;
  return off;
}

std::byte *PinnedViews::find(const ring::Region &region, std::span<const gf_heap_range> pieces) {
  const auto same = [](const gf_heap_range &a, const gf_heap_range &b) {
    return a.offset_bytes == b.offset_bytes && a.size_bytes == b.size_bytes;
  };
  std::lock_guard lock(lock_);
  for (const View &view : views_)
    if (std::ranges::equal(view.pieces, pieces, same))
      return view.memory.data();
  if (piece_count_ + pieces.size() > kPiecesMax)
    return nullptr;
  std::optional<ring::Mapping> memory = region.map_in_a_row(pieces);
  if (!memory)
    return nullptr;
  piece_count_ += pieces.size();
  views_.push_back({{pieces.begin(), pieces.end()}, std::move(*memory)});
  return views_.back().memory.data();
}

namespace {

/// Where the driver finds `needed_bytes` in a row that these pieces make; null if it is nowhere. A guest whose pieces
/// are not of the heap, or too short, has poisoned the session then.
std::byte *memory_of(GlCall &call, std::span<const gf_heap_range> pieces, uint64_t needed_bytes) {
  uint64_t bytes = 0;
  for (const gf_heap_range &piece : pieces) {
    if (!call.heap(piece, piece.size_bytes))
      return nullptr;
    bytes += piece.size_bytes; // of at most kPiecesMax heaps
  }
  if (bytes < needed_bytes) {
    call.violate("pinned memory is shorter than its buffer");
    return nullptr;
  }
  return pieces.size() == 1 ? call.heap(pieces[0], pieces[0].size_bytes)
                            : call.session().pinned_views.find(call.region(), pieces);
}

} // namespace

void custom_gfGlPinMemory(GlCall &call) {
  const auto *args = call.args<gf_gl_gfGlPinMemory_args>();
  auto *reply = call.reply<gf_gl_gfGlPinMemory_reply>();
  const gf_heap_range *pieces = nullptr;
  const uint64_t count = args->piece_count;
  if (count > PinnedViews::kPiecesMax || args->inside_bytes >= GF_PAGE_BYTES)
    return call.violate("no pieces of memory to pin");
  if (!call.private_payload(args->pieces, count * sizeof *pieces, &pieces))
    return;
  std::byte *memory = nullptr;
  if (args->size > 0 && pieces && count > 0) {
    memory =
        memory_of(call, {pieces, count}, static_cast<uint64_t>(args->size) + args->inside_bytes);
    if (call.failed())
      return;
  }
  // Memory that cannot be pinned. A buffer of nothing needs none.
  if (is_pinning_off() || (!memory && args->size > 0))
    return raise_error(call, GL_INVALID_OPERATION);
  settle_errors(call);
  call.driver().glBufferData(GL_EXTERNAL_VIRTUAL_MEMORY_BUFFER_AMD, args->size,
                             memory ? memory + args->inside_bytes : nullptr, args->usage);
  reply->accepted = was_accepted(call);
}

void custom_gfGlPinBuffer(GlCall &call) {
  const auto *args = call.args<gf_gl_gfGlPinBuffer_args>();
  auto *reply = call.reply<gf_gl_gfGlPinBuffer_reply>();
  const GlDriver &gl = call.driver();
  const uint64_t bytes = args->memory.size_bytes;
  std::byte *memory = call.heap(args->memory, bytes);
  if (!memory || bytes == 0)
    return;
  if (is_pinning_off())
    return;
  settle_errors(call);
  const GLuint name = call.name(GF_GL_KIND_BUFFER, args->buffer);
  // The application's bindings stay.
  gl.glBindBuffer(GL_EXTERNAL_VIRTUAL_MEMORY_BUFFER_AMD, name);
  gl.glBufferData(GL_EXTERNAL_VIRTUAL_MEMORY_BUFFER_AMD, static_cast<GLsizeiptr>(bytes), memory,
                  GL_STREAM_COPY);
  const bool pinned = was_accepted_quietly(call);
  gl.glBindBuffer(GL_EXTERNAL_VIRTUAL_MEMORY_BUFFER_AMD, call.name(GF_GL_KIND_BUFFER, args->bound));
  was_accepted_quietly(call); // a driver that does not know the target says so twice
  reply->pinned = pinned;
}

} // namespace gpuferry::gl
