#include "run/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "session/connect.h"

static enum gf_server_answer look_at(const char *path, struct gf_server *server) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(server->path, sizeof server->path, "%s", path);
  if (strlen(path) >= sizeof address.sun_path) {
    snprintf(server->why, sizeof server->why, "the socket's path is longer than %zu bytes: %s",
             sizeof address.sun_path - 1, path);
    return GF_SERVER_ABSENT;
  }
  strcpy(address.sun_path, path);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int failure = fd < 0 ? errno : 0;
  if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
    failure = errno;
  if (fd >= 0)
    close(fd);
  switch (failure) {
  case 0:
    return GF_SERVER_ANSWERS;
  case EACCES:
  case EPERM:
    snprintf(server->why, sizeof server->why,
             "user %u may not open %s: ask the host's admin for its group, or for a tenant's rule",
             (unsigned)getuid(), path);
    return GF_SERVER_FORBIDDEN;
  default:
    snprintf(server->why, sizeof server->why, "no gpuferry server at %s (%s)", path,
             failure == ENOENT ? "there is no such socket" : strerror(failure));
    return GF_SERVER_ABSENT;
  }
}

/// A place that somebody named.
static enum gf_server_answer look_at_named(const char *host, struct gf_server *server) {
  const char *path = strncmp(host, "unix:", 5) == 0 ? host + 5 : host;
  if (path[0] != '/') {
    snprintf(server->why, sizeof server->why, "%s is neither unix:/PATH nor an absolute path",
             host);
    return GF_SERVER_ABSENT;
  }
  return look_at(path, server);
}

enum gf_server_answer gf_server_find(const char *host, struct gf_server *server) {
  if (host == NULL)
    host = getenv("GPUFERRY_HOST");
  if (host != NULL && host[0] != '\0')
    return look_at_named(host, server);

  char candidates[3][256];
  int count = 0;
  const char *runtime = getenv("XDG_RUNTIME_DIR");
  if (runtime != NULL && runtime[0] != '\0')
    snprintf(candidates[count++], sizeof candidates[0], "%s/gpuferry/host.sock", runtime);
  snprintf(candidates[count++], sizeof candidates[0], "/run/gpuferry/host.sock");
  snprintf(candidates[count++], sizeof candidates[0], "/tmp/gpuferry-%u/host.sock",
           (unsigned)getuid());

  struct gf_server forbidden;
  int forbidden_found = 0;
  for (int i = 0; i < count; i++) {
    const enum gf_server_answer answer = look_at(candidates[i], server);
    if (answer == GF_SERVER_ANSWERS)
      return answer;
    if (answer == GF_SERVER_FORBIDDEN && !forbidden_found++)
      forbidden = *server;
  }
  // Of all that was found, a server that keeps this user out says most.
  if (forbidden_found) {
    *server = forbidden;
    return GF_SERVER_FORBIDDEN;
  }
  int written = snprintf(server->why, sizeof server->why, "no gpuferry server at");
  for (int i = 0; i < count; i++)
    written += snprintf(server->why + written, sizeof server->why - (size_t)written, "%s %s",
                        i == 0 ? "" : ",", candidates[i]);
  snprintf(server->why + written, sizeof server->why - (size_t)written,
           "; name its socket with --host unix:/PATH, or start it on the host: gpuferry serve");
  return GF_SERVER_ABSENT;
}

enum gf_server_answer gf_server_open_session(struct gf_server *server) {
  struct gf_connection connection;
  char why[512];
  const enum gf_connect_status status = gf_connect(server->path, 0, &connection, why);
  if (status == GF_CONNECT_OK) {
    close(connection.region_fd);
    close(connection.courier_fd);
    close(connection.host_fd);
    return GF_SERVER_ANSWERS;
  }
  snprintf(server->why, sizeof server->why, "%s", why);
  switch (status) {
  case GF_CONNECT_MISMATCH:
    return GF_SERVER_MISMATCH;
  case GF_CONNECT_REFUSED:
    return GF_SERVER_REFUSES;
  case GF_CONNECT_NO_DEVICE:
    return GF_SERVER_NO_DEVICE;
  default:
    return GF_SERVER_ABSENT;
  }
}
