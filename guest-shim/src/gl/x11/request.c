#include "gl/x11/request.h"

#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

xcb_extension_t gf_x_shm = {.name = "MIT-SHM"};
xcb_extension_t gf_x_glx = {.name = "GLX"};

const xcb_query_extension_reply_t *gf_x_extension(xcb_connection_t *connection,
                                                  xcb_extension_t *id) {
  const xcb_query_extension_reply_t *found = gf_x.xcb_get_extension_data(connection, id);
  return found != NULL && found->present ? found : NULL;
}

#define GF_X_BODY_MAX_BYTES 64u

static unsigned int send_request(xcb_connection_t *connection, int flags, xcb_extension_t *id,
                                 uint8_t minor, int is_void, const void *body, uint32_t body_bytes,
                                 int fd) {
  uint8_t request[4 + GF_X_BODY_MAX_BYTES] = {0};
  if (body_bytes > GF_X_BODY_MAX_BYTES)
    return 0;
  if (body_bytes > 0)
    memcpy(request + 4, body, body_bytes);
  // libxcb wants two parts of its own before ours.
  struct iovec parts[3] = {{0}, {0}, {request, 4 + body_bytes}};
  const xcb_protocol_request_t what = {
      .count = 1, .ext = id, .opcode = minor, .isvoid = (uint8_t)is_void};
  if (fd < 0)
    return gf_x.xcb_send_request(connection, flags, parts + 2, &what);
  if (gf_x.xcb_send_request_with_fds == NULL) {
    close(fd);
    return 0;
  }
  unsigned int (*with_fds)(xcb_connection_t *, int, struct iovec *, const xcb_protocol_request_t *,
                           unsigned int, int *) = gf_x.xcb_send_request_with_fds;
  return with_fds(connection, flags, parts + 2, &what, 1, &fd);
}

void *gf_x_ask(xcb_connection_t *connection, xcb_extension_t *id, uint8_t minor, const void *body,
               uint32_t body_bytes) {
  const unsigned int sequence =
      send_request(connection, XCB_REQUEST_CHECKED, id, minor, 0, body, body_bytes, -1);
  if (sequence == 0)
    return NULL;
  xcb_generic_error_t *error = NULL;
  void *reply = gf_x.xcb_wait_for_reply(connection, sequence, &error);
  free(error);
  return reply;
}

unsigned int gf_x_tell(xcb_connection_t *connection, xcb_extension_t *id, uint8_t minor,
                       const void *body, uint32_t body_bytes, int fd) {
  return send_request(connection, 0, id, minor, 1, body, body_bytes, fd);
}

unsigned int gf_x_tell_checked(xcb_connection_t *connection, xcb_extension_t *id, uint8_t minor,
                               const void *body, uint32_t body_bytes, int fd) {
  return send_request(connection, XCB_REQUEST_CHECKED, id, minor, 1, body, body_bytes, fd);
}
