#include "run/preloadable.h"

#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  INTERPRETERS_MAX = 5, // as many as the kernel follows
  HEAD_BYTES = 4096,    // the headers of any program that linkers make lie in it
};

struct head {
  unsigned char bytes[HEAD_BYTES + 1]; // ends with a zero
  size_t size_bytes;
  struct stat info;
};

/// Where a shell would find it. 0, or -1.
static int find(const char *command, char path[PATH_MAX]) {
  if (strchr(command, '/') != NULL)
    return snprintf(path, PATH_MAX, "%s", command) < PATH_MAX ? 0 : -1;
  const char *list = getenv("PATH");
  while (list != NULL && command[0] != '\0') {
    const size_t length = strcspn(list, ":");
    struct stat info;
    if (snprintf(path, PATH_MAX, "%.*s/%s", length > 0 ? (int)length : 1, length > 0 ? list : ".",
                 command) < PATH_MAX &&
        stat(path, &info) == 0 && S_ISREG(info.st_mode))
      return 0;
    list = list[length] == ':' ? list + length + 1 : NULL;
  }
  return -1;
}

static int read_head(const char *path, struct head *head) {
  // Opening a pipe would wait for its writer.
  if (stat(path, &head->info) != 0 || !S_ISREG(head->info.st_mode))
    return -1;
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  const ssize_t bytes = fd < 0 ? -1 : read(fd, head->bytes, HEAD_BYTES);
  if (fd >= 0)
    close(fd);
  head->size_bytes = bytes > 0 ? (size_t)bytes : 0;
  head->bytes[head->size_bytes] = '\0';
  return bytes > 0 ? 0 : -1;
}

/// Of a script's first line. 0, or -1 for anything else.
static int interpreter_of(const struct head *head, char path[PATH_MAX]) {
  if (head->bytes[0] != '#' || head->bytes[1] != '!')
    return -1;
  const char *at = (const char *)head->bytes + 2;
  at += strspn(at, " \t");
  const size_t length = strcspn(at, " \t\r\n");
  if (length == 0 || length >= PATH_MAX)
    return -1;
  memcpy(path, at, length);
  path[length] = '\0';
  return 0;
}

/// What PT_INTERP names; NULL without one.
static const char *loader_of(const struct head *head) {
  Elf64_Ehdr elf;
  memcpy(&elf, head->bytes, sizeof elf);
  for (unsigned i = 0; i < elf.e_phnum; i++) {
    Elf64_Phdr entry;
    const size_t at = elf.e_phoff + (size_t)i * elf.e_phentsize;
    if (at > head->size_bytes || head->size_bytes - at < sizeof entry)
      return NULL;
    memcpy(&entry, head->bytes + at, sizeof entry);
    if (entry.p_type == PT_INTERP)
      return entry.p_offset < head->size_bytes ? (const char *)head->bytes + entry.p_offset : "";
  }
  return NULL;
}

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash != NULL ? slash + 1 : path;
}

static const char *why_not(const char *path, const struct head *head) {
  if (head->size_bytes < sizeof(Elf64_Ehdr) || memcmp(head->bytes, ELFMAG, SELFMAG) != 0)
    return NULL;
  if (head->bytes[EI_CLASS] != ELFCLASS64)
    return "is no 64-bit program, and the shim is one";
  const char *loader = loader_of(head);
  const char *own = base_name(path);
  // A loader that is run as a command does what it would do for the program.
  if (loader == NULL && !(strncmp(own, "ld", 2) == 0 && strchr("-.6", own[2]) != NULL))
    return "is statically linked, and LD_PRELOAD does nothing to it";
  if (loader != NULL && strncmp(base_name(loader), "ld-musl", 7) == 0)
    return "is linked with musl, and the shim with glibc";
  const mode_t mode = head->info.st_mode;
  if (((mode & S_ISUID) && head->info.st_uid != getuid()) ||
      ((mode & S_ISGID) && (mode & S_IXGRP) && head->info.st_gid != getgid()))
    return "runs as another user (set-user-ID or set-group-ID), and LD_PRELOAD is dropped for it";
  return NULL;
}

int gf_why_not_preloadable(const char *command, char *why, size_t why_bytes) {
  char path[PATH_MAX];
  struct head head;
  if (find(command, path) != 0)
    return 0;
  for (int depth = 0; depth < INTERPRETERS_MAX; depth++) {
    if (read_head(path, &head) != 0)
      return 0; // starting it will tell; an executable need not be readable
    if (interpreter_of(&head, path) == 0)
      continue;
    const char *reason = why_not(path, &head);
    if (reason == NULL)
      return 0;
    if (depth > 0)
      snprintf(why, why_bytes, "is run by %s, which %s", path, reason);
    else
      snprintf(why, why_bytes, "%s", reason);
    return 1;
  }
  return 0;
}
