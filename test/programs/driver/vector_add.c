// c = a + b through the driver API, with PTX that lies beside the program.
#include "driver.h"

int main(int argc, char **argv) {
  (void)argc;
  CUcontext context = start_driver();
  CUmodule module = load_beside(argv[0], "kernels.ptx");
  CUfunction add;
  CU_OK(cuModuleGetFunction(&add, module, "add"));

  int n = 1 << 20;
  const size_t bytes = (size_t)n * sizeof(float);
  float *a = malloc(bytes), *b = malloc(bytes), *c = malloc(bytes);
  for (int i = 0; i < n; ++i) {
    a[i] = (float)i;
    b[i] = (float)(n - i);
  }
  CUdeviceptr device_a, device_b, device_c;
  CU_OK(cuMemAlloc(&device_a, bytes));
  CU_OK(cuMemAlloc(&device_b, bytes));
  CU_OK(cuMemAlloc(&device_c, bytes));
  CU_OK(cuMemcpyHtoD(device_a, a, bytes));
  CU_OK(cuMemcpyHtoD(device_b, b, bytes));
  void *parameters[] = {&device_a, &device_b, &device_c, &n};
  CU_OK(cuLaunchKernel(add, (unsigned)(n + 255) / 256, 1, 1, 256, 1, 1, 0, NULL, parameters, NULL));
  CU_OK(cuMemcpyDtoH(c, device_c, bytes));
  int wrong = 0;
  for (int i = 0; i < n; ++i)
    wrong += c[i] != (float)n;
  expect(wrong == 0, "every sum is exact");

  CU_OK(cuMemFree(device_a));
  CU_OK(cuMemFree(device_b));
  CU_OK(cuMemFree(device_c));
  CU_OK(cuModuleUnload(module));
  CU_OK(cuCtxDestroy(context));
  free(a);
  free(b);
  free(c);
  return verdict();
}
