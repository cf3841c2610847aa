#include "backends/gl/surface/present.h"

#include "backends/gl/context.h"
#include "backends/gl/surface/default_framebuffer.h"
#include "backends/gl/surface/keep.h"
#include "backends/gl/surface/pack_state.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace gpuferry::gl {

namespace {

/// What is read, in OpenGL's coordinates, and where its lower left pixel comes in the slot.
struct Part {
  GLint x = 0, y = 0;
  GLsizei width = 0, height = 0;
  uint64_t left = 0, rows_above = 0;
};

Part cut(const gf_gl_gfGlPresent_args &args, const BufferSet &set) {
  const int64_t x0 = std::max<int64_t>(args.x, 0), y0 = std::max<int64_t>(args.y, 0);
  const int64_t x1 = std::min<int64_t>(int64_t{args.x} + args.width, set.width);
  const int64_t y1 = std::min<int64_t>(int64_t{args.y} + args.height, set.height);
  if (x1 <= x0 || y1 <= y0)
    return {};
  return {static_cast<GLint>(x0),
          static_cast<GLint>(y0),
          static_cast<GLsizei>(x1 - x0),
          static_cast<GLsizei>(y1 - y0),
          static_cast<uint64_t>(x0 - args.x),
          static_cast<uint64_t>(int64_t{args.y} + args.height - y1)};
}

void flip_rows(std::byte *rows, uint64_t row_bytes, uint64_t used_bytes, uint64_t count) {
  std::vector<std::byte> spare(used_bytes);
  for (uint64_t top = 0, bottom = count - 1; top < bottom; ++top, --bottom) {
    std::memcpy(spare.data(), rows + top * row_bytes, used_bytes);
    std::memcpy(rows + top * row_bytes, rows + bottom * row_bytes, used_bytes);
    std::memcpy(rows + bottom * row_bytes, spare.data(), used_bytes);
  }
}

} // namespace

void present(Context &context, const std::shared_ptr<Drawable> &drawable,
             const gf_gl_gfGlPresent_args &args, std::byte *rows) {
  DefaultFramebuffer &zero = *context.framebuffer;
  const GlDriver &gl = zero.gl();
  Target &target = zero.target(drawable);
  if ((args.flags & GF_GL_PRESENT_ALPHA) && target.buffers->has_spare_alpha)
    zero.show_alpha();
  const Colour which = args.flags & GF_GL_PRESENT_FRONT ? Colour::front : Colour::back;
  const Part part = rows ? cut(args, *target.buffers) : Part{};
  if (part.width > 0) {
    const GLuint framebuffer = zero.readable(target, which);
    gl.glBindFramebuffer(context.has.separate_read ? GL_READ_FRAMEBUFFER : GL_FRAMEBUFFER,
                         framebuffer);
    std::byte *first = rows + part.rows_above * args.row_bytes + part.left * 4;
    const bool turned = context.has.pack_invert || context.has.pack_reverse;
    const bool spaced = context.has.pack_row_length || args.row_bytes == uint64_t(part.width) * 4;
    {
      const PlainPacking packing(gl, context, static_cast<GLint>(args.row_bytes / 4), true);
      if (spaced)
        gl.glReadPixels(part.x, part.y, part.width, part.height, GL_BGRA, GL_UNSIGNED_BYTE, first);
      else // ES 1 and 2 cannot leave gaps between rows
        for (GLsizei row = 0; row < part.height; ++row)
          gl.glReadPixels(part.x, part.y + part.height - 1 - row, part.width, 1, GL_BGRA,
                          GL_UNSIGNED_BYTE, first + static_cast<uint64_t>(row) * args.row_bytes);
    }
    if (spaced && !turned)
      flip_rows(first, args.row_bytes, uint64_t(part.width) * 4,
                static_cast<uint64_t>(part.height));
    zero.rebind();
  }
  if (args.flags & GF_GL_PRESENT_SWAP) {
    zero.copy_back_to_front(target);
    zero.fit(); // another thread may have told us of a new size
  }
}

} // namespace gpuferry::gl
