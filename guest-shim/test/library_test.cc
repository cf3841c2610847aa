// The built libcuda.so.1 as a program finds it, without a server.
#include "cuda_api.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <dlfcn.h>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

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

TEST_F(Library, RefusesInteropWithOpenGlByCudasOwnError) {
  for (const char *name : {"cuGraphicsGLRegisterBuffer", "cuGraphicsGLRegisterImage",
                           "cuGLGetDevices", "cuGLRegisterBufferObject"}) {
    ASSERT_NE(dlsym(cuda, name), nullptr) << name;
    EXPECT_EQ(proc(name, 13000), dlsym(cuda, name));
  }
  void *resource = nullptr;
  const auto register_buffer =
      symbol<CUresult(void **, unsigned, unsigned)>("cuGraphicsGLRegisterBuffer");
  // Before cuInit that is what comes first; refused it is in test/programs/gl/cuda_and_gl.c.
  EXPECT_EQ(register_buffer(&resource, 1, 0), CUDA_ERROR_NOT_INITIALIZED);
  EXPECT_EQ(resource, nullptr);
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

/// The rows of a table of tabs, without comments.
std::vector<std::vector<std::string>> rows_of(const std::string &path) {
  std::vector<std::vector<std::string>> rows;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#')
      continue;
    std::vector<std::string> row;
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, '\t');)
      row.push_back(cell);
    rows.push_back(row);
  }
  return rows;
}

TEST_F(Library, HasWhatLibrariesAskForOrSaysWhyNot) {
  const auto asked = rows_of(GF_SURFACE_DIR "/asked.tsv");
  const auto refused = rows_of(GF_SURFACE_DIR "/refused.tsv");
  ASSERT_GT(asked.size(), 400u);
  const auto is_refused = [&](const std::string &kind, const std::string &name) {
    return std::any_of(refused.begin(), refused.end(), [&](const auto &row) {
      if (row.size() != 3 || row[0] != kind)
        return false;
      const size_t length = row[1].size() - 1;
      return row[1] == name ||
             (row[1][length] == '*' && name.compare(0, length, row[1], 0, length) == 0);
    });
  };
  for (const auto &row : asked) {
    ASSERT_EQ(row.size(), 5u) << row[0];
    const std::string &kind = row[0], &name = row[1];
    bool there = false;
    if (kind == "entry") {
      there = proc(name.c_str(), std::stoi(row[2]), std::stoull(row[3])) != nullptr;
    } else if (kind == "symbol") {
      there = dlsym(cuda, name.c_str()) != nullptr;
    } else {
      ASSERT_EQ(kind, "table");
      CUuuid uuid;
      for (int i = 0; i < 16; i++)
        uuid.bytes[i] = static_cast<char>(std::stoi(name.substr(2 * i, 2), nullptr, 16));
      const void *table = nullptr;
      there = symbol<decltype(cuGetExportTable)>("cuGetExportTable")(&table, &uuid) == CUDA_SUCCESS;
      EXPECT_EQ(there, table != nullptr) << name;
    }
    EXPECT_NE(there, is_refused(kind, name)) << kind << " " << name << " asked for by " << row[4];
  }
}

TEST_F(Library, HasNoEmptySlotInATable) {
  size_t seen = 0;
  for (const auto &row : rows_of(GF_SURFACE_DIR "/asked.tsv")) {
    if (row[0] != "table")
      continue;
    CUuuid uuid;
    for (int i = 0; i < 16; i++)
      uuid.bytes[i] = static_cast<char>(std::stoi(row[1].substr(2 * i, 2), nullptr, 16));
    const void *table = nullptr;
    if (symbol<decltype(cuGetExportTable)>("cuGetExportTable")(&table, &uuid) != CUDA_SUCCESS)
      continue;
    const auto *slots = static_cast<const void *const *>(table);
    const size_t count = reinterpret_cast<size_t>(slots[0]) / sizeof(void *);
    ASSERT_LT(count, 200u);
    for (size_t i = 1; i < count; i++)
      EXPECT_NE(slots[i], nullptr) << row[1] << " slot " << i;
    seen++;
  }
  EXPECT_GE(seen, 3u);
}

} // namespace
