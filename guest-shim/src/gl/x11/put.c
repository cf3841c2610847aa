#include "gl/x11/put.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "gl/x11/request.h"
#include "session/session.h"

enum { SHM_QUERY_VERSION = 0, SHM_PUT_IMAGE = 3, SHM_ATTACH_FD = 6 };

struct shm_attach_fd {
  uint32_t segment;
  uint8_t read_only;
  uint8_t pad[3];
};

struct shm_put_image {
  uint32_t drawable;
  uint32_t gc;
  uint16_t total_width;
  uint16_t total_height;
  uint16_t src_x;
  uint16_t src_y;
  uint16_t src_width;
  uint16_t src_height;
  int16_t dst_x;
  int16_t dst_y;
  uint8_t depth;
  uint8_t format;
  uint8_t send_event;
  uint8_t pad;
  uint32_t segment;
  uint32_t offset;
};

/// Descriptors pass Unix sockets alone.
static int is_local(xcb_connection_t *connection) {
  struct sockaddr_storage address;
  socklen_t bytes = sizeof address;
  return getsockname(gf_x.xcb_get_file_descriptor(connection), (struct sockaddr *)&address,
                     &bytes) == 0 &&
         address.ss_family == AF_UNIX;
}

/// Whether the server takes descriptors for memory.
static int takes_memory(xcb_connection_t *connection) {
  if (!is_local(connection) || gf_x.xcb_send_request_with_fds == NULL ||
      gf_x_extension(connection, &gf_x_shm) == NULL)
    return 0;
  xcb_generic_reply_t *version = gf_x_ask(connection, &gf_x_shm, SHM_QUERY_VERSION, NULL, 0);
  int knows_fd = 0;
  if (version != NULL) {
    const uint16_t *numbers = (const uint16_t *)(version + 1); // major, minor
    knows_fd = numbers[0] > 1 || (numbers[0] == 1 && numbers[1] >= 2);
  }
  free(version);
  return knows_fd;
}

uint32_t gf_x_attach(xcb_connection_t *connection, int fd, int read_only) {
  if (!takes_memory(connection)) {
    close(fd);
    return 0;
  }
  const struct shm_attach_fd attach = {.segment = gf_x.xcb_generate_id(connection),
                                       .read_only = (uint8_t)read_only};
  const xcb_void_cookie_t sent = {
      gf_x_tell_checked(connection, &gf_x_shm, SHM_ATTACH_FD, &attach, sizeof attach, fd)};
  xcb_generic_error_t *error = gf_x.xcb_request_check(connection, sent);
  const int refused = sent.sequence == 0 || error != NULL;
  free(error);
  return refused ? 0 : attach.segment;
}

/// Gives the server the session's region to read pictures from; only to read, for what it could write to
/// are also the rings. The segment, or 0.
static uint32_t attach_region(xcb_connection_t *connection) {
  const int fd = fcntl(gf_session.region_fd, F_DUPFD_CLOEXEC, 0);
  return fd >= 0 ? gf_x_attach(connection, fd, 1) : 0;
}

static int has_other_byte_order(const xcb_setup_t *setup) {
  const uint16_t one = 1;
  const int little = *(const uint8_t *)&one;
  return (setup->image_byte_order == XCB_IMAGE_ORDER_LSB_FIRST) != little;
}

/// The connection that pictures take, and this target's GC. Zero if there is none.
static int prepare(struct gf_x_target *target) {
  struct gf_x_display *display = target->display;
  struct gf_x_put *put = &display->put;
  pthread_mutex_lock(&display->mutex);
  if (put->connection == NULL && !display->is_closed) {
    const char *name = display->xlib != NULL ? DisplayString(display->xlib) : NULL;
    put->connection = gf_x.xcb_connect(name, NULL);
    if (!gf_x.xcb_connection_has_error(put->connection)) {
      put->segment = attach_region(put->connection);
      put->swaps_bytes = has_other_byte_order(gf_x.xcb_get_setup(put->connection));
      gf_log(GF_LOG_INFO, "pictures reach X through %s",
             put->segment != 0 ? "shared memory" : "its socket");
    }
    if (put->swaps_bytes)
      gf_log(GF_LOG_ERROR, "the X server's byte order is not this machine's: nothing is shown");
  }
  const int works = put->connection != NULL && !gf_x.xcb_connection_has_error(put->connection) &&
                    !put->swaps_bytes;
  if (works && target->gc == 0) {
    const uint32_t no_exposures = 0;
    target->gc = gf_x.xcb_generate_id(put->connection);
    gf_x.xcb_create_gc(put->connection, target->gc, target->xid, XCB_GC_GRAPHICS_EXPOSURES,
                       &no_exposures);
  }
  pthread_mutex_unlock(&display->mutex);
  return works;
}

static void put_shared(struct gf_x_target *target, const struct gf_x_picture *picture) {
  const struct gf_x_put *put = &target->display->put;
  const struct shm_put_image request = {
      .drawable = target->xid,
      .gc = target->gc,
      .total_width = (uint16_t)picture->width,
      .total_height = (uint16_t)picture->height,
      .src_width = (uint16_t)picture->width,
      .src_height = (uint16_t)picture->height,
      .dst_x = (int16_t)picture->x,
      .dst_y = (int16_t)picture->y,
      .depth = target->depth,
      .format = XCB_IMAGE_FORMAT_Z_PIXMAP,
      .segment = put->segment,
      .offset = (uint32_t)(GF_HEAP_OFFSET_BYTES + picture->offset_bytes),
  };
  gf_x_tell(put->connection, &gf_x_shm, SHM_PUT_IMAGE, &request, sizeof request, -1);
}

/// One row as the drawable's depth stores it. Returns its length.
static uint32_t pack_row(uint8_t *to, const uint8_t *bgra, uint32_t width, uint8_t depth) {
  uint16_t *halves = (uint16_t *)to;
  uint32_t *words = (uint32_t *)to;
  switch (depth) {
  case 15:
  case 16:
    for (uint32_t i = 0; i < width; i++, bgra += 4) {
      const int green_bits = depth - 10;
      halves[i] = (uint16_t)((bgra[2] >> 3) << (5 + green_bits) |
                             (bgra[1] >> (8 - green_bits)) << 5 | bgra[0] >> 3);
    }
    return (width * 2 + 3) & ~3u;
  case 30:
    for (uint32_t i = 0; i < width; i++, bgra += 4) {
      const uint32_t red = (uint32_t)bgra[2] * 1023 / 255;
      const uint32_t green = (uint32_t)bgra[1] * 1023 / 255;
      words[i] = red << 20 | green << 10 | (uint32_t)bgra[0] * 1023 / 255;
    }
    return width * 4;
  default:
    memcpy(to, bgra, (size_t)width * 4);
    return width * 4;
  }
}

static void put_in_requests(struct gf_x_target *target, const struct gf_x_picture *picture) {
  xcb_connection_t *connection = target->display->put.connection;
  const uint64_t row_bytes = (uint64_t)picture->width * 4;
  const uint64_t most_bytes = (uint64_t)gf_x.xcb_get_maximum_request_length(connection) * 4 - 64;
  uint64_t rows_each = most_bytes / row_bytes;
  if (rows_each > 256)
    rows_each = 256;
  uint8_t *band = rows_each > 0 ? malloc(rows_each * row_bytes) : NULL;
  if (band == NULL)
    return;
  for (uint32_t row = 0; row < picture->height; row += (uint32_t)rows_each) {
    const uint32_t left = picture->height - row;
    const uint32_t rows = left < rows_each ? left : (uint32_t)rows_each;
    uint32_t bytes = 0;
    for (uint32_t i = 0; i < rows; i++)
      bytes += pack_row(band + bytes, picture->pixels + (row + i) * row_bytes, picture->width,
                        target->depth);
    gf_x.xcb_put_image(connection, XCB_IMAGE_FORMAT_Z_PIXMAP, target->xid, target->gc,
                       (uint16_t)picture->width, (uint16_t)rows, (int16_t)picture->x,
                       (int16_t)(picture->y + (int32_t)row), 0, target->depth, bytes, band);
  }
  free(band);
}

void gf_x_put(struct gf_x_target *target, const struct gf_x_picture *picture) {
  if (picture->width == 0 || picture->height == 0 || !prepare(target))
    return;
  const struct gf_x_put *put = &target->display->put;
  const uint64_t end_bytes =
      GF_HEAP_OFFSET_BYTES + picture->offset_bytes + (uint64_t)picture->width * picture->height * 4;
  const int is_32_bit = target->depth == 24 || target->depth == 32;
  if (put->segment != 0 && is_32_bit && end_bytes <= UINT32_MAX)
    put_shared(target, picture);
  else
    put_in_requests(target, picture);
  // Its answer says that the picture was taken: the slot may be written again.
  const xcb_get_input_focus_cookie_t asked = gf_x.xcb_get_input_focus(put->connection);
  xcb_generic_error_t *error = NULL;
  free(gf_x.xcb_get_input_focus_reply(put->connection, asked, &error));
  free(error);
  // Errors (of a window that was destroyed meanwhile) arrive as events; nothing else does.
  xcb_generic_event_t *event;
  while ((event = gf_x.xcb_poll_for_event(put->connection)) != NULL)
    free(event);
}
