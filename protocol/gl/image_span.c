#include "gl/image_span.h"

#include "gl_api.h"

static uint32_t components(uint32_t format) {
  switch (format) {
  case GL_RED:
  case GL_GREEN:
  case GL_BLUE:
  case GL_ALPHA:
  case GL_LUMINANCE:
  case GL_INTENSITY:
  case GL_COLOR_INDEX:
  case GL_STENCIL_INDEX:
  case GL_DEPTH_COMPONENT:
  case GL_RED_INTEGER:
  case GL_GREEN_INTEGER:
  case GL_BLUE_INTEGER:
  case GL_ALPHA_INTEGER:
  case GL_LUMINANCE_INTEGER_EXT:
    return 1;
  case GL_RG:
  case GL_RG_INTEGER:
  case GL_LUMINANCE_ALPHA:
  case GL_LUMINANCE_ALPHA_INTEGER_EXT:
  case GL_DEPTH_STENCIL:
  case GL_YCBCR_MESA:
    return 2;
  case GL_RGB:
  case GL_BGR:
  case GL_RGB_INTEGER:
  case GL_BGR_INTEGER:
    return 3;
  case GL_RGBA:
  case GL_BGRA:
  case GL_ABGR_EXT:
  case GL_RGBA_INTEGER:
  case GL_BGRA_INTEGER:
  case GL_CMYK_EXT:
    return 4;
  case GL_CMYKA_EXT:
    return 5;
  default:
    return 0;
  }
}

static uint32_t packed_bits(uint32_t type) {
  switch (type) {
  case GL_UNSIGNED_BYTE_3_3_2:
  case GL_UNSIGNED_BYTE_2_3_3_REV:
    return 8;
  case GL_UNSIGNED_SHORT_5_6_5:
  case GL_UNSIGNED_SHORT_5_6_5_REV:
  case GL_UNSIGNED_SHORT_4_4_4_4:
  case GL_UNSIGNED_SHORT_4_4_4_4_REV:
  case GL_UNSIGNED_SHORT_5_5_5_1:
  case GL_UNSIGNED_SHORT_1_5_5_5_REV:
  case GL_UNSIGNED_SHORT_8_8_MESA:
  case GL_UNSIGNED_SHORT_8_8_REV_MESA:
    return 16;
  case GL_UNSIGNED_INT_8_8_8_8:
  case GL_UNSIGNED_INT_8_8_8_8_REV:
  case GL_UNSIGNED_INT_10_10_10_2:
  case GL_UNSIGNED_INT_2_10_10_10_REV:
  case GL_UNSIGNED_INT_24_8:
  case GL_UNSIGNED_INT_10F_11F_11F_REV:
  case GL_UNSIGNED_INT_5_9_9_9_REV:
    return 32;
  case GL_FLOAT_32_UNSIGNED_INT_24_8_REV:
    return 64;
  default:
    return 0;
  }
}

static uint32_t component_bits(uint32_t type) {
  switch (type) {
  case GL_BYTE:
  case GL_UNSIGNED_BYTE:
    return 8;
  case GL_SHORT:
  case GL_UNSIGNED_SHORT:
  case GL_HALF_FLOAT:
  case GL_HALF_FLOAT_OES:
    return 16;
  case GL_INT:
  case GL_UNSIGNED_INT:
  case GL_FLOAT:
  case GL_FIXED:
    return 32;
  case GL_DOUBLE:
    return 64;
  default:
    return 0;
  }
}

uint32_t gf_pixel_bits(uint32_t format, uint32_t type) {
  const uint32_t count = components(format);
  if (count == 0)
    return 0;
  if (type == GL_BITMAP)
    return count; // one component by definition; more is the driver's error
  const uint32_t packed = packed_bits(type);
  return packed != 0 ? packed : count * component_bits(type);
}

static uint64_t round_up(uint64_t value, uint64_t to) { return (value + to - 1) / to * to; }

/// sum += a × b; zero when that overflows.
static int add_product(uint64_t *sum, uint64_t a, uint64_t b) {
  uint64_t product;
  return !__builtin_mul_overflow(a, b, &product) && !__builtin_add_overflow(*sum, product, sum);
}

/// Fills start and end from rows and images that are laid out already.
static int place(uint32_t dimensions, uint64_t skip_in_row_bytes, uint64_t skip_rows,
                 uint64_t skip_images, uint64_t rows, uint64_t images, struct gf_image_span *span) {
  uint64_t first = skip_in_row_bytes;
  if (!add_product(&first, skip_rows, span->row_bytes))
    return 0;
  if (dimensions == 3 && !add_product(&first, skip_images, span->image_bytes))
    return 0;
  span->first_row_bytes = first;
  // Drivers differ on whether skipped rows count in one dimension: both readings lie in the span.
  span->start_bytes = dimensions == 1 ? skip_in_row_bytes : first;
  uint64_t end = first;
  if (!add_product(&end, rows - 1, span->row_bytes) ||
      !add_product(&end, images - 1, span->image_bytes) ||
      !add_product(&end, 1, span->width_bytes) || end > INT64_MAX)
    return 0;
  span->end_bytes = end;
  return 1;
}

int gf_find_image_span(const struct gf_pixel_store *store, const struct gf_image *image,
                       struct gf_image_span *span) {
  *span = (struct gf_image_span){0};
  const uint64_t bits = gf_pixel_bits(image->format, image->type);
  if (bits == 0)
    return 0;
  if (image->width <= 0 || image->height <= 0 || image->depth <= 0)
    return 1;
  const uint64_t width = (uint64_t)image->width;
  const uint64_t row_pixels = store->row_length != 0 ? store->row_length : width;
  uint64_t skip_bytes;
  if (image->type == GL_BITMAP) {
    span->row_bytes = round_up((row_pixels * bits + 7) / 8, store->alignment_bytes);
    skip_bytes = store->skip_pixels * bits / 8;
    span->width_bytes = (store->skip_pixels * bits % 8 + width * bits + 7) / 8;
  } else {
    span->row_bytes = round_up(row_pixels * bits / 8, store->alignment_bytes);
    skip_bytes = store->skip_pixels * bits / 8;
    span->width_bytes = width * bits / 8;
  }
  const uint64_t image_rows = image->dimensions == 3 && store->image_height != 0
                                  ? store->image_height
                                  : (uint64_t)image->height;
  if (__builtin_mul_overflow(span->row_bytes, image_rows, &span->image_bytes))
    return 0;
  uint64_t skip_rows = store->skip_rows;
  if (store->is_inverted) {
    if (!add_product(&span->before_bytes, skip_rows, span->row_bytes))
      return 0;
    skip_rows = 0;
  }
  return place(image->dimensions, skip_bytes, skip_rows, store->skip_images,
               (uint64_t)image->height, (uint64_t)image->depth, span);
}

static uint64_t blocks(uint64_t pixels, uint64_t block) { return (pixels + block - 1) / block; }

int gf_find_compressed_span(const struct gf_pixel_store *store, const struct gf_image *image,
                            uint64_t image_bytes, struct gf_image_span *span) {
  *span = (struct gf_image_span){.end_bytes = image_bytes,
                                 .row_bytes = image_bytes,
                                 .image_bytes = image_bytes,
                                 .width_bytes = image_bytes};
  if (image_bytes > INT64_MAX)
    return 0;
  if (store->block_bytes == 0 || store->block_width == 0 || image_bytes == 0 || image->width <= 0 ||
      image->height <= 0 || image->depth <= 0)
    return 1; // without the blocks' size no skip counts
  const uint64_t height = store->block_height != 0 ? store->block_height : 1;
  const uint64_t depth = store->block_depth != 0 ? store->block_depth : 1;
  const uint64_t width = (uint64_t)image->width;
  const uint64_t row_pixels = store->row_length != 0 ? store->row_length : width;
  span->row_bytes = blocks(row_pixels, store->block_width) * store->block_bytes;
  span->width_bytes = blocks(width, store->block_width) * store->block_bytes;
  const uint64_t image_rows = image->dimensions == 3 && store->image_height != 0
                                  ? store->image_height
                                  : (uint64_t)image->height;
  if (__builtin_mul_overflow(span->row_bytes, blocks(image_rows, height), &span->image_bytes))
    return 0;
  const uint64_t skip_bytes =
      (uint64_t)(store->skip_pixels / store->block_width) * store->block_bytes;
  const int has_rows = image->dimensions > 1 && store->block_height != 0;
  const int has_images = image->dimensions > 2 && store->block_depth != 0;
  if (!place(image->dimensions, skip_bytes, has_rows ? store->skip_rows / height : 0,
             has_images ? store->skip_images / depth : 0, blocks((uint64_t)image->height, height),
             blocks((uint64_t)image->depth, depth), span))
    return 0;
  // A block size that is not the format's must not make the span shorter than what the driver checks.
  if (span->end_bytes - span->start_bytes < image_bytes)
    span->end_bytes = span->start_bytes + image_bytes;
  return 1;
}
