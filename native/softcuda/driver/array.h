// CUDA arrays: images in device memory, of which only the driver knows the layout. Ours is row
// after row, slice after slice, level after level.
#pragma once

#include "context.h"
#include "object.h"

#include <memory>

namespace softcuda {

/// Bytes of one element with all its channels; 0 for a format that we do not have.
unsigned element_bytes(CUarray_format format, unsigned channels);

struct ArrayStorage {
  Context &context;
  uint64_t base;
  ~ArrayStorage();
};

class Array : public Object<Array, Kind::Array> {
public:
  /// Allocates memory for `description`.
  static CUresult create(Context &context, const CUDA_ARRAY3D_DESCRIPTOR &description, Array **out);
  /// A view of part of other storage: a mipmap level.
  Array(Context &context, const CUDA_ARRAY3D_DESCRIPTOR &description,
        std::shared_ptr<ArrayStorage> storage, uint64_t base);

  Context &context;
  const CUDA_ARRAY3D_DESCRIPTOR description;
  const std::shared_ptr<ArrayStorage> storage;
  const uint64_t base;
  const unsigned element;
  const uint64_t pitch, slice; // bytes
  bool is_level = false;       // of a mipmapped array, whose it is to destroy it

  uint64_t rows() const { return description.Height ? description.Height : 1; }
  uint64_t slices() const { return description.Depth ? description.Depth : 1; }
};

class MipmappedArray : public Object<MipmappedArray, Kind::MipmappedArray> {
public:
  static CUresult create(Context &context, const CUDA_ARRAY3D_DESCRIPTOR &description,
                         unsigned levels, MipmappedArray **out);
  ~MipmappedArray();

  std::vector<Array *> levels;
};

} // namespace softcuda
