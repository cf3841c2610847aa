// Memory and semaphores of other APIs, which the application holds as descriptors (EXT_memory_object_fd,
// EXT_semaphore_fd). The host gets a copy of the descriptor; the application's own is ours when OpenGL has taken it.
#include <unistd.h>

#include "gl/buffer.h"
#include "gl/context.h"
#include "gl/export.h"
#include "gl/stub.h"
#include "session/courier.h"

/// The number under which the host finds it; 0: it cannot be sent, and the driver gets none.
static uint64_t send_descriptor(int fd) {
  const uint64_t number = fd >= 0 ? gf_courier_fd_number() : 0;
  return number != 0 && gf_courier_send_fd(number, fd) == 0 ? number : 0;
}

GF_GL_EXPORT void glImportMemoryFdEXT(GLuint memory, GLuint64 size, GLenum handleType, GLint fd) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL)
    return;
  const uint64_t descriptor = send_descriptor(fd);
  struct gf_gl_glImportMemoryFdEXT_args *args =
      gf_gl_begin(lane, GF_GL_OP_glImportMemoryFdEXT, sizeof *args);
  args->size = size;
  args->descriptor = descriptor;
  args->memory = memory;
  args->handle_type = handleType;
  const void *data;
  if (gf_gl_call_point(lane, &data, sizeof(struct gf_gl_glImportMemoryFdEXT_reply)) == 0 &&
      ((const struct gf_gl_glImportMemoryFdEXT_reply *)data)->accepted)
    close(fd);
}

GF_GL_EXPORT void glImportSemaphoreFdEXT(GLuint semaphore, GLenum handleType, GLint fd) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL)
    return;
  const uint64_t descriptor = send_descriptor(fd);
  struct gf_gl_glImportSemaphoreFdEXT_args *args =
      gf_gl_begin(lane, GF_GL_OP_glImportSemaphoreFdEXT, sizeof *args);
  args->descriptor = descriptor;
  args->semaphore = semaphore;
  args->handle_type = handleType;
  const void *data;
  if (gf_gl_call_point(lane, &data, sizeof(struct gf_gl_glImportSemaphoreFdEXT_reply)) == 0 &&
      ((const struct gf_gl_glImportSemaphoreFdEXT_reply *)data)->accepted)
    close(fd);
}

/// What it holds now others write to as well, and how large it is the driver knows.
static void note_storage(GLuint name) {
  struct gf_gl_buffer *buffer = name != 0 ? gf_gl_buffer_get(name) : NULL;
  if (buffer == NULL)
    return;
  buffer->is_known = 0;
  buffer->gpu_writes = 1;
  buffer->copy = GF_GL_COPY_NONE;
  gf_gl_buffer_release();
}

void gf_gl_observe_glBufferStorageMemEXT(GLenum target, GLsizeiptr size, GLuint memory,
                                         GLuint64 offset) {
  (void)size;
  (void)memory;
  (void)offset;
  note_storage(gf_gl_bound_buffer(target));
}

void gf_gl_observe_glNamedBufferStorageMemEXT(GLuint buffer, GLsizeiptr size, GLuint memory,
                                              GLuint64 offset) {
  (void)size;
  (void)memory;
  (void)offset;
  note_storage(buffer);
}
