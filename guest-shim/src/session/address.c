#include "session/address.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GF_ROOT_SOCKET "/run/gpuferry/host.sock"

static int fits(int written, size_t capacity_bytes) {
  return written >= 0 && (size_t)written < capacity_bytes ? 0 : -1;
}

int gf_host_path(char *path, size_t capacity_bytes) {
  const char *host = getenv("GPUFERRY_HOST");
  if (host != NULL && host[0] != '\0') {
    if (strncmp(host, "unix:", 5) == 0)
      host += 5;
    return fits(snprintf(path, capacity_bytes, "%s", host), capacity_bytes);
  }
  const char *runtime = getenv("XDG_RUNTIME_DIR");
  if (runtime != NULL && runtime[0] != '\0')
    return fits(snprintf(path, capacity_bytes, "%s/gpuferry/host.sock", runtime), capacity_bytes);
  if (getuid() == 0 && access(GF_ROOT_SOCKET, F_OK) == 0)
    return fits(snprintf(path, capacity_bytes, "%s", GF_ROOT_SOCKET), capacity_bytes);
  return fits(snprintf(path, capacity_bytes, "/tmp/gpuferry-%u/host.sock", (unsigned)getuid()),
              capacity_bytes);
}
