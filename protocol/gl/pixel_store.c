#include "gl/pixel_store.h"

#include "gl_api.h"
#include <stddef.h>

enum rule { ANY_BOOL, NOT_NEGATIVE, POWER_UP_TO_8 };

struct row {
  uint32_t pname;
  uint32_t offset_bytes; // of the field in struct gf_pixel_state
  enum rule rule;
};

#define BOTH(suffix, field, rule)                                                                  \
  {GL_PACK_##suffix, offsetof(struct gf_pixel_state, pack.field), rule}, {                         \
    GL_UNPACK_##suffix, offsetof(struct gf_pixel_state, unpack.field), rule                        \
  }

static const struct row g_rows[] = {
    BOTH(ALIGNMENT, alignment_bytes, POWER_UP_TO_8),
    BOTH(ROW_LENGTH, row_length, NOT_NEGATIVE),
    BOTH(IMAGE_HEIGHT, image_height, NOT_NEGATIVE),
    BOTH(SKIP_PIXELS, skip_pixels, NOT_NEGATIVE),
    BOTH(SKIP_ROWS, skip_rows, NOT_NEGATIVE),
    BOTH(SKIP_IMAGES, skip_images, NOT_NEGATIVE),
    BOTH(SWAP_BYTES, swap_bytes, ANY_BOOL),
    BOTH(LSB_FIRST, lsb_first, ANY_BOOL),
    {GL_PACK_INVERT_MESA, offsetof(struct gf_pixel_state, pack.is_inverted), ANY_BOOL},
    BOTH(COMPRESSED_BLOCK_WIDTH, block_width, NOT_NEGATIVE),
    BOTH(COMPRESSED_BLOCK_HEIGHT, block_height, NOT_NEGATIVE),
    BOTH(COMPRESSED_BLOCK_DEPTH, block_depth, NOT_NEGATIVE),
    BOTH(COMPRESSED_BLOCK_SIZE, block_bytes, NOT_NEGATIVE),
};

static const struct row *find(uint32_t pname) {
  for (size_t i = 0; i < sizeof g_rows / sizeof g_rows[0]; i++) {
    if (g_rows[i].pname == pname)
      return &g_rows[i];
  }
  return NULL;
}

void gf_pixel_state_init(struct gf_pixel_state *state) {
  *state =
      (struct gf_pixel_state){.pack = {.alignment_bytes = 4}, .unpack = {.alignment_bytes = 4}};
}

int gf_pixel_state_set(struct gf_pixel_state *state, uint32_t pname, int32_t value) {
  const struct row *row = find(pname);
  if (row == NULL)
    return 0;
  if (row->rule == POWER_UP_TO_8 && value != 1 && value != 2 && value != 4 && value != 8)
    return 0;
  if (row->rule == NOT_NEGATIVE && value < 0)
    return 0;
  uint32_t *field = (uint32_t *)((uint8_t *)state + row->offset_bytes);
  *field = row->rule == ANY_BOOL ? value != 0 : (uint32_t)value;
  return 1;
}

int64_t gf_pixel_state_get(const struct gf_pixel_state *state, uint32_t pname) {
  const struct row *row = find(pname);
  return row == NULL ? -1
                     : (int64_t)*(const uint32_t *)((const uint8_t *)state + row->offset_bytes);
}
