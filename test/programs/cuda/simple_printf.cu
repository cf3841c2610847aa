// printf in kernels: every conversion, in the order in which one thread says it, flushed by a synchronisation.
#include "common.h"

__global__ void speak(int value) {
  if (threadIdx.x == 0) {
    printf("[%d, %d] value %d\n", (int)blockIdx.y, (int)blockIdx.x, value);
  }
}

__global__ void conversions(const char *) {
  printf("%d %i %u %x %X %o %c %%\n", -5, 7, 4000000000u, 0xbeef, 0xBEEF, 8, 'z');
  printf("%5d|%-5d|%05d|%+d\n", 42, 42, 42, 42);
  printf("%f %.3f %8.2f %e %g\n", 1.5, 3.14159, 2.71828, 12345.678, 0.0001);
  printf("%lld %llu %lx\n", -1234567890123ll, 18446744073709551615ull, 0x123456789abcl);
  printf("%s and %10s|\n", "text", "right");
  printf("no arguments\n");
}

__global__ void returns_count(int *out) {
  out[0] = printf("%d%d\n", 1, 2);
  out[1] = printf("nothing\n");
}

int main() {
  speak<<<dim3(3, 2), 32>>>(10);
  LAUNCH_OK();
  conversions<<<1, 1>>>(nullptr);
  LAUNCH_OK();
  int *out, host[2];
  CUDA_OK(cudaMalloc(&out, sizeof host));
  returns_count<<<1, 1>>>(out);
  CUDA_OK(cudaMemcpy(host, out, sizeof host, cudaMemcpyDeviceToHost));
  expect(host[0] == 2 && host[1] == 0, "printf returns its number of arguments");
  size_t fifo = 0;
  CUDA_OK(cudaDeviceGetLimit(&fifo, cudaLimitPrintfFifoSize));
  expect(fifo >= 1 << 20, "the default buffer holds a megabyte");
  return verdict();
}
