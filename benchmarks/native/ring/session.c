// Stands in for guest-shim/src/session: the same region, without a server that hands it out.
#include "session/session.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ring/session.h"
#include "session/courier.h"
#include "session/descriptors.h"

struct gf_session gf_session = {.host_fd = -1, .courier_fd = -1, .region_fd = -1};

static _Thread_local struct gf_lane_client *t_lane;

// What the lane code asks of a session while it waits. The host dies with this process and never
// before it.
int gf_session_check(void) { return 0; }
void gf_session_tire(unsigned looks) { (void)looks; }
void gf_session_on_fork_child(void (*hook)(void)) { (void)hook; }
void gf_courier_drain(void) {}

static void require(int holds, const char *what) {
  if (holds)
    return;
  perror(what);
  exit(1);
}

static void *map(int fd, uint64_t offset_bytes, uint64_t size_bytes) {
  void *at = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset_bytes);
  require(at != MAP_FAILED, "gpuferry-bench-ring: mmap");
  return at;
}

void bench_ring_open(void) {
  const int fd = memfd_create("gpuferry-bench", MFD_CLOEXEC);
  require(fd >= 0, "gpuferry-bench-ring: memfd");
  require(ftruncate(fd, (off_t)(GF_HEAP_OFFSET_BYTES + BENCH_HEAP_BYTES)) == 0,
          "gpuferry-bench-ring: ftruncate");
  // The host maps the heap at its fixed address, so it is forked before anything is mapped here.
  const pid_t host = fork();
  require(host >= 0, "gpuferry-bench-ring: fork");
  if (host == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    bench_ring_host(fd, BENCH_HEAP_BYTES);
  }
  gf_session.region_fd = fd;
  gf_descriptors_remember();
  gf_session.region = map(fd, 0, GF_PAGE_BYTES);
  gf_session.heap_bytes = BENCH_HEAP_BYTES;
  gf_session.heap = map(fd, GF_HEAP_OFFSET_BYTES, BENCH_HEAP_BYTES);
}

uint8_t *bench_ring_heap(void) { return gf_session.heap; }

struct gf_lane_client *bench_ring_lane(void) {
  if (t_lane == NULL) {
    t_lane = gf_lane_open(GF_LANE_KIND_CUDA, sizeof *t_lane);
    require(t_lane != NULL, "gpuferry-bench-ring: lane");
  }
  return t_lane;
}
