/* Buffers whose data store is the application's own memory (GL_AMD_pinned_memory). */
#include "common/headless.h"
#include "common/shaders.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096, PAGES = 8, WORDS = 512 };
#define PINNED GL_EXTERNAL_VIRTUAL_MEMORY_BUFFER_AMD

static const char SOURCE[] =
    "#version 430 core\n"
    "layout(local_size_x = 64) in;\n"
    "layout(std430, binding = 0) buffer In { uint from[]; };\n"
    "layout(std430, binding = 1) buffer Out { uint to[]; };\n"
    "void main() { uint i = gl_GlobalInvocationID.x; to[i] = from[i] * 3u + i; }\n";

static uint8_t *memory;

static int has_extension(const char *wanted) {
  GLint count = 0;
  glGetIntegerv(GL_NUM_EXTENSIONS, &count);
  for (GLint i = 0; i < count; i++)
    if (strcmp((const char *)glGetStringi(GL_EXTENSIONS, i), wanted) == 0)
      return 1;
  return 0;
}

static GLuint pin(size_t offset, size_t bytes) {
  GLuint buffer;
  glGenBuffers(1, &buffer);
  glBindBuffer(PINNED, buffer);
  glBufferData(PINNED, bytes, memory + offset, GL_STREAM_COPY);
  check_error(GL_NO_ERROR, "pinned");
  return buffer;
}

static void wait_for_all(void) {
  glMemoryBarrier(GL_ALL_BARRIER_BITS);
  const GLsync fence = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
  glClientWaitSync(fence, GL_SYNC_FLUSH_COMMANDS_BIT, 60000000000ull);
  glDeleteSync(fence);
}

/* `to[i] = from[i] * 3 + i`, and what the memory shows of it. */
static void compute(GLuint from, GLuint to, size_t from_at, size_t to_at, const char *what) {
  glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 0, from);
  glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 1, to);
  for (uint32_t round = 1; round <= 3; round++) {
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < WORDS; i++) {
      const uint32_t value = pattern(round * WORDS + i);
      memcpy(memory + from_at + 4 * i, &value, 4);
    }
    glDispatchCompute(WORDS / 64, 1, 1);
    wait_for_all();
    for (uint32_t i = 0; i < WORDS; i++) {
      uint32_t value;
      memcpy(&value, memory + to_at + 4 * i, 4);
      wrong += value != pattern(round * WORDS + i) * 3u + i;
    }
    check(wrong == 0, "%s, round %u: %u words are wrong", what, round, wrong);
  }
}

static void buffers_over_each_other(void) {
  const size_t bytes = WORDS * 4, second_at = 3 * PAGE + 16;
  memset(memory, 7, PAGES * PAGE);
  const GLuint wide = pin(0, 2 * PAGE), from = pin(PAGE, bytes), to = pin(second_at, bytes);
  /* Two pages of `wide`'s end, and pages that nobody has pinned. */
  const GLuint across = pin(PAGE + PAGE / 2, 4 * PAGE);
  compute(from, to, PAGE, second_at, "two ranges");
  compute(across, to, PAGE + PAGE / 2, second_at + 0, "a range over two others");
  glDeleteBuffers(1, &wide);
  glDeleteBuffers(1, &from);
  compute(across, to, PAGE + PAGE / 2, second_at, "after two were deleted");
  uint8_t got[16];
  memset(memory + 4 * PAGE, 42, 16);
  glBindBuffer(GL_COPY_READ_BUFFER, across);
  glGetBufferSubData(GL_COPY_READ_BUFFER, 4 * PAGE - PAGE - PAGE / 2, 16, got);
  check(got[0] == 42 && got[15] == 42, "the buffer holds %d, %d", got[0], got[15]);
  memset(got, 43, sizeof got);
  glBufferSubData(GL_COPY_READ_BUFFER, 100, sizeof got, got);
  wait_for_all();
  check(memory[PAGE + PAGE / 2 + 100] == 43, "what was put into the buffer");
  glDeleteBuffers(1, &across);
  glDeleteBuffers(1, &to);
  check(memory[PAGE + PAGE / 2 + 100] == 43, "the memory keeps what it holds");
  check(memory[4 * PAGE] == 42 && memory[0] == 7, "and what it held");
  check_error(GL_NO_ERROR, "buffers over each other");
}

static void maps_and_new_stores(void) {
  const GLuint buffer = pin(32, 2 * PAGE);
  GLint value = 0;
  void *pointer = NULL;
  glBindBuffer(GL_ARRAY_BUFFER, buffer);
  glGetBufferParameteriv(GL_ARRAY_BUFFER, GL_BUFFER_SIZE, &value);
  check(value == 2 * PAGE, "the size is %d", value);
  glGetBufferParameteriv(GL_ARRAY_BUFFER, GL_BUFFER_IMMUTABLE_STORAGE, &value);
  check(value == 0, "not immutable");
  memory[32 + 5] = 55;
  uint8_t *map = glMapBufferRange(PINNED, 5, 100, GL_MAP_READ_BIT | GL_MAP_WRITE_BIT);
  check(map != NULL && map[0] == 55, "a map shows the memory");
  glGetBufferPointerv(PINNED, GL_BUFFER_MAP_POINTER, &pointer);
  check(pointer == map, "the pointer of the map");
  check(glMapBuffer(GL_ARRAY_BUFFER, GL_READ_ONLY) == NULL, "it is mapped");
  check_error(GL_INVALID_OPERATION, "mapped twice");
  if (map != NULL)
    map[1] = 66;
  check(glUnmapBuffer(PINNED), "unmapped");
  check(memory[32 + 6] == 66, "what was written into the map");
  check(glMapBufferRange(PINNED, 0, 10, GL_MAP_READ_BIT | GL_MAP_PERSISTENT_BIT) == NULL,
        "no persistent map of it");
  check_error(GL_INVALID_OPERATION, "persistent");
  /* Another store (Mesa keeps the one it has if the new one is as large): the memory is no longer the buffer's. */
  uint8_t other[2 * PAGE - 4], got = 0;
  memset(other, 9, sizeof other);
  glBufferData(GL_ARRAY_BUFFER, sizeof other, other, GL_STREAM_COPY);
  memory[32] = 1;
  glGetBufferSubData(GL_ARRAY_BUFFER, 0, 1, &got);
  check(got == 9, "the new store holds %d", got);
  glBufferSubData(GL_ARRAY_BUFFER, 6, 1, other);
  wait_for_all();
  check(memory[32 + 6] == 66, "the memory is left alone");
  glDeleteBuffers(1, &buffer);
  check_error(GL_NO_ERROR, "maps");
}

static void errors(void) {
  glBindBuffer(PINNED, 0);
  glBufferData(PINNED, PAGE, memory, GL_STREAM_COPY);
  check_error(GL_INVALID_OPERATION, "no buffer is bound");
  const GLuint buffer = pin(0, PAGE);
  glBufferData(PINNED, -1, memory, GL_STREAM_COPY);
  check_error(GL_INVALID_VALUE, "a negative size");
  glBufferData(PINNED, PAGE, memory, GL_TRIANGLES);
  check_error(GL_INVALID_ENUM, "no usage");
  glBufferData(PINNED, 0, NULL, GL_STREAM_COPY);
  check_error(GL_NO_ERROR, "a buffer of nothing");
  glDeleteBuffers(1, &buffer);
}

/* Memory that goes while its buffer lives; what comes to be there is not touched when the buffer goes. */
static void memory_that_goes(void) {
  GLuint buffer;
  uint8_t *mine = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(mine, 1, PAGE);
  glGenBuffers(1, &buffer);
  glBindBuffer(PINNED, buffer);
  glBufferData(PINNED, PAGE, mine, GL_STREAM_COPY);
  glFinish();
  mmap(mine, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  mine[0] = 77;
  glDeleteBuffers(1, &buffer);
  glFinish();
  check(mine[0] == 77, "new memory holds %d", mine[0]);
  munmap(mine, PAGE);
  check_error(GL_NO_ERROR, "memory that goes");
}

int main(void) {
  struct headless headless = headless_open(EGL_OPENGL_API, 4, 5);
  const int has = has_extension("GL_AMD_pinned_memory");
  printf("pinned memory: %d\n", has); /* the same both ways */
  if (has) {
    memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    glUseProgram(compute_program_of(SOURCE));
    buffers_over_each_other();
    maps_and_new_stores();
    errors();
    memory_that_goes();
  }
  const int status = finish();
  headless_close(&headless);
  return status;
}
