// Requests of X extensions, written by hand over libxcb's transport.
#pragma once

#include <stdint.h>

#include "gl/x11/xlibs.h"

/// Finds the extension; NULL if the server has none of this name. `id` is libxcb's memory for it.
const xcb_query_extension_reply_t *gf_x_extension(xcb_connection_t *connection,
                                                  xcb_extension_t *id);

/// Sends a request with a reply: `body` are the bytes after the 4 of the header, a multiple of 4.
/// Returns the reply, to be freed; NULL on an error (dropped) or a broken connection.
void *gf_x_ask(xcb_connection_t *connection, xcb_extension_t *id, uint8_t minor, const void *body,
               uint32_t body_bytes);

/// Sends a request without reply; its errors arrive as events. With `fd` >= 0 the descriptor goes with
/// it and is libxcb's to close. Returns its sequence number, 0 if it could not be sent.
unsigned int gf_x_tell(xcb_connection_t *connection, xcb_extension_t *id, uint8_t minor,
                       const void *body, uint32_t body_bytes, int fd);

/// As above, but the error is kept for xcb_request_check.
unsigned int gf_x_tell_checked(xcb_connection_t *connection, xcb_extension_t *id, uint8_t minor,
                               const void *body, uint32_t body_bytes, int fd);

/// Extensions that we speak.
extern xcb_extension_t gf_x_shm;
extern xcb_extension_t gf_x_glx;
