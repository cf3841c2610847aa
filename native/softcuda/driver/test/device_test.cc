// Devices, versions, entry points. Runs with GPUFERRY_SOFTCUDA_DEVICES=2 (see CMakeLists.txt).
#include "support.h"

#include <cstring>
#include <string>

namespace {

using softcuda::test::ContextTest;

TEST(Init, RefusesFlagsAndIsIdempotent) {
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuInit(1));
  EXPECT_CU(CUDA_SUCCESS, cuInit(0));
  EXPECT_CU(CUDA_SUCCESS, cuInit(0));
  int version = 0;
  EXPECT_CU(CUDA_SUCCESS, cuDriverGetVersion(&version));
  EXPECT_EQ(version, 13000);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuDriverGetVersion(nullptr));
}

TEST(Device, OrdinalsAreChecked) {
  ASSERT_CU(cuInit(0));
  int count = 0;
  EXPECT_CU(CUDA_SUCCESS, cuDeviceGetCount(&count));
  EXPECT_EQ(count, 2);
  CUdevice device = -1;
  EXPECT_CU(CUDA_SUCCESS, cuDeviceGet(&device, 1));
  EXPECT_CU(CUDA_ERROR_INVALID_DEVICE, cuDeviceGet(&device, 2));
  EXPECT_CU(CUDA_ERROR_INVALID_DEVICE, cuDeviceGet(&device, -1));
  int value;
  EXPECT_CU(CUDA_ERROR_INVALID_DEVICE,
            cuDeviceGetAttribute(&value, CU_DEVICE_ATTRIBUTE_WARP_SIZE, 7));
}

TEST(Device, AttributesAreThoseOfCapability89) {
  ASSERT_CU(cuInit(0));
  auto get = [](CUdevice_attribute which) {
    int value = -1;
    EXPECT_CU(CUDA_SUCCESS, cuDeviceGetAttribute(&value, which, 0));
    return value;
  };
  EXPECT_EQ(get(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR), 8);
  EXPECT_EQ(get(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR), 9);
  EXPECT_EQ(get(CU_DEVICE_ATTRIBUTE_WARP_SIZE), 32);
  EXPECT_EQ(get(CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING), 1);
  for (int which = 1; which < CU_DEVICE_ATTRIBUTE_MAX; which++)
    EXPECT_GE(get(static_cast<CUdevice_attribute>(which)), -1) << which;
  int value;
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuDeviceGetAttribute(&value, CU_DEVICE_ATTRIBUTE_MAX, 0));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE,
            cuDeviceGetAttribute(&value, static_cast<CUdevice_attribute>(0), 0));
}

TEST(Device, PciIdsFindTheDeviceAgain) {
  ASSERT_CU(cuInit(0));
  for (CUdevice device : {0, 1}) {
    char id[32];
    EXPECT_CU(CUDA_SUCCESS, cuDeviceGetPCIBusId(id, sizeof id, device));
    CUdevice found = -1;
    EXPECT_CU(CUDA_SUCCESS, cuDeviceGetByPCIBusId(&found, id));
    EXPECT_EQ(found, device);
    EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuDeviceGetPCIBusId(id, 4, device));
  }
  CUdevice found;
  EXPECT_CU(CUDA_ERROR_INVALID_DEVICE, cuDeviceGetByPCIBusId(&found, "0000:77:00.0"));
  CUuuid first, second;
  EXPECT_CU(CUDA_SUCCESS, cuDeviceGetUuid_v2(&first, 0));
  EXPECT_CU(CUDA_SUCCESS, cuDeviceGetUuid_v2(&second, 1));
  EXPECT_NE(0, memcmp(&first, &second, sizeof first));
}

TEST(Errors, HaveNamesAndTexts) {
  const char *text = nullptr;
  EXPECT_CU(CUDA_SUCCESS, cuGetErrorName(CUDA_ERROR_ILLEGAL_ADDRESS, &text));
  EXPECT_STREQ(text, "CUDA_ERROR_ILLEGAL_ADDRESS");
  EXPECT_CU(CUDA_SUCCESS, cuGetErrorString(CUDA_ERROR_OUT_OF_MEMORY, &text));
  EXPECT_STREQ(text, "out of memory");
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuGetErrorName(static_cast<CUresult>(12345), &text));
  EXPECT_EQ(text, nullptr);
}

TEST(Proc, VersionAndFlagsChooseTheSymbol) {
  void *old = nullptr, *young = nullptr, *per_thread = nullptr;
  CUdriverProcAddressQueryResult status;
  EXPECT_CU(CUDA_SUCCESS, cuGetProcAddress_v2("cuCtxGetDevice", &old, 12000, 0, &status));
  EXPECT_EQ(old, reinterpret_cast<void *>(&cuCtxGetDevice));
  EXPECT_CU(CUDA_SUCCESS, cuGetProcAddress_v2("cuCtxGetDevice", &young, 13000, 0, &status));
  EXPECT_EQ(young, reinterpret_cast<void *>(&cuCtxGetDevice_v2));
  EXPECT_CU(CUDA_SUCCESS,
            cuGetProcAddress_v2("cuLaunchKernel", &per_thread, 13000,
                                CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM, &status));
  EXPECT_EQ(per_thread, reinterpret_cast<void *>(&cuLaunchKernel_ptsz));
  EXPECT_CU(CUDA_ERROR_NOT_FOUND, cuGetProcAddress_v2("cuNoSuchCall", &old, 13000, 0, &status));
  EXPECT_EQ(old, nullptr);
  EXPECT_EQ(status, CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND);
  EXPECT_CU(CUDA_ERROR_NOT_FOUND, cuGetProcAddress_v2("cuLaunchKernelEx", &old, 11000, 0, &status));
  EXPECT_EQ(status, CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuGetProcAddress_v2("cuInit", &old, 13000, 64, &status));
}

// A runtime before 12.0 passes four arguments to what it gets for this name.
TEST(Proc, OldRuntimesGetTheFourArgumentForm) {
  void *address = nullptr;
  EXPECT_CU(CUDA_SUCCESS, cuGetProcAddress("cuGetProcAddress", &address, 11080, 0));
  EXPECT_EQ(address, reinterpret_cast<void *>(&cuGetProcAddress));
  EXPECT_CU(CUDA_SUCCESS, cuGetProcAddress("cuGetProcAddress", &address, 12000, 0));
  EXPECT_EQ(address, reinterpret_cast<void *>(&cuGetProcAddress_v2));
}

TEST(Proc, TablesAreNeverNull) {
  const void *table = nullptr;
  CUuuid unknown{};
  EXPECT_CU(CUDA_ERROR_NOT_FOUND, cuGetExportTable(&table, &unknown));
  EXPECT_EQ(table, nullptr);
}

using PeerTest = ContextTest;

TEST_F(PeerTest, AccessIsEnabledOnce) {
  int can = 0;
  EXPECT_CU(CUDA_SUCCESS, cuDeviceCanAccessPeer(&can, 0, 1));
  EXPECT_EQ(can, 1);
  CUcontext peer;
  ASSERT_CU(cuDevicePrimaryCtxRetain(&peer, 1));
  EXPECT_CU(CUDA_SUCCESS, cuCtxEnablePeerAccess(peer, 0));
  EXPECT_CU(CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED, cuCtxEnablePeerAccess(peer, 0));
  EXPECT_CU(CUDA_ERROR_INVALID_CONTEXT, cuCtxEnablePeerAccess(context, 0));
  EXPECT_CU(CUDA_SUCCESS, cuCtxDisablePeerAccess(peer));
  EXPECT_CU(CUDA_ERROR_PEER_ACCESS_NOT_ENABLED, cuCtxDisablePeerAccess(peer));

  CUdeviceptr here = allocate(4096), there = 0;
  ASSERT_CU(cuCtxPushCurrent_v2(peer));
  ASSERT_CU(cuMemAlloc_v2(&there, 4096));
  ASSERT_CU(cuCtxPopCurrent_v2(nullptr));
  std::string text = "over to the other device", back(text.size(), '\0');
  EXPECT_CU(CUDA_SUCCESS, cuMemcpyHtoD_v2(here, text.data(), text.size()));
  EXPECT_CU(CUDA_SUCCESS, cuMemcpyPeer(there, peer, here, context, text.size()));
  EXPECT_CU(CUDA_SUCCESS, cuMemcpyDtoH_v2(back.data(), there, back.size()));
  EXPECT_EQ(back, text);
  cuMemFree_v2(here);
  cuDevicePrimaryCtxRelease_v2(1);
}

} // namespace
