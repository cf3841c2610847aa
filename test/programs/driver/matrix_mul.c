// A tiled matrix product and a reduction with dynamic shared memory, launched in a loop.
#include "driver.h"

enum { N = 256, COUNT = 300000 };

static float a[N * N], b[N * N], c[N * N];
static int numbers[COUNT];

static int product_is_right(void) {
  for (int row = 0; row < N; row += 5)
    for (int column = 0; column < N; column += 7) {
      float exact = 0.0f; // small whole numbers: exact in float, in any order
      for (int k = 0; k < N; ++k)
        exact += a[row * N + k] * b[k * N + column];
      if (c[row * N + column] != exact)
        return 0;
    }
  return 1;
}

int main(int argc, char **argv) {
  (void)argc;
  CUcontext context = start_driver();
  CUmodule module = load_beside(argv[0], "kernels.ptx");
  CUfunction multiply, sum_blocks;
  CU_OK(cuModuleGetFunction(&multiply, module, "multiply"));
  CU_OK(cuModuleGetFunction(&sum_blocks, module, "sum_blocks"));

  for (int i = 0; i < N * N; ++i) {
    a[i] = (float)(i % 13 - 6);
    b[i] = (float)(i % 11 - 5);
  }
  CUdeviceptr device_a, device_b, device_c;
  CU_OK(cuMemAlloc(&device_a, sizeof a));
  CU_OK(cuMemAlloc(&device_b, sizeof b));
  CU_OK(cuMemAlloc(&device_c, sizeof c));
  CU_OK(cuMemcpyHtoD(device_a, a, sizeof a));
  CU_OK(cuMemcpyHtoD(device_b, b, sizeof b));
  int n = N;
  void *parameters[] = {&device_a, &device_b, &device_c, &n};
  for (int round = 0; round < 10; ++round)
    CU_OK(cuLaunchKernel(multiply, N / 16, N / 16, 1, 16, 16, 1, 0, NULL, parameters, NULL));
  CU_OK(cuMemcpyDtoH(c, device_c, sizeof c));
  expect(product_is_right(), "a product of 256 x 256 matrices");

  int exact = 0, sum = 0, count = COUNT;
  for (int i = 0; i < COUNT; ++i) {
    numbers[i] = i % 101 - 40;
    exact += numbers[i];
  }
  CUdeviceptr device_numbers, device_sum;
  CU_OK(cuMemAlloc(&device_numbers, sizeof numbers));
  CU_OK(cuMemAlloc(&device_sum, sizeof sum));
  CU_OK(cuMemcpyHtoD(device_numbers, numbers, sizeof numbers));
  CU_OK(cuMemsetD32(device_sum, 0, 1));
  void *arguments[] = {&device_numbers, &device_sum, &count};
  CU_OK(cuLaunchKernel(sum_blocks, 32, 1, 1, 256, 1, 1, 8 * sizeof(int), NULL, arguments, NULL));
  CU_OK(cuMemcpyDtoH(&sum, device_sum, sizeof sum));
  expect(sum == exact, "a sum with shuffles and dynamic shared memory");
  CU_OK(cuCtxDestroy(context)); // takes memory and module along
  return verdict();
}
