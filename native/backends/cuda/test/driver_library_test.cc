#include "backends/cuda/driver_library.h"

#include <gtest/gtest.h>

namespace gpuferry::cuda {
namespace {

TEST(DriverLibrary, CallsDevicesAsNvidiaSmiDoes) {
  CUuuid uuid{};
  for (int i = 0; i < 16; ++i)
    uuid.bytes[i] = static_cast<char>(0xf0 + i);
  const std::string digits = "f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff";
  EXPECT_EQ(uuid_text(uuid, "NVIDIA H100 80GB HBM3"), "GPU-" + digits);
  EXPECT_EQ(uuid_text(uuid, "NVIDIA H100 80GB HBM3 MIG 1g.10gb"), "MIG-" + digits);
}

} // namespace
} // namespace gpuferry::cuda
