/* Debug messages: the application's own and the driver's, by callback in the right thread and by log; labels. */
#include "common/headless.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>

struct heard {
  int messages, groups, errors;
  pthread_t thread;
};

static void GLAPIENTRY hear(GLenum source, GLenum type, GLuint id, GLenum severity, GLsizei length,
                            const GLchar *text, const void *user) {
  struct heard *heard = (struct heard *)user;
  heard->thread = pthread_self();
  if (source == GL_DEBUG_SOURCE_API && type == GL_DEBUG_TYPE_ERROR) {
    heard->errors++;
  } else if (type == GL_DEBUG_TYPE_PUSH_GROUP || type == GL_DEBUG_TYPE_POP_GROUP) {
    heard->groups++;
  } else if (source == GL_DEBUG_SOURCE_APPLICATION) {
    heard->messages++;
    check(id == 42 && severity == GL_DEBUG_SEVERITY_HIGH, "id %u, severity 0x%x", id, severity);
    check(length == 5 && strcmp(text, "hello") == 0, "said \"%s\"", text);
  }
}

static void by_callback(void) {
  static struct heard heard;
  void *pointer = NULL;
  glEnable(GL_DEBUG_OUTPUT);
  glEnable(GL_DEBUG_OUTPUT_SYNCHRONOUS);
  glDebugMessageCallback(hear, &heard);
  glGetPointerv(GL_DEBUG_CALLBACK_USER_PARAM, &pointer);
  check(pointer == &heard, "the callback's parameter");
  glDebugMessageInsert(GL_DEBUG_SOURCE_APPLICATION, GL_DEBUG_TYPE_MARKER, 42,
                       GL_DEBUG_SEVERITY_HIGH, -1, "hello");
  check(heard.messages == 1, "%d messages before the call returns", heard.messages);
  check(pthread_equal(heard.thread, pthread_self()), "heard in the thread that spoke");
  glPushDebugGroup(GL_DEBUG_SOURCE_APPLICATION, 7, 5, "group");
  glPopDebugGroup();
  check(heard.groups == 2, "%d ends of groups", heard.groups);
  glEnable(0xdead);
  check_error(GL_INVALID_ENUM, "a capability that does not exist");
  check(heard.errors == 1, "%d errors were told of", heard.errors);
  glDebugMessageControl(GL_DONT_CARE, GL_DEBUG_TYPE_MARKER, GL_DONT_CARE, 0, NULL, GL_FALSE);
  glDebugMessageInsert(GL_DEBUG_SOURCE_APPLICATION, GL_DEBUG_TYPE_MARKER, 42,
                       GL_DEBUG_SEVERITY_HIGH, -1, "hello");
  check(heard.messages == 1, "a message that was turned off");
  glDebugMessageControl(GL_DONT_CARE, GL_DEBUG_TYPE_MARKER, GL_DONT_CARE, 0, NULL, GL_TRUE);
}

static void by_log(void) {
  GLenum sources[4] = {0}, types[4] = {0}, severities[4] = {0};
  GLuint ids[4] = {0};
  GLsizei lengths[4] = {0};
  char text[200] = "";
  GLint logged = 0;
  glDebugMessageCallback(NULL, NULL);
  glDebugMessageInsert(GL_DEBUG_SOURCE_THIRD_PARTY, GL_DEBUG_TYPE_OTHER, 1, GL_DEBUG_SEVERITY_LOW,
                       -1, "first");
  glDebugMessageInsert(GL_DEBUG_SOURCE_APPLICATION, GL_DEBUG_TYPE_OTHER, 2,
                       GL_DEBUG_SEVERITY_MEDIUM, 6, "second, cut");
  glGetIntegerv(GL_DEBUG_LOGGED_MESSAGES, &logged);
  printf("%d logged\n", logged);
  const GLuint count =
      glGetDebugMessageLog(4, sizeof text, sources, types, ids, severities, lengths, text);
  printf("%u read\n", count);
  for (GLuint i = 0, at = 0; i < count; at += lengths[i], i++)
    printf("0x%x 0x%x %u 0x%x %d %s\n", sources[i], types[i], ids[i], severities[i], lengths[i],
           text + at);
}

static void labels(void) {
  GLuint texture;
  char label[16] = "";
  GLsizei length = 0;
  glGenTextures(1, &texture);
  glBindTexture(GL_TEXTURE_2D, texture);
  glObjectLabel(GL_TEXTURE, texture, -1, "a rather long name");
  glGetObjectLabel(GL_TEXTURE, texture, sizeof label, &length, label);
  check(length == 15 && strcmp(label, "a rather long n") == 0, "the label \"%s\", %d", label,
        length);
  const GLsync fence = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
  glObjectPtrLabel(fence, 3, "fencepost");
  glGetObjectPtrLabel(fence, sizeof label, &length, label);
  check(length == 3 && strcmp(label, "fen") == 0, "a fence's label \"%s\", %d", label, length);
  glDeleteSync(fence);
}

int main(void) {
  struct headless headless = headless_open(EGL_OPENGL_API, 4, 5);
  by_callback();
  by_log();
  labels();
  const int status = finish();
  headless_close(&headless);
  return status;
}
