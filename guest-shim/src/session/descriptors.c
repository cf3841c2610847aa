#include "session/descriptors.h"

#include <sys/stat.h>
#include <unistd.h>

#include "session/session.h"

enum { HOST, COURIER, REGION, COUNT };

static struct {
  dev_t device;
  ino_t inode;
} g_remembered[COUNT];

static int number(int i) {
  const int numbers[COUNT] = {
      [HOST] = gf_session.host_fd,
      [COURIER] = gf_session.courier_fd,
      [REGION] = gf_session.region_fd,
  };
  return numbers[i];
}

void gf_descriptors_remember(void) {
  for (int i = 0; i < COUNT; i++) {
    struct stat info = {0};
    fstat(number(i), &info);
    g_remembered[i].device = info.st_dev;
    g_remembered[i].inode = info.st_ino;
  }
}

static int is_ours(int i) {
  struct stat info;
  return number(i) >= 0 && fstat(number(i), &info) == 0 && info.st_dev == g_remembered[i].device &&
         info.st_ino == g_remembered[i].inode;
}

int gf_descriptors_are_ours(void) {
  for (int i = 0; i < COUNT; i++) {
    if (!is_ours(i))
      return 0;
  }
  return 1;
}

int gf_region_descriptor_is_ours(void) { return is_ours(REGION); }

void gf_descriptors_close(void) {
  for (int i = 0; i < COUNT; i++) {
    if (is_ours(i))
      close(number(i));
  }
}
