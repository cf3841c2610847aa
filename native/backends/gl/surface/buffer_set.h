// The pixels of one drawable in one share group.
//
//   colour, one sample        texture (BGRA in memory where the driver lets us choose: what X wants)
//   colour, several samples   renderbuffer, and one texture to resolve into
//   depth, stencil            renderbuffer, packed when there are both
//
// Where a second share group draws to the same drawable, its set names the same pixels (shared_pixels.h).
#pragma once

#include <cstdint>

namespace gpuferry::gl {

struct GlDriver;
struct Context;
class Drawable;

enum class Colour : unsigned { back, front, count };

struct BufferSet {
  uint32_t colour[static_cast<unsigned>(Colour::count)] =
      {};                     ///< texture, or renderbuffer if multisampled
  uint32_t resolved = 0;      ///< texture; multisampled drawables only, made when first needed
  uint32_t depth_stencil = 0; ///< renderbuffer
  uint32_t width = 0, height = 0;
  bool has_srgb = false; ///< allocated so that sRGB values can be stored
  /// Allocated with alpha, which a drawable without it never shows: four bytes a pixel, as X wants them, are
  /// read back many times faster. Ends when a command of the application's could tell.
  bool has_spare_alpha = false;
  bool depth_is_texture = false; ///< depth_stencil names one: the pixels are another group's too
  uint64_t generation = 0;       ///< of SharedPixels, that these are siblings of; 0: the set's own

  uint32_t &of(Colour which) { return colour[static_cast<unsigned>(which)]; }
};

/// Gives the set's buffers the drawable's size, and makes the back buffer (the only one of a drawable with
/// one) and depth and stencil where they are missing. What was in a buffer that changed is undefined.
void fit_buffers(const GlDriver &gl, Context &context, Drawable &drawable, BufferSet &set);

/// Makes the front buffer of a double-buffered drawable, or the texture to resolve into. False: the front
/// buffer has a picture already, that another share group drew.
bool add_front(const GlDriver &gl, Context &context, Drawable &drawable, BufferSet &set);
void add_resolved(const GlDriver &gl, Context &context, const Drawable &drawable, BufferSet &set);

/// Gives `renderbuffer` the size and format of depth and stencil, with one sample.
void size_resolved_depth(const GlDriver &gl, const Context &context, const Drawable &drawable,
                         const BufferSet &set, uint32_t renderbuffer);

/// Can colours be stored as sRGB, by the drawable's config or, in a desktop context of Mesa, whatever it says?
bool stores_srgb(const Context &context, const Drawable &drawable);

/// The colour buffers can hold sRGB values from now on; pixels stay.
void make_srgb(const GlDriver &gl, Context &context, Drawable &drawable, BufferSet &set);

/// The colour buffers have no alpha from now on; pixels stay. False between glBegin and glEnd, where nothing
/// can be done.
bool make_opaque(const GlDriver &gl, Context &context, Drawable &drawable, BufferSet &set);

} // namespace gpuferry::gl
