#include "gl/program.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "gl/context.h"
#include "gl/export.h"
#include "gl/introspection.h"
#include "gl/stub.h"
#include "gl_send.h"
#include "heap/heap.h"
#include "session/session.h"

struct location {
  struct location *next;
  GLuint program;
  enum gf_gl_variable kind;
  GLint location;
  char name[];
};

#define BUCKETS 256u

struct gf_gl_programs {
  pthread_mutex_t mutex;
  struct location *buckets[BUCKETS];
};

void gf_gl_programs_free(struct gf_gl_programs *programs) {
  if (programs == NULL)
    return;
  for (uint32_t i = 0; i < BUCKETS; i++) {
    while (programs->buckets[i] != NULL) {
      struct location *next = programs->buckets[i]->next;
      free(programs->buckets[i]);
      programs->buckets[i] = next;
    }
  }
  pthread_mutex_destroy(&programs->mutex);
  free(programs);
}

static struct gf_gl_programs *programs_of(struct gf_gl_share *share) {
  pthread_mutex_lock(&share->mutex);
  if (share->programs == NULL && (share->programs = calloc(1, sizeof *share->programs)) != NULL)
    pthread_mutex_init(&share->programs->mutex, NULL);
  pthread_mutex_unlock(&share->mutex);
  return share->programs;
}

static struct location **bucket_of(struct gf_gl_programs *programs, GLuint program,
                                   const char *name) {
  uint32_t hash = 2166136261u ^ program; // FNV-1a
  for (const char *at = name; *at != '\0'; at++)
    hash = (hash ^ (uint8_t)*at) * 16777619u;
  return &programs->buckets[hash % BUCKETS];
}

/// The location, or -1 if it is not known.
static GLint look_up(GLuint program, enum gf_gl_variable kind, const char *name) {
  struct gf_gl_programs *programs = programs_of(gf_gl.context->share);
  GLint location = -1;
  if (programs == NULL)
    return location;
  pthread_mutex_lock(&programs->mutex);
  for (const struct location *at = *bucket_of(programs, program, name); at != NULL; at = at->next) {
    if (at->program == program && at->kind == kind && strcmp(at->name, name) == 0) {
      location = at->location;
      break;
    }
  }
  pthread_mutex_unlock(&programs->mutex);
  return location;
}

static void note(GLuint program, enum gf_gl_variable kind, const char *name, GLint location) {
  struct gf_gl_programs *programs = programs_of(gf_gl.context->share);
  const size_t name_bytes = strlen(name) + 1;
  struct location *entry = programs != NULL ? malloc(sizeof *entry + name_bytes) : NULL;
  if (entry == NULL)
    return;
  *entry = (struct location){.program = program, .kind = kind, .location = location};
  memcpy(entry->name, name, name_bytes);
  pthread_mutex_lock(&programs->mutex);
  struct location **bucket = bucket_of(programs, program, name);
  entry->next = *bucket;
  *bucket = entry;
  pthread_mutex_unlock(&programs->mutex);
}

static void forget(GLuint program, int is_linked) {
  if (gf_gl.current == NULL)
    return;
  gf_gl_introspect_forget(program, is_linked);
  struct gf_gl_programs *programs = programs_of(gf_gl.context->share);
  if (programs == NULL)
    return;
  pthread_mutex_lock(&programs->mutex);
  for (uint32_t i = 0; i < BUCKETS; i++) {
    for (struct location **at = &programs->buckets[i]; *at != NULL;) {
      struct location *entry = *at;
      if (entry->program != program) {
        at = &entry->next;
        continue;
      }
      *at = entry->next;
      free(entry);
    }
  }
  pthread_mutex_unlock(&programs->mutex);
}

void gf_gl_observe_glLinkProgram(GLuint program) { forget(program, 1); }
void gf_gl_observe_glDeleteProgram(GLuint program) { forget(program, 0); }
void gf_gl_observe_glDeleteObjectARB(GLhandleARB obj) { forget((GLuint)obj, 0); }

void gf_gl_observe_glProgramBinary(GLuint program, GLenum binaryFormat, const void *binary,
                                   GLsizei length) {
  (void)binaryFormat;
  (void)binary;
  (void)length;
  forget(program, 1);
}

// A location of -1 may stand for an error and is asked for again: the driver must say it again.
#define GET_LOCATION(symbol, kind)                                                                 \
  GF_GL_EXPORT GLint symbol(GLuint program, const GLchar *name) {                                  \
    if (gf_gl_enter() == NULL || name == NULL)                                                     \
      return -1;                                                                                   \
    GLint location;                                                                                \
    if (gf_gl_introspect_location(program, kind, name, &location))                                 \
      return location;                                                                             \
    location = look_up(program, kind, name);                                                       \
    if (location >= 0)                                                                             \
      return location;                                                                             \
    location = gf_gl_send_##symbol(program, name);                                                 \
    if (location >= 0)                                                                             \
      note(program, kind, name, location);                                                         \
    return location;                                                                               \
  }

GET_LOCATION(glGetUniformLocation, GF_GL_UNIFORM)
GET_LOCATION(glGetAttribLocation, GF_GL_ATTRIBUTE)

/// Bytes that a reply has room for beside its own fields.
#define REPLY_MAX_BYTES (GF_REPLY_DATA_BYTES - 64u)

GF_GL_EXPORT void glGetProgramBinary(GLuint program, GLsizei bufSize, GLsizei *length,
                                     GLenum *binaryFormat, void *binary) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL)
    return;
  struct gf_heap_block block = {0};
  const int is_long = bufSize > (GLsizei)REPLY_MAX_BYTES;
  if (is_long && !gf_heap_alloc((uint64_t)bufSize, GF_HEAP_STAGING, &block)) {
    gf_gl_raise(lane, GL_OUT_OF_MEMORY);
    return;
  }
  struct gf_gl_glGetProgramBinary_args *args =
      gf_gl_begin(lane, GF_GL_OP_glGetProgramBinary, sizeof *args);
  args->memory = (struct gf_heap_range){block.offset_bytes, is_long ? (uint64_t)bufSize : 0};
  args->program = program;
  args->size = bufSize;
  const void *data;
  const struct gf_gl_glGetProgramBinary_reply *reply = NULL;
  if (gf_gl_call(lane, &data, sizeof *reply) == 0)
    reply = data;
  if (reply != NULL && length != NULL)
    *length = reply->written ? reply->length : 0;
  if (reply != NULL && reply->written && reply->length >= 0 && reply->length <= bufSize) {
    *binaryFormat = reply->format;
    memcpy(binary, is_long ? (const void *)(gf_session.heap + block.offset_bytes) : reply + 1,
           (size_t)reply->length);
  }
  if (is_long)
    gf_heap_free(block.offset_bytes);
}
