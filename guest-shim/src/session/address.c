#include "session/address.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "session/environment.h"

#define GF_ROOT_SOCKET "/run/gpuferry/host.sock"

/// Of the rule's four places: the one that applies. NULL for a GPUFERRY_HOST that is no address.
static const char *place(char *composed, size_t capacity_bytes) {
  const char *host = gf_environment("GPUFERRY_HOST");
  if (host != NULL && host[0] != '\0') {
    const char *path = strncmp(host, "unix:", 5) == 0 ? host + 5 : host;
    return path[0] == '/' ? path : NULL;
  }
  const char *runtime = gf_environment("XDG_RUNTIME_DIR");
  if (runtime != NULL && runtime[0] != '\0')
    snprintf(composed, capacity_bytes, "%s/gpuferry/host.sock", runtime);
  else if (getuid() == 0 && access(GF_ROOT_SOCKET, F_OK) == 0)
    return GF_ROOT_SOCKET;
  else
    snprintf(composed, capacity_bytes, "/tmp/gpuferry-%u/host.sock", (unsigned)getuid());
  return composed;
}

int gf_host_path(char *path, size_t capacity_bytes, char *why, size_t why_bytes) {
  char composed[PATH_MAX];
  const char *found = place(composed, sizeof composed);
  if (found == NULL) {
    snprintf(why, why_bytes, "GPUFERRY_HOST=%.200s is neither unix:/PATH nor an absolute path",
             gf_environment("GPUFERRY_HOST"));
    return -1;
  }
  if (strlen(found) >= capacity_bytes) {
    snprintf(why, why_bytes, "the socket's path is longer than %zu bytes: %.200s",
             capacity_bytes - 1, found);
    return -1;
  }
  strcpy(path, found);
  return 0;
}
