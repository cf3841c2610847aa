// Fork, and exit with work in flight. Everything happens in children: this process never calls
// cuInit.
#include "support.h"

#include <algorithm>
#include <cstdlib>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

// What becomes of a child process: its exit status, or 256 + the signal that ended it.
template <class Body> int child(Body body) {
  pid_t pid = fork();
  if (pid == 0) {
    alarm(20);
    body();
    exit(0); // with exit handlers
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

// In a child, since this process must not have called cuInit.
template <class Body> int fresh_child(Body body) {
  return child([&] {
    if (cuInit(0) || cuDevicePrimaryCtxRetain(nullptr, 0) != CUDA_ERROR_INVALID_VALUE)
      _exit(100);
    body();
  });
}

TEST(Process, ForkedChildMayNotGoOn) {
  int status = fresh_child([] {
    _exit(child([] {
      int count;
      _exit(cuDeviceGetCount(&count) == CUDA_ERROR_NOT_INITIALIZED ? 7 : 8);
    }));
  });
  EXPECT_EQ(status, 7);
}

TEST(Process, HasNoDeviceWithoutAddresses) {
  const int status = child([] {
    const rlimit limit{4ull << 30, 4ull << 30};
    setrlimit(RLIMIT_AS, &limit);
    _exit(cuInit(0));
  });
  EXPECT_EQ(status, CUDA_ERROR_OUT_OF_MEMORY);
}

TEST(Process, ExitWithWorkInFlight) {
  int status = fresh_child([] {
    CUcontext context;
    CUmodule module;
    CUfunction slow;
    CUdeviceptr counter;
    size_t bytes;
    unsigned turns = 4'000'000'000u; // minutes
    if (cuCtxCreate_v2(&context, 0, 0) || cuModuleLoadData(&module, softcuda::test::kPtx) ||
        cuModuleGetFunction(&slow, module, "slow") ||
        cuModuleGetGlobal_v2(&counter, &bytes, module, "counter"))
      _exit(101);
    void *params[] = {&counter, &turns};
    if (cuLaunchKernel(slow, 1, 1, 1, 1, 1, 1, 0, nullptr, params, nullptr))
      _exit(102);
  });
  EXPECT_EQ(status, 0);
}

// The device's memory in GiB, modulo 256, where GPUFERRY_SOFTCUDA_MEMORY is `setting` or unset.
int total_gib(const char *setting) {
  return child([setting] {
    setting ? setenv("GPUFERRY_SOFTCUDA_MEMORY", setting, 1) : unsetenv("GPUFERRY_SOFTCUDA_MEMORY");
    size_t bytes = 0;
    if (cuInit(0) || cuDeviceTotalMem_v2(&bytes, 0) || bytes % (1ull << 30) != 0)
      _exit(0);
    _exit(static_cast<int>(bytes >> 30));
  });
}

TEST(Process, DeviceMemoryIsHalfTheMachinesUnlessSaidOtherwise) {
  struct sysinfo machine;
  ASSERT_EQ(sysinfo(&machine), 0);
  uint64_t half_gib = static_cast<uint64_t>(machine.totalram) * machine.mem_unit / 2 >> 30;
  int expected = static_cast<int>(std::min<uint64_t>(std::max<uint64_t>(half_gib, 4), 256));
  EXPECT_EQ(total_gib(nullptr), expected & 0xff);
  EXPECT_EQ(total_gib("nonsense"), expected & 0xff);
  EXPECT_EQ(total_gib("3G"), 3);
  EXPECT_EQ(total_gib("200G"), 200);
}

} // namespace
