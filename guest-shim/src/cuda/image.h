// Module images on their way to the host: flattened into a block of the heap.
#pragma once

#include "cuda/stub.h"

struct gf_image {
  struct gf_heap_range range;
  uint32_t kind; ///< enum gf_image_kind of the flat image
};

/// Copies what `image` points to (wrapper, fatbin, ELF or PTX) into the heap.
/// CUDA_ERROR_INVALID_IMAGE if it is none of these.
CUresult gf_image_pack(const void *image, struct gf_image *packed);

/// As above for a block of data whose length is known.
CUresult gf_image_pack_bytes(const void *data, size_t bytes, struct gf_image *packed);

void gf_image_drop(const struct gf_image *packed);

/// Reads a whole file, zero-terminated; free() it. NULL if it cannot be read.
void *gf_image_read_file(const char *path, size_t *bytes);
