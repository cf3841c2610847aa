#include "lane/map.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

#include "abi/region.h"
#include "session/descriptors.h"
#include "session/session.h"

/// So much of a ring is there before it is used, which is all that a short program needs. The rest comes by
/// fault, a page for some forty launches.
#define GF_RING_PRESENT_BYTES (64u << 10)

uint8_t *gf_lane_map(uint32_t index) {
  // The number may be another file's by now, which the application would find written.
  if (!gf_region_descriptor_is_ours()) {
    errno = EBADF;
    return NULL;
  }
  const size_t total_bytes = GF_RING_OFFSET_BYTES + 2 * GF_RING_BYTES;
  const off_t base = (off_t)(GF_LANES_OFFSET_BYTES + (uint64_t)index * GF_LANE_BYTES);
  uint8_t *at = mmap(NULL, total_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED)
    return NULL;
  const int protection = PROT_READ | PROT_WRITE;
  const int flags = MAP_SHARED | MAP_FIXED;
  const int fd = gf_session.region_fd;
  if (mmap(at, GF_RING_OFFSET_BYTES, protection, flags, fd, base) == MAP_FAILED ||
      mmap(at + GF_RING_OFFSET_BYTES, GF_RING_BYTES, protection, flags, fd,
           base + GF_RING_OFFSET_BYTES) == MAP_FAILED ||
      mmap(at + GF_RING_OFFSET_BYTES, GF_RING_PRESENT_BYTES, protection, flags | MAP_POPULATE, fd,
           base + GF_RING_OFFSET_BYTES) == MAP_FAILED ||
      mmap(at + GF_RING_OFFSET_BYTES + GF_RING_BYTES, GF_RING_BYTES, protection, flags, fd,
           base + GF_RING_OFFSET_BYTES) == MAP_FAILED) {
    munmap(at, total_bytes);
    return NULL;
  }
  madvise(at, total_bytes, MADV_DONTFORK);
  return at;
}

void gf_lane_unmap(uint8_t *lane) { munmap(lane, GF_RING_OFFSET_BYTES + 2 * GF_RING_BYTES); }
