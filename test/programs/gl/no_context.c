/* Every OpenGL command that the process has, called by a thread without a current context: before there is one, and
 * after its end, as programs do that clean up late. Nothing happens, and nothing is wrong. */
#define _GNU_SOURCE
#include "common/headless.h"
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { MAX_COMMANDS = 8000, LEAST_COMMANDS = 300 };

typedef intptr_t any_command(intptr_t, intptr_t, intptr_t, intptr_t, intptr_t, intptr_t, intptr_t,
                             intptr_t, intptr_t, intptr_t, intptr_t, intptr_t);

static const char *commands[MAX_COMMANDS];
static int count;
static sigjmp_buf before_call;

static void leave(int signal_number) {
  (void)signal_number;
  siglongjmp(before_call, 1);
}

/* How many symbols a library has, from its GNU hash table: the highest that a chain leads to. */
static uint32_t symbols_of(const uint32_t *hash) {
  const uint32_t buckets = hash[0], first = hash[1], bloom_words = hash[2];
  const uint32_t *bucket = hash + 4 + bloom_words * (sizeof(ElfW(Addr)) / sizeof(uint32_t));
  const uint32_t *chain = bucket + buckets;
  uint32_t last = 0;
  for (uint32_t i = 0; i < buckets; i++)
    last = bucket[i] > last ? bucket[i] : last;
  if (last < first)
    return first;
  while ((chain[last - first] & 1) == 0)
    last++;
  return last + 1;
}

static int collect(struct dl_phdr_info *library, size_t size, void *unused) {
  (void)size, (void)unused;
  const char *name = strrchr(library->dlpi_name, '/');
  /* Not the drivers: what they export is not for applications. */
  if (name == NULL || (strstr(name, "libGL") == NULL && strstr(name, "ferry-gl.so") == NULL))
    return 0;
  const ElfW(Dyn) *entry = NULL;
  for (int i = 0; i < library->dlpi_phnum; i++)
    if (library->dlpi_phdr[i].p_type == PT_DYNAMIC)
      entry = (const void *)(library->dlpi_addr + library->dlpi_phdr[i].p_vaddr);
  const ElfW(Sym) *symbols = NULL;
  const char *strings = NULL;
  const uint32_t *hash = NULL;
  for (; entry != NULL && entry->d_tag != DT_NULL; entry++) {
    if (entry->d_tag == DT_SYMTAB)
      symbols = (const void *)entry->d_un.d_ptr;
    if (entry->d_tag == DT_STRTAB)
      strings = (const void *)entry->d_un.d_ptr;
    if (entry->d_tag == DT_GNU_HASH)
      hash = (const void *)entry->d_un.d_ptr;
  }
  const uint32_t last = symbols && strings && hash ? symbols_of(hash) : 0;
  for (uint32_t i = 0; i < last; i++) {
    const char *symbol = strings + symbols[i].st_name;
    if (symbols[i].st_shndx != SHN_UNDEF && strncmp(symbol, "gl", 2) == 0 && symbol[2] >= 'A' &&
        symbol[2] <= 'Z' && strncmp(symbol, "glX", 3) != 0 && count < MAX_COMMANDS)
      commands[count++] = symbol;
  }
  return 0;
}

static void call_one(any_command *command, intptr_t n, intptr_t p) {
  command(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  command(n, p, p, p, p, p, p, p, p, p, p, p);
  command(n, n, n, p, p, p, p, p, p, p, p, p);
}

static void call_all(intptr_t number, void *pointer) {
  for (int i = 0; i < count; i++) {
    any_command *command = (any_command *)dlsym(RTLD_DEFAULT, commands[i]);
    if (command == NULL)
      continue;
    if (sigsetjmp(before_call, 1) == 0)
      call_one(command, number, (intptr_t)pointer);
    else
      check(0, "%s crashed", commands[i]);
  }
}

int main(void) {
  static intptr_t room[4096];
  signal(SIGSEGV, leave);
  dl_iterate_phdr(collect, NULL);
  if (count < LEAST_COMMANDS) {
    printf("only %d commands found\nFAIL\n", count);
    return 1;
  }
  call_all(1, room);
  struct headless headless = headless_open(EGL_OPENGL_API, 3, 3);
  check(eglMakeCurrent(headless.display, EGL_NO_SURFACE, EGL_NO_SURFACE, headless.context),
        "no surface");
  GLuint buffer, arrays;
  glGenBuffers(1, &buffer);
  glGenVertexArrays(1, &arrays);
  glBindBuffer(GL_ARRAY_BUFFER, buffer);
  check_error(GL_NO_ERROR, "objects");
  eglMakeCurrent(headless.display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  room[0] = buffer;
  call_all(1, room);
  check(glGetError() == GL_NO_ERROR, "no context has an error");
  eglMakeCurrent(headless.display, EGL_NO_SURFACE, EGL_NO_SURFACE, headless.context);
  check(glIsVertexArray(arrays) == GL_FALSE && glGetError() == GL_NO_ERROR, "the objects are kept");
  glBindVertexArray(arrays);
  check(glIsBuffer(buffer) == GL_TRUE && glIsVertexArray(arrays) == GL_TRUE, "and in use");
  const int status = finish();
  headless_close(&headless);
  call_all(1, room);
  return status;
}
