// Modules: hand-written PTX, variables by name, parameters in one packed buffer, functions' attributes, and what a
// module that does not compile says.
#include "driver.h"

enum { MAX_THREADS_PER_BLOCK = 0, SHARED_SIZE_BYTES = 1, PTX_VERSION = 5 };
enum { JIT_ERROR_LOG_BUFFER = 5, JIT_ERROR_LOG_BUFFER_SIZE_BYTES = 6 };

static int collatz_steps(unsigned x) {
  int steps = 0;
  for (; x != 1; ++steps)
    x = x % 2 ? 3 * x + 1 : x / 2;
  return steps;
}

static void by_hand(const char *program) {
  CUmodule module = load_beside(program, "byhand.ptx");
  CUfunction collatz;
  CU_OK(cuModuleGetFunction(&collatz, module, "collatz"));
  enum { N = 1000 };
  static int got[N];
  struct {
    CUdeviceptr out;
    unsigned n;
  } parameters = {0, N};
  CU_OK(cuMemAlloc(&parameters.out, sizeof got));
  size_t size = 12; // without the struct's padding
  void *packed[] = {(void *)1, &parameters, (void *)2, &size, (void *)0};
  CU_OK(cuLaunchKernel(collatz, (N + 127) / 128, 1, 1, 128, 1, 1, 0, NULL, NULL, packed));
  CU_OK(cuMemcpyDtoH(got, parameters.out, sizeof got));
  int wrong = 0;
  for (unsigned i = 0; i < N; ++i)
    wrong += got[i] != collatz_steps(i + 1);
  expect(wrong == 0, "hand-written PTX, parameters in one buffer");
  CU_OK(cuMemFree(parameters.out));
  CU_OK(cuModuleUnload(module));
}

static void globals(CUmodule module) {
  CUdeviceptr counter, scale, out;
  size_t counter_size = 0, scale_size = 0;
  CU_OK(cuModuleGetGlobal(&counter, &counter_size, module, "counter"));
  CU_OK(cuModuleGetGlobal(&scale, &scale_size, module, "scale"));
  expect(counter_size == sizeof(int) && scale_size == 4 * sizeof(float), "sizes of variables");
  const float replaced[4] = {1.5f, 2.5f, 3.5f, 4.5f};
  float got[8] = {0};
  int count = 0;
  CUfunction use_globals;
  CU_OK(cuModuleGetFunction(&use_globals, module, "use_globals"));
  CU_OK(cuMemAlloc(&out, sizeof got));
  CU_OK(cuMemcpyHtoD(scale, replaced, sizeof replaced));
  void *parameters[] = {&out};
  CU_OK(cuLaunchKernel(use_globals, 1, 1, 1, 8, 1, 1, 0, NULL, parameters, NULL));
  CU_OK(cuMemcpyDtoH(got, out, sizeof got));
  CU_OK(cuMemcpyDtoH(&count, counter, sizeof count));
  expect(got[0] == 15.0f && got[7] == 45.0f, "a constant written by name");
  expect(count == 7 + 8, "a variable that starts at 7, counted up");
  CU_OK(cuMemFree(out));
}

static void attributes(CUmodule module) {
  CUfunction multiply, none;
  int threads = 0, shared = 0, version = 0;
  CU_OK(cuModuleGetFunction(&multiply, module, "multiply"));
  CU_OK(cuFuncGetAttribute(&threads, MAX_THREADS_PER_BLOCK, multiply));
  CU_OK(cuFuncGetAttribute(&shared, SHARED_SIZE_BYTES, multiply));
  CU_OK(cuFuncGetAttribute(&version, PTX_VERSION, multiply));
  expect(threads >= 256 && shared == 2048 && version >= 75, "attributes of a function");
  expect(cuModuleGetFunction(&none, module, "no_such_kernel") == CUDA_ERROR_NOT_FOUND,
         "a function that is not there");
}

static void broken_ptx(void) {
  const char *text = ".version 7.5\n.target sm_75\n.address_size 64\n"
                     ".visible .entry k() { nonsense.u32 %r1; ret; }\n";
  static char log[1024];
  CUmodule module;
  int options[] = {JIT_ERROR_LOG_BUFFER, JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void *values[] = {log, (void *)sizeof log};
  expect(cuModuleLoadDataEx(&module, text, 2, options, values) == CUDA_ERROR_INVALID_PTX,
         "PTX that is none is refused");
  expect(log[0] != 0, "and the log says why");
}

int main(int argc, char **argv) {
  (void)argc;
  CUcontext context = start_driver();
  by_hand(argv[0]);
  CUmodule module = load_beside(argv[0], "kernels.ptx");
  globals(module);
  attributes(module);
  broken_ptx();
  CU_OK(cuModuleUnload(module));
  CU_OK(cuCtxDestroy(context));
  return verdict();
}
