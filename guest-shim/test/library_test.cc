// The built libcuda.so.1 as a program finds it, without a server.
#include "cuda_api.h"

#include <chrono>
#include <cstdlib>
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <string>
#include <thread>

namespace {

class Library : public ::testing::Test {
protected:
  static void SetUpTestSuite() {
    setenv("GPUFERRY_HOST", "/nonexistent/host.sock", 1);
    preload = dlopen(GF_PRELOAD_PATH, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(preload, nullptr) << dlerror();
    // As cudart does: by SONAME, with no path that would lead there.
    cuda = dlopen("libcuda.so.1", RTLD_NOW);
    ASSERT_NE(cuda, nullptr) << dlerror();
  }
  template <class F> static F *symbol(const char *name) {
    return reinterpret_cast<F *>(dlsym(cuda, name));
  }
  static void *proc(const char *name, int version, uint64_t flags = 0,
                    CUdriverProcAddressQueryResult *status = nullptr) {
    void *address = &address;
    const CUresult result = symbol<decltype(cuGetProcAddress_v2)>("cuGetProcAddress_v2")(
        name, &address, version, flags, status);
    EXPECT_EQ(result, address ? CUDA_SUCCESS : CUDA_ERROR_NOT_FOUND) << name;
    return address;
  }
  static void *preload, *cuda;
};
void *Library::preload, *Library::cuda;

TEST_F(Library, IsFoundByItsSoname) {
  Dl_info info;
  ASSERT_NE(dladdr(dlsym(cuda, "cuInit"), &info), 0);
  EXPECT_STREQ(info.dli_fname, GF_PRELOAD_PATH);
}

TEST_F(Library, TheVersionSelectsTheForm) {
  EXPECT_EQ(proc("cuCtxGetDevice", 2000), dlsym(cuda, "cuCtxGetDevice"));
  EXPECT_EQ(proc("cuCtxGetDevice", 13000), dlsym(cuda, "cuCtxGetDevice_v2"));
  EXPECT_EQ(proc("cuMemAlloc", 3020), dlsym(cuda, "cuMemAlloc_v2"));
  EXPECT_EQ(proc("cuEventElapsedTime", 12080), dlsym(cuda, "cuEventElapsedTime_v2"));
  EXPECT_EQ(proc("cuStreamGetCaptureInfo", 12030), dlsym(cuda, "cuStreamGetCaptureInfo_v3"));
  // The 11.8 runtime calls what it gets with four arguments, later ones with five.
  EXPECT_EQ(proc("cuGetProcAddress", 11030), dlsym(cuda, "cuGetProcAddress"));
  EXPECT_EQ(proc("cuGetProcAddress", 12000), dlsym(cuda, "cuGetProcAddress_v2"));
}

TEST_F(Library, FlagTwoAsksForThePerThreadStream) {
  EXPECT_EQ(proc("cuLaunchKernel", 7000, 2), dlsym(cuda, "cuLaunchKernel_ptsz"));
  EXPECT_EQ(proc("cuMemcpyHtoD", 7000, 2), dlsym(cuda, "cuMemcpyHtoD_v2_ptds"));
  EXPECT_EQ(proc("cuInit", 7000, 2), dlsym(cuda, "cuInit")) << "one form for both";
}

TEST_F(Library, SaysWhyThereIsNone) {
  CUdriverProcAddressQueryResult status;
  EXPECT_EQ(proc("cuNoSuchThing", 13000, 0, &status), nullptr);
  EXPECT_EQ(status, CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND);
  EXPECT_EQ(proc("cuLibraryLoadData", 11000, 0, &status), nullptr);
  EXPECT_EQ(status, CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT);
  EXPECT_NE(proc("cuLibraryLoadData", 12000, 0, &status), nullptr);
  EXPECT_EQ(status, CU_GET_PROC_ADDRESS_SUCCESS);
}

TEST_F(Library, EveryCallBeforeInitSaysSo) {
  int count;
  CUdeviceptr memory;
  EXPECT_EQ(symbol<decltype(cuDeviceGetCount)>("cuDeviceGetCount")(&count),
            CUDA_ERROR_NOT_INITIALIZED);
  EXPECT_EQ(symbol<decltype(cuMemAlloc_v2)>("cuMemAlloc_v2")(&memory, 16),
            CUDA_ERROR_NOT_INITIALIZED);
  EXPECT_EQ(symbol<decltype(cuCtxSynchronize)>("cuCtxSynchronize")(), CUDA_ERROR_NOT_INITIALIZED);
}

TEST_F(Library, WithoutAServerInitFailsAtOnceAndSaysHowToStartOne) {
  auto *init = symbol<decltype(cuInit)>("cuInit");
  EXPECT_EQ(init(1), CUDA_ERROR_INVALID_VALUE);
  ::testing::internal::CaptureStderr();
  ::testing::internal::CaptureStdout();
  const auto before = std::chrono::steady_clock::now();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(init(0), CUDA_ERROR_SYSTEM_NOT_READY);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(2));
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("gpuferry serve"), std::string::npos);
  EXPECT_EQ(said.find('\n'), said.size() - 1) << "one line: " << said;
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

TEST_F(Library, NamesAndTellsErrors) {
  const char *text = nullptr;
  EXPECT_EQ(symbol<decltype(cuGetErrorName)>("cuGetErrorName")(CUDA_ERROR_OUT_OF_MEMORY, &text),
            CUDA_SUCCESS);
  EXPECT_STREQ(text, "CUDA_ERROR_OUT_OF_MEMORY");
  EXPECT_EQ(
      symbol<decltype(cuGetErrorString)>("cuGetErrorString")(static_cast<CUresult>(12345), &text),
      CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(text, nullptr);
}

TEST_F(Library, StaysLoaded) {
  void *again = dlopen("libcuda.so.1", RTLD_NOW);
  auto *name = symbol<decltype(cuGetErrorName)>("cuGetErrorName");
  dlclose(again);
  dlclose(cuda);
  dlclose(preload);
  const char *text;
  EXPECT_EQ(name(CUDA_SUCCESS, &text), CUDA_SUCCESS);
}

} // namespace
