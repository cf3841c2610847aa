// Names of OpenGL objects, chosen in the guest: the lowest that are free, as drivers give them. Textures,
// buffers and the like belong to a share group; containers (vertex arrays, framebuffers, queries …) to
// one context. Every function takes the current context's; without one they do nothing.
#pragma once

#include <pthread.h>
#include <stdint.h>

#include "gl_api.h"
#include "gl_wire.h"

/// Which of the 2^32 names of one kind are in use. Looking is lock-free, changing takes the lock.
struct gf_gl_names {
  pthread_mutex_t mutex;
  uint64_t **chunks;   ///< bitmaps of GF_GL_NAMES_CHUNK names, made when first needed
  uint32_t free_below; ///< no name under this one is free
  int forever;         ///< a deleted name is not given out again
};

#define GF_GL_NAMES_CHUNK 32768u

void gf_gl_names_init(struct gf_gl_names *names, int forever);
void gf_gl_names_end(struct gf_gl_names *names);

/// `count` new names in a row; the first one, or 0 when there is no memory or no such row.
uint32_t gf_gl_names_take_row(struct gf_gl_names *names, uint32_t count);
void gf_gl_names_mark(struct gf_gl_names *names, uint32_t name);
void gf_gl_names_release(struct gf_gl_names *names, uint32_t name);
int gf_gl_names_has(const struct gf_gl_names *names, uint32_t name);

/// The current context's names of a kind; NULL without a context.
struct gf_gl_names *gf_gl_names_of(enum gf_gl_kind kind);

/// Chooses `n` names; zeros where there are none to be had.
void gf_gl_names_gen(enum gf_gl_kind kind, GLsizei n, GLuint *out);

/// Frees names; 0 and what is no name are passed over, as glDelete* does.
void gf_gl_names_delete(enum gf_gl_kind kind, GLsizei n, const GLuint *names);

/// An application used a name of its own choice, where its profile lets it: the name is taken.
void gf_gl_names_use(enum gf_gl_kind kind, GLuint name);
