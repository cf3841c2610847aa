// gpuferry-bench: what calls of the CUDA driver cost, measured inside the program that makes them.
//
//   gpuferry-bench            a worker, see common/worker.h
//   gpuferry-bench connect    cuInit and the first call, once
#include <string.h>

#include "cases/subject.h"
#include "driver/api.h"
#include "driver/connect.h"
#include "driver/copies.h"

/// A round trip in a forwarded run, and next to nothing in any driver.
static void null_call(void) {
  size_t bytes;
  MUST(cuda.cuCtxGetLimit(&bytes, CU_LIMIT_STACK_SIZE));
}

static void launch(void) {
  uint64_t pointer = 0;
  uint32_t length = 0;
  void *parameters[] = {&pointer, &pointer, &pointer, &length};
  CUresult result =
      cuda.cuLaunchKernel(device.nothing, 1, 1, 1, 1, 1, 1, 0, device.stream, parameters, NULL);
  if (__builtin_expect(result != CUDA_SUCCESS, 0))
    bench_must(result, "cuLaunchKernel");
}

static void synchronise(void) { MUST(cuda.cuStreamSynchronize(device.stream)); }
static void join(void) { MUST(cuda.cuCtxSetCurrent(device.context)); }

static const struct bench_subject DRIVER = {
    .null_call = null_call,
    .launch = launch,
    .synchronise = synchronise,
    .join = join,
    .copy_open = bench_driver_copy_open,
    .copy = bench_driver_copy,
    .copy_close = bench_driver_copy_close,
};

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "connect") == 0)
    return bench_connect();
  bench_load_driver();
  bench_open_device();
  return bench_serve_subject(&DRIVER);
}
