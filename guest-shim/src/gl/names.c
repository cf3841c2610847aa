#include "gl/names.h"

#include <stdlib.h>

#include "abi/base.h"
#include "gl/context.h"
#include "gl/thread.h"

#define CHUNK_COUNT ((uint32_t)((UINT64_C(1) << 32) / GF_GL_NAMES_CHUNK))
#define CHUNK_WORDS (GF_GL_NAMES_CHUNK / 64)

void gf_gl_names_init(struct gf_gl_names *names, int forever) {
  pthread_mutex_init(&names->mutex, NULL);
  names->chunks = NULL;
  names->free_below = 1;
  names->forever = forever;
}

void gf_gl_names_end(struct gf_gl_names *names) {
  for (uint32_t i = 0; names->chunks != NULL && i < CHUNK_COUNT; i++)
    free(names->chunks[i]);
  free(names->chunks);
  pthread_mutex_destroy(&names->mutex);
}

/// The word that holds the name's bit, or NULL: none of its chunk is in use.
static uint64_t *find_word(const struct gf_gl_names *names, uint32_t name) {
  uint64_t **chunks = gf_load_acquire(&names->chunks);
  uint64_t *chunk = chunks != NULL ? gf_load_acquire(&chunks[name / GF_GL_NAMES_CHUNK]) : NULL;
  return chunk != NULL ? &chunk[name % GF_GL_NAMES_CHUNK / 64] : NULL;
}

/// The same, made if need be. Under the lock; NULL without memory.
static uint64_t *make_word(struct gf_gl_names *names, uint32_t name) {
  if (names->chunks == NULL) // a megabyte of address space, of which a page or two are touched
    gf_store_release(&names->chunks, calloc(CHUNK_COUNT, sizeof *names->chunks));
  if (names->chunks == NULL)
    return NULL;
  uint64_t **chunk = &names->chunks[name / GF_GL_NAMES_CHUNK];
  if (*chunk == NULL)
    gf_store_release(chunk, calloc(CHUNK_WORDS, sizeof **chunk));
  return find_word(names, name);
}

int gf_gl_names_has(const struct gf_gl_names *names, uint32_t name) {
  const uint64_t *word = find_word(names, name);
  return word != NULL && (gf_load_relaxed(word) >> (name % 64) & 1);
}

static int mark_locked(struct gf_gl_names *names, uint32_t name) {
  uint64_t *word = make_word(names, name);
  if (word == NULL)
    return -1;
  gf_store_relaxed(word, *word | UINT64_C(1) << (name % 64));
  return 0;
}

static void release_locked(struct gf_gl_names *names, uint32_t name) {
  uint64_t *word = find_word(names, name);
  if (name == 0 || word == NULL)
    return;
  gf_store_relaxed(word, *word & ~(UINT64_C(1) << (name % 64)));
  if (name < names->free_below && !names->forever)
    names->free_below = name;
}

/// The first free name at or after `from`; 0 when all are taken.
static uint32_t next_free(const struct gf_gl_names *names, uint32_t from) {
  for (uint64_t name = from; name <= UINT32_MAX;) {
    const uint64_t *word = find_word(names, (uint32_t)name);
    const uint64_t taken = word == NULL ? 0 : *word;
    const uint64_t open = ~taken & (UINT64_MAX << (name % 64));
    if (open != 0)
      return (uint32_t)((name & ~UINT64_C(63)) + (uint64_t)__builtin_ctzll(open));
    name = (name & ~UINT64_C(63)) + 64;
  }
  return 0;
}

/// How many names in a row are free from `first` on, at most `wanted`.
static uint32_t free_run(const struct gf_gl_names *names, uint32_t first, uint32_t wanted) {
  uint32_t run = 0;
  while (run < wanted && first + run >= first && !gf_gl_names_has(names, first + run))
    run++;
  return run;
}

uint32_t gf_gl_names_take_row(struct gf_gl_names *names, uint32_t count) {
  pthread_mutex_lock(&names->mutex);
  uint32_t first = names->free_below;
  for (uint32_t run = 0; count > 0 && first != 0; first += run) {
    first = next_free(names, first);
    run = first != 0 ? free_run(names, first, count) : 0;
    if (run == count || run == 0)
      break;
  }
  for (uint32_t i = 0; first != 0 && i < count; i++) {
    if (mark_locked(names, first + i) == 0)
      continue;
    while (i-- > 0)
      release_locked(names, first + i);
    first = 0;
    break;
  }
  // Names under the row may be free where the row did not fit: they stay to be found.
  if (first != 0 && (count == 1 || first == names->free_below))
    names->free_below = first + count;
  pthread_mutex_unlock(&names->mutex);
  return first;
}

void gf_gl_names_mark(struct gf_gl_names *names, uint32_t name) {
  if (name == 0 || gf_gl_names_has(names, name))
    return;
  pthread_mutex_lock(&names->mutex);
  mark_locked(names, name);
  pthread_mutex_unlock(&names->mutex);
}

void gf_gl_names_release(struct gf_gl_names *names, uint32_t name) {
  pthread_mutex_lock(&names->mutex);
  release_locked(names, name);
  pthread_mutex_unlock(&names->mutex);
}

struct gf_gl_names *gf_gl_names_of(enum gf_gl_kind kind) {
  struct gf_gl_context *context = gf_gl.context;
  if (context == NULL)
    return NULL;
  return gf_gl_kind_is_shared(kind) ? &context->share->names[kind] : &context->names[kind];
}

void gf_gl_names_gen(enum gf_gl_kind kind, GLsizei n, GLuint *out) {
  struct gf_gl_names *names = gf_gl_names_of(kind);
  for (GLsizei i = 0; i < n; i++)
    out[i] = names != NULL ? gf_gl_names_take_row(names, 1) : 0;
}

void gf_gl_names_delete(enum gf_gl_kind kind, GLsizei n, const GLuint *names_to_end) {
  struct gf_gl_names *names = gf_gl_names_of(kind);
  if (names == NULL)
    return;
  pthread_mutex_lock(&names->mutex);
  for (GLsizei i = 0; i < n; i++)
    release_locked(names, names_to_end[i]);
  pthread_mutex_unlock(&names->mutex);
}

void gf_gl_names_use(enum gf_gl_kind kind, GLuint name) {
  struct gf_gl_names *names = gf_gl_names_of(kind);
  if (names != NULL)
    gf_gl_names_mark(names, name);
}
