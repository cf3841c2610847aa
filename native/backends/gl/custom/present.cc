// gfGlPresent: a picture on its way to where the guest shows it.
#include "backends/gl/surface/present.h"
#include "backends/gl/call.h"
#include "backends/gl/lane.h"
#include "backends/gl/session.h"
#include "ring/futex.h"

namespace gpuferry::gl {

namespace {

/// Whether the rectangle's rows fit the range that was named for them.
bool rows_fit(const gf_gl_gfGlPresent_args &args) {
  constexpr uint64_t kMost = 1u << 20; // keeps products from wrapping
  if (args.width > kMost || args.height > kMost || args.row_bytes > 4 * kMost ||
      args.row_bytes % 4 != 0 || args.pixels_offset % 4 != 0)
    return false;
  return args.row_bytes >= uint64_t{args.width} * 4 &&
         args.row_bytes * args.height <= args.pixels_bytes;
}

} // namespace

void custom_gfGlPresent(GlCall &call) {
  const auto *args = call.args<gf_gl_gfGlPresent_args>();
  std::byte *done = call.heap(args->done_offset, sizeof(uint32_t), sizeof(uint32_t));
  if (!done || args->done_offset % sizeof(uint32_t) != 0)
    return call.violate("a picture's done word lies where it cannot");
  std::byte *rows = nullptr;
  if (args->width != 0 && args->height != 0) {
    rows = call.heap(args->pixels_offset, args->pixels_bytes, args->row_bytes * args->height);
    if (!rows || !rows_fit(*args))
      return call.violate("a picture does not fit where it should go");
  }
  Lane &lane = call.lane();
  const auto drawable = call.session().drawable(args->drawable);
  if (lane.context && drawable)
    present(*lane.context, drawable, *args, rows);
  auto *word = reinterpret_cast<uint32_t *>(done);
  // Pairs with the presenter's acquire load: the pixels are there.
  gf_store_release(word, args->done_value);
  ring::futex_wake(word, INT32_MAX);
}

} // namespace gpuferry::gl
