#include "gl/x11/get.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi/base.h"
#include "gl/x11/put.h"
#include "gl/x11/request.h"

enum { SHM_DETACH = 2, SHM_GET_IMAGE = 4 };

struct shm_get_image {
  uint32_t drawable;
  int16_t x;
  int16_t y;
  uint16_t width;
  uint16_t height;
  uint32_t plane_mask;
  uint8_t format;
  uint8_t pad[3];
  uint32_t segment;
  uint32_t offset;
};

static void release(struct gf_x_display *display) {
  struct gf_x_get *get = &display->get;
  if (get->segment != 0)
    gf_x_tell(display->events, &gf_x_shm, SHM_DETACH, &get->segment, sizeof get->segment, -1);
  if (get->memory != NULL)
    munmap(get->memory, get->bytes);
  get->segment = 0;
  get->memory = NULL;
  get->bytes = 0;
}

void gf_x_get_end(struct gf_x_display *display) { release(display); }

/// Memory that the server writes to, of this size at least. Never the session's region: what X may write
/// there could be a ring. Zero if there is none to be had.
static int make_room(struct gf_x_display *display, uint64_t bytes) {
  struct gf_x_get *get = &display->get;
  if (get->segment != 0 && bytes <= get->bytes)
    return 1;
  release(display);
  if (get->is_refused)
    return 0;
  const int fd = memfd_create("gpuferry-pixmaps", MFD_CLOEXEC);
  if (fd >= 0 && ftruncate(fd, (off_t)bytes) == 0) {
    void *memory = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
    get->memory = memory != MAP_FAILED ? memory : NULL;
    get->bytes = get->memory != NULL ? bytes : 0;
  }
  if (get->memory == NULL) {
    if (fd >= 0)
      close(fd);
    return 0;
  }
  get->segment = gf_x_attach(display->events, fd, 0); // which takes the descriptor
  get->is_refused = get->segment == 0;
  return get->segment != 0;
}

static int get_shared(struct gf_x_target *target, uint32_t width, uint32_t height, uint8_t *to) {
  struct gf_x_display *display = target->display;
  const uint64_t bytes = (uint64_t)width * height * 4;
  if (!make_room(display, bytes))
    return 0;
  const struct shm_get_image request = {.drawable = target->xid,
                                        .width = (uint16_t)width,
                                        .height = (uint16_t)height,
                                        .plane_mask = UINT32_MAX,
                                        .format = XCB_IMAGE_FORMAT_Z_PIXMAP,
                                        .segment = display->get.segment};
  void *reply = gf_x_ask(display->events, &gf_x_shm, SHM_GET_IMAGE, &request, sizeof request);
  if (reply == NULL)
    return 0;
  free(reply);
  memcpy(to, display->get.memory, bytes);
  return 1;
}

static int get_in_reply(struct gf_x_target *target, uint32_t width, uint32_t height, uint8_t *to) {
  xcb_connection_t *connection = target->display->events;
  const uint64_t bytes = (uint64_t)width * height * 4;
  xcb_generic_error_t *error = NULL;
  xcb_get_image_reply_t *reply = gf_x.xcb_get_image_reply(
      connection,
      gf_x.xcb_get_image(connection, XCB_IMAGE_FORMAT_Z_PIXMAP, target->xid, 0, 0, (uint16_t)width,
                         (uint16_t)height, UINT32_MAX),
      &error);
  free(error);
  const int has_all = reply != NULL && (uint64_t)reply->length * 4 >= bytes;
  if (has_all)
    memcpy(to, reply + 1, bytes);
  free(reply);
  return has_all;
}

uint8_t *gf_x_get(struct gf_x_target *target, uint32_t *width, uint32_t *height) {
  gf_x_target_ask(target);
  *width = gf_load_relaxed(&target->width);
  *height = gf_load_relaxed(&target->height);
  const int is_32_bit = target->depth == 24 || target->depth == 32;
  if (!is_32_bit || gf_load_relaxed(&target->is_gone) || *width == 0 || *height == 0)
    return NULL;
  uint8_t *pixels = malloc((uint64_t)*width * *height * 4);
  if (pixels == NULL)
    return NULL;
  pthread_mutex_lock(&target->display->mutex);
  const int got =
      get_shared(target, *width, *height, pixels) || get_in_reply(target, *width, *height, pixels);
  pthread_mutex_unlock(&target->display->mutex);
  if (got)
    return pixels;
  free(pixels);
  return NULL;
}
