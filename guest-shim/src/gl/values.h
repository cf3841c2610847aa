// What generated OpenGL stubs need beside frames: texts on their way out, values and texts on their way back.
#pragma once

#include <stdint.h>
#include <string.h>

#include "gl_api.h"
/// Bytes of a text that travels: as many as the application says, or up to and with its zero.
static inline uint64_t gf_gl_text_bytes(const GLchar *text, int64_t length) {
  if (text == NULL)
    return 0;
  return length < 0 ? strlen(text) + 1 : (uint64_t)length;
}

/// Packs `count` texts for one payload: their lengths (uint32_t, without the zero; GF_GL_TEXT_NULL for a
/// null pointer), then each that is none with a zero behind it. A length of the application's own that is negative counts to the zero. NULL for NULL
/// texts or without memory; to be freed.
void *gf_gl_pack_texts(int64_t count, const GLchar *const *texts, const GLint *lengths,
                       uint64_t *bytes);

/// The next `count` elements of the reply's tail → `out`, unless that is NULL; where the tail goes on.
static inline const void *gf_gl_take(const void *tail, void *out, uint32_t count,
                                     uint64_t element_bytes) {
  const uint64_t bytes = count * element_bytes;
  if (out != NULL && bytes != 0)
    memcpy(out, tail, bytes);
  return (const uint8_t *)tail + ((bytes + 7) & ~(uint64_t)7);
}

/// A text from the reply's tail, `length` bytes and a zero, into a buffer of `capacity`. A negative
/// length: the driver wrote nothing, and nothing is written here.
const void *gf_gl_take_text(const void *tail, GLchar *out, int64_t capacity, GLsizei *length_out,
                            int32_t length);
