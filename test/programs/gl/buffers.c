/* Buffers: mapped, flushed, invalidated, persistent and coherent, copied, written while they are in use. */
#include "common/headless.h"
#include "common/shaders.h"
#include <string.h>
#include <unistd.h>

enum { BYTES = 100000, PAGE = 4096 };

static unsigned char reference[BYTES], back[BYTES];

static void expect_same(GLenum target, const char *what) {
  memset(back, 0, sizeof back);
  glGetBufferSubData(target, 0, BYTES, back);
  check(memcmp(back, reference, BYTES) == 0, "%s: the buffer is not what was written", what);
  check_error(GL_NO_ERROR, what);
}

static void fill(unsigned char *bytes, int count, uint32_t seed) {
  for (int i = 0; i < count; i++)
    bytes[i] = pattern(seed + i) >> 24;
}

static void mapped(void) {
  GLuint buffer;
  glGenBuffers(1, &buffer);
  glBindBuffer(GL_ARRAY_BUFFER, buffer);
  fill(reference, BYTES, 1);
  glBufferData(GL_ARRAY_BUFFER, BYTES, reference, GL_DYNAMIC_DRAW);
  unsigned char *bytes = glMapBuffer(GL_ARRAY_BUFFER, GL_READ_WRITE);
  check(bytes && memcmp(bytes, reference, BYTES) == 0, "a map shows what the buffer holds");
  bytes[777]++, reference[777]++;
  glUnmapBuffer(GL_ARRAY_BUFFER);
  expect_same(GL_ARRAY_BUFFER, "mapped whole");

  bytes = glMapBufferRange(GL_ARRAY_BUFFER, 5000, 3000, GL_MAP_WRITE_BIT);
  fill(bytes, 100, 2), fill(reference + 5000, 100, 2);
  glUnmapBuffer(GL_ARRAY_BUFFER);
  expect_same(GL_ARRAY_BUFFER, "a range, of which a part is written");

  bytes =
      glMapBufferRange(GL_ARRAY_BUFFER, 64, 20000, GL_MAP_WRITE_BIT | GL_MAP_FLUSH_EXPLICIT_BIT);
  fill(bytes + 10, 50, 3), fill(reference + 74, 50, 3);
  glFlushMappedBufferRange(GL_ARRAY_BUFFER, 10, 50);
  glUnmapBuffer(GL_ARRAY_BUFFER);
  expect_same(GL_ARRAY_BUFFER, "flushed explicitly");

  bytes =
      glMapBufferRange(GL_ARRAY_BUFFER, 0, BYTES, GL_MAP_WRITE_BIT | GL_MAP_INVALIDATE_BUFFER_BIT);
  fill(bytes, BYTES, 4), fill(reference, BYTES, 4);
  GLvoid *pointer = NULL;
  GLint access = 0;
  glGetBufferPointerv(GL_ARRAY_BUFFER, GL_BUFFER_MAP_POINTER, &pointer);
  glGetBufferParameteriv(GL_ARRAY_BUFFER, GL_BUFFER_ACCESS, &access);
  check(pointer == bytes && access == GL_WRITE_ONLY, "what a map says of itself");
  glBufferSubData(GL_ARRAY_BUFFER, 0, 4, reference);
  check_error(GL_INVALID_OPERATION, "a mapped buffer is written");
  check(glMapBuffer(GL_ARRAY_BUFFER, GL_READ_ONLY) == NULL, "a second map");
  check_error(GL_INVALID_OPERATION, "a second map");
  glUnmapBuffer(GL_ARRAY_BUFFER);
  expect_same(GL_ARRAY_BUFFER, "invalidated");

  glBufferSubData(GL_ARRAY_BUFFER, 10, 1000, reference + 50000);
  memcpy(reference + 10, reference + 50000, 1000);
  GLuint other;
  glGenBuffers(1, &other);
  glBindBuffer(GL_COPY_WRITE_BUFFER, other);
  glBufferData(GL_COPY_WRITE_BUFFER, BYTES, NULL, GL_STATIC_COPY);
  glCopyBufferSubData(GL_ARRAY_BUFFER, GL_COPY_WRITE_BUFFER, 0, 0, BYTES);
  expect_same(GL_COPY_WRITE_BUFFER, "copied");
  glClearBufferSubData(GL_COPY_WRITE_BUFFER, GL_R8, 100, 200, GL_RED, GL_UNSIGNED_BYTE, NULL);
  memset(reference + 100, 0, 200);
  expect_same(GL_COPY_WRITE_BUFFER, "cleared");
  glDeleteBuffers(1, &other);
  glDeleteBuffers(1, &buffer);
  check(!glIsBuffer(buffer), "a deleted buffer is none");
}

/* A shader reads what was only stored into the map, and the map shows what a shader stored. */
static void persistent(GLbitfield coherent) {
  static const char SOURCE[] =
      "#version 430 core\n"
      "layout(local_size_x = 64) in;\n"
      "layout(std430, binding = 0) buffer In { uint from[]; };\n"
      "layout(std430, binding = 1) buffer Out { uint to[]; };\n"
      "void main() { uint i = gl_GlobalInvocationID.x; to[i] = from[i] * 3u + i; }\n";
  const GLbitfield access = GL_MAP_READ_BIT | GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | coherent;
  const GLuint program = compute_program_of(SOURCE);
  GLuint buffers[2];
  volatile uint32_t *maps[2];
  glGenBuffers(2, buffers);
  for (int i = 0; i < 2; i++) {
    glBindBufferBase(GL_SHADER_STORAGE_BUFFER, i, buffers[i]);
    glBufferStorage(GL_SHADER_STORAGE_BUFFER, 4 * PAGE, NULL, access);
    maps[i] = glMapBufferRange(GL_SHADER_STORAGE_BUFFER, 0, 4 * PAGE, access);
    check(maps[i] != NULL, "a persistent map");
  }
  glUseProgram(program);
  for (uint32_t round = 1; round <= 5; round++) {
    for (uint32_t i = 0; i < PAGE; i++)
      maps[0][i] = pattern(round * PAGE + i);
    if (!coherent)
      glMemoryBarrier(GL_CLIENT_MAPPED_BUFFER_BARRIER_BIT);
    glDispatchCompute(PAGE / 64, 1, 1);
    glMemoryBarrier(GL_CLIENT_MAPPED_BUFFER_BARRIER_BIT);
    const GLsync fence = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
    glClientWaitSync(fence, GL_SYNC_FLUSH_COMMANDS_BIT, 10000000000ull);
    glDeleteSync(fence);
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < PAGE; i++)
      wrong += maps[1][i] != pattern(round * PAGE + i) * 3u + i;
    check(wrong == 0, "round %u: %u words are wrong in a %s map", round, wrong,
          coherent ? "coherent" : "persistent");
  }
  glUnmapBuffer(GL_SHADER_STORAGE_BUFFER);
  glDeleteBuffers(2, buffers);
  check_error(GL_NO_ERROR, "persistent maps");
}

/* A large map of which little is written at a time, also by the kernel; the buffer is what the map shows. */
static void little_of_much(void) {
  enum { LARGE = 256 * PAGE, ROUNDS = 6 };
  static unsigned char wanted[LARGE], got[LARGE];
  const GLbitfield access = GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT;
  GLuint buffers[2];
  int ends[2];
  check(pipe(ends) == 0, "a pipe");
  glGenBuffers(2, buffers);
  glBindBuffer(GL_COPY_READ_BUFFER, buffers[0]);
  glBufferStorage(GL_COPY_READ_BUFFER, LARGE, wanted, access);
  glBindBuffer(GL_COPY_WRITE_BUFFER, buffers[1]);
  glBufferData(GL_COPY_WRITE_BUFFER, LARGE, NULL, GL_STREAM_COPY);
  unsigned char *map = glMapBufferRange(GL_COPY_READ_BUFFER, 0, LARGE, access);
  check(map != NULL, "a large map");
  for (uint32_t round = 0; map != NULL && round < ROUNDS; round++) {
    for (uint32_t i = 0; i < 40; i++) {
      const uint32_t at = pattern(round * 100 + i) % (LARGE - 16);
      memset(map + at, (int)(i + round), 16);
      memset(wanted + at, (int)(i + round), 16);
    }
    const uint32_t place = round * 40 * PAGE + 99;
    check(write(ends[1], reference + round, 100) == 100, "into the pipe");
    check(read(ends[0], map + place, 100) == 100, "out of the pipe, into the map");
    memcpy(wanted + place, reference + round, 100);
    glCopyBufferSubData(GL_COPY_READ_BUFFER, GL_COPY_WRITE_BUFFER, 0, 0, LARGE);
    glGetBufferSubData(GL_COPY_WRITE_BUFFER, 0, LARGE, got);
    check(memcmp(got, wanted, LARGE) == 0, "round %u: the copy is not what the map shows", round);
  }
  glUnmapBuffer(GL_COPY_READ_BUFFER);
  glDeleteBuffers(2, buffers);
  close(ends[0]);
  close(ends[1]);
  check_error(GL_NO_ERROR, "a large map");
}

int main(void) {
  struct headless headless = headless_open(EGL_OPENGL_API, 4, 5);
  mapped();
  persistent(GL_MAP_COHERENT_BIT);
  persistent(0);
  little_of_much();
  const int status = finish();
  headless_close(&headless);
  return status;
}
