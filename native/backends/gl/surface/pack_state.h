// Reading and writing pixels of our own while the application's pixel state is put aside: each of these
// sets what differs from the plain layout (tightly packed rows of whole words, no transfer operation) and
// restores it.
#pragma once

#include "backends/gl/context.h"
#include "gl_driver.h"

namespace gpuferry::gl {

class PlainStore {
public:
  ~PlainStore();
  PlainStore(const PlainStore &) = delete;
  PlainStore &operator=(const PlainStore &) = delete;

protected:
  struct Names {
    GLenum swap_bytes, lsb_first, row_length, skip_rows, skip_pixels, alignment, buffer, binding;
  };
  PlainStore(const GlDriver &gl, const Context &context, const Names &names);
  void set(GLenum name, GLint plain);

private:
  struct Kept {
    GLenum name;
    GLint value;
  };
  const GlDriver &gl_;
  const GLenum buffer_target_;
  GLint buffer_ = 0;
  Kept kept_[10];
  unsigned kept_count_ = 0;
  bool pushed_ = false;
};

/// glReadPixels into memory of ours. `row_pixels`: distance of rows in pixels, 0: as wide as what is
/// read; `from_the_top`: the top row comes first, where the context can do that.
class PlainPacking : public PlainStore {
public:
  PlainPacking(const GlDriver &gl, const Context &context, GLint row_pixels = 0,
               bool from_the_top = false);
};

/// glTexImage2D and the like from memory of ours.
class PlainUnpacking : public PlainStore {
public:
  PlainUnpacking(const GlDriver &gl, const Context &context);
};

} // namespace gpuferry::gl
