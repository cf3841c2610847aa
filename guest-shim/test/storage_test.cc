extern "C" {
#include "cuda/storage.h"
}

#include <gtest/gtest.h>
#include <vector>

namespace {

std::vector<void *> destroyed;
void note(CUcontext, void *, void *value) { destroyed.push_back(value); }

int a, b; // keys and values

TEST(Storage, KeepsOneValueAKey) {
  gf_storage storage{};
  void *value = nullptr;
  EXPECT_EQ(gf_storage_get(&storage, &a, &value), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(gf_storage_put(&storage, &a, &b, nullptr), CUDA_SUCCESS);
  EXPECT_EQ(gf_storage_put(&storage, &a, &a, nullptr), CUDA_SUCCESS);
  EXPECT_EQ(gf_storage_get(&storage, &a, &value), CUDA_SUCCESS);
  EXPECT_EQ(value, &a);
  EXPECT_EQ(gf_storage_delete(&storage, &a), CUDA_SUCCESS);
  EXPECT_EQ(gf_storage_delete(&storage, &a), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(gf_storage_get(&storage, &a, &value), CUDA_ERROR_INVALID_HANDLE);
  gf_storage_clear(&storage, nullptr);
}

TEST(Storage, CallsDestructorsOfWhatIsLeft) {
  gf_storage storage{};
  destroyed.clear();
  gf_storage_put(&storage, &a, &a, note);
  gf_storage_put(&storage, &b, &b, note);
  gf_storage_delete(&storage, &b);
  gf_storage_clear(&storage, nullptr);
  EXPECT_EQ(destroyed, std::vector<void *>{&a});
}

} // namespace
