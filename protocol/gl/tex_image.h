// gfGlTexLevel and gfGlGetTexImage: reading textures back. How many bytes that is depends on the level's
// size, which the guest asks for first and the executor asks the driver for again.
#pragma once

#include <stdint.h>

/// How a command says which texture it means.
enum gf_tex_by {
  GF_TEX_BY_TARGET = 0, ///< the one bound to `target`
  GF_TEX_BY_NAME,       ///< `texture`
  GF_TEX_BY_NAME_EXT,   ///< `texture`, with a target (EXT_direct_state_access)
  GF_TEX_BY_UNIT,       ///< the one bound to `target` of unit `texture`, GL_TEXTURE0 …
  GF_TEX_BY_COUNT,
};

enum gf_get_tex_command {
  GF_GET_TEX_IMAGE,
  GF_GETN_TEX_IMAGE,
  GF_GET_TEXTURE_IMAGE,
  GF_GET_TEXTURE_IMAGE_EXT,
  GF_GET_MULTI_TEX_IMAGE,
  GF_GET_COMPRESSED, ///< here and below: compressed
  GF_GETN_COMPRESSED,
  GF_GET_COMPRESSED_TEXTURE,
  GF_GET_COMPRESSED_TEXTURE_EXT,
  GF_GET_COMPRESSED_MULTI,
  GF_GET_COMPRESSED_SUB,
  GF_GET_TEX_COMMAND_COUNT,
};

static inline int gf_get_tex_is_compressed(unsigned command) {
  return command >= GF_GET_COMPRESSED;
}

/// Bytes that a command on a compressed level may touch. For a part of one `buf_size` is the only measure, which
/// skips count in.
static inline uint64_t gf_get_tex_compressed_bytes(unsigned command, int32_t buf_size,
                                                   int32_t level_bytes, int has_blocks) {
  const uint64_t level = level_bytes > 0 ? (uint64_t)level_bytes : 0;
  const uint64_t room = buf_size > 0 ? (uint64_t)buf_size : 0;
  if (command != GF_GET_COMPRESSED_SUB)
    return level;
  return has_blocks || room < level ? room : level;
}

static inline enum gf_tex_by gf_get_tex_by(unsigned command) {
  switch (command) {
  case GF_GET_TEXTURE_IMAGE:
  case GF_GET_COMPRESSED_TEXTURE:
  case GF_GET_COMPRESSED_SUB:
    return GF_TEX_BY_NAME;
  case GF_GET_TEXTURE_IMAGE_EXT:
  case GF_GET_COMPRESSED_TEXTURE_EXT:
    return GF_TEX_BY_NAME_EXT;
  case GF_GET_MULTI_TEX_IMAGE:
  case GF_GET_COMPRESSED_MULTI:
    return GF_TEX_BY_UNIT;
  default:
    return GF_TEX_BY_TARGET;
  }
}
