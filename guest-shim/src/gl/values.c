#include "gl/values.h"

#include <stdlib.h>

#include "abi/gl.h"

static uint32_t text_length(const GLchar *text, const GLint *lengths, int64_t i) {
  return lengths != NULL && lengths[i] >= 0 ? (uint32_t)lengths[i] : (uint32_t)strlen(text);
}

void *gf_gl_pack_texts(int64_t count, const GLchar *const *texts, const GLint *lengths,
                       uint64_t *bytes) {
  *bytes = 0;
  if (texts == NULL)
    return NULL;
  uint64_t total = 0;
  for (int64_t i = 0; i < count; i++) {
    total += sizeof(uint32_t);
    if (texts[i] != NULL)
      total += text_length(texts[i], lengths, i) + 1;
  }
  uint8_t *packed = malloc(total != 0 ? total : 1);
  if (packed == NULL)
    return NULL;
  uint32_t *packed_lengths = (uint32_t *)packed;
  uint8_t *at = packed + (count > 0 ? (uint64_t)count * sizeof(uint32_t) : 0);
  for (int64_t i = 0; i < count; i++) {
    if (texts[i] == NULL) {
      packed_lengths[i] = GF_GL_TEXT_NULL;
      continue;
    }
    const uint32_t length = text_length(texts[i], lengths, i);
    packed_lengths[i] = length;
    memcpy(at, texts[i], length);
    at[length] = 0;
    at += (uint64_t)length + 1;
  }
  *bytes = total;
  return packed;
}

const void *gf_gl_take_text(const void *tail, GLchar *out, int64_t capacity, GLsizei *length_out,
                            int32_t length) {
  if (length < 0)
    return tail;
  const uint64_t stored = (uint64_t)length + 1;
  if (out != NULL && capacity > 0) {
    const uint64_t copied =
        stored <= (uint64_t)capacity ? (uint64_t)length : (uint64_t)capacity - 1;
    memcpy(out, tail, copied);
    out[copied] = 0;
  }
  if (length_out != NULL)
    *length_out = length;
  return (const uint8_t *)tail + ((stored + 7) & ~(uint64_t)7);
}
