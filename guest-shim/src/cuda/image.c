#include "cuda/image.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/readable.h"
#include "cudart/fatbin.h"
#include "heap/heap.h"
#include "session/session.h"

CUresult gf_image_pack(const void *image, struct gf_image *packed) {
  size_t bytes = image != NULL ? gf_image_flat_bytes(image) : 0;
  // A length that the image made up leads nowhere.
  if (bytes == 0 || (gf_image_kind(image, sizeof(uint32_t)) == GF_IMAGE_FATBIN &&
                     !gf_is_readable((const uint8_t *)image + bytes - 1)))
    return CUDA_ERROR_INVALID_IMAGE;
  struct gf_heap_block block;
  if (gf_session.heap == NULL || !gf_heap_alloc(bytes, GF_HEAP_STAGING, &block))
    return CUDA_ERROR_OUT_OF_MEMORY;
  uint8_t *flat = gf_session.heap + block.offset_bytes;
  gf_image_flatten(image, flat, bytes);
  packed->range = (struct gf_heap_range){block.offset_bytes, bytes};
  packed->kind = gf_image_kind(flat, bytes);
  return CUDA_SUCCESS;
}

CUresult gf_image_pack_bytes(const void *data, size_t bytes, struct gf_image *packed) {
  if (data == NULL || bytes == 0)
    return CUDA_ERROR_INVALID_VALUE;
  struct gf_heap_block block;
  if (gf_session.heap == NULL || !gf_heap_alloc(bytes, GF_HEAP_STAGING, &block))
    return CUDA_ERROR_OUT_OF_MEMORY;
  memcpy(gf_session.heap + block.offset_bytes, data, bytes);
  packed->range = (struct gf_heap_range){block.offset_bytes, bytes};
  packed->kind = gf_image_kind(data, bytes);
  return CUDA_SUCCESS;
}

void gf_image_drop(const struct gf_image *packed) { gf_heap_free(packed->range.offset_bytes); }

void *gf_image_read_file(const char *path, size_t *bytes) {
  int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0)
    return NULL;
  struct stat info;
  char *data = NULL;
  size_t size = 0;
  if (fstat(fd, &info) == 0 && info.st_size > 0 &&
      (data = malloc((size_t)info.st_size + 1)) != NULL) {
    while (size < (size_t)info.st_size) {
      ssize_t n = read(fd, data + size, (size_t)info.st_size - size);
      if (n <= 0)
        break;
      size += (size_t)n;
    }
    data[size] = '\0'; // PTX text is zero-terminated
  }
  close(fd);
  if (data == NULL)
    data = calloc(1, 1); // it is there, and holds no image
  *bytes = size;
  return data;
}
