// One pointer for both sides: managed allocations, written and read in turn.
#include "common.h"

#include <algorithm>
#include <vector>

struct Node {
  int value;
  Node *next;
};

__global__ void scale(float *data, int n, float by) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    data[i] *= by;
}
// A linked structure made on the host, walked on the device: only one address space makes that work.
__global__ void sum_list(const Node *head, int *sum) {
  for (const Node *node = head; node; node = node->next)
    *sum += node->value;
}

// What the host sees of memory that it has just had filled, by copies short and long; nothing else is under way.
bool copies_are_done(float *data, int n) {
  std::vector<float> source(n);
  bool done = true;
  for (int round = 0; round < 500; ++round) {
    const int count = round % 10 == 9 ? n : 64;
    std::fill(source.begin(), source.begin() + count, (float)round + 0.5f);
    CUDA_OK(cudaDeviceSynchronize());
    CUDA_OK(cudaMemcpy(data, source.data(), count * sizeof(float),
                       round % 2 ? cudaMemcpyHostToDevice : cudaMemcpyDefault));
    done &= data[0] == source[0] && data[count - 1] == source[count - 1];
  }
  return done;
}

int main() {
  int managed = 0;
  CUDA_OK(cudaDeviceGetAttribute(&managed, cudaDevAttrManagedMemory, 0));
  expect(managed == 1, "the device has managed memory");

  bool right = true;
  const int n = 100'000;
  float *data;
  CUDA_OK(cudaMallocManaged(&data, n * sizeof(float)));
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < n; ++i)
      data[i] = (float)(i + round);
    scale<<<(n + 255) / 256, 256>>>(data, n, 2.0f);
    LAUNCH_OK();
    right = true;
    for (int i = 0; i < n; ++i)
      right &= data[i] == 2.0f * (float)(i + round);
    expect(right, "written by the host, doubled by the device");
  }
  // Of memory that the host sees, a memset is done when it returns.
  CUDA_OK(cudaMemset(data, 0, n * sizeof(float)));
  expect(data[0] == 0.0f && data[n - 1] == 0.0f, "memset of managed memory");

  const size_t bytes = n * sizeof(float);
  expect(copies_are_done(data, n), "a copy into it is done when it returns");
  float *pinned;
  CUDA_OK(cudaMallocHost(&pinned, bytes));
  expect(copies_are_done(pinned, n), "and a copy into pinned memory");
  CUDA_OK(cudaFreeHost(pinned));

  const cudaMemLocation device = {cudaMemLocationTypeDevice, {0}};
  const cudaMemLocation host = {cudaMemLocationTypeHost, {0}};
  auto fact = [&](cudaMemRangeAttribute which) {
    int value = -100;
    CUDA_OK(cudaMemRangeGetAttribute(&value, sizeof value, which, data, bytes));
    return value;
  };
  expect(fact(cudaMemRangeAttributeLastPrefetchLocation) == cudaInvalidDeviceId, "no prefetch yet");
  CUDA_OK(cudaMemPrefetchAsync(data, bytes, device, 0));
  expect(fact(cudaMemRangeAttributeLastPrefetchLocation) == 0, "prefetched to the device");
  CUDA_OK(cudaMemPrefetchAsync(data + 1, 4, host, 0));
  expect(fact(cudaMemRangeAttributeLastPrefetchLocation) == cudaCpuDeviceId, "and to the host");
  CUDA_OK(cudaMemAdvise(data, bytes, cudaMemAdviseSetReadMostly, device));
  CUDA_OK(cudaMemAdvise(data, bytes, cudaMemAdviseSetPreferredLocation, device));
  expect(fact(cudaMemRangeAttributeReadMostly) == 1, "mostly read, as advised");
  expect(fact(cudaMemRangeAttributePreferredLocation) == 0, "preferred on the device, as advised");
  CUDA_OK(cudaMemAdvise(data, bytes, cudaMemAdviseUnsetReadMostly, device));
  expect(fact(cudaMemRangeAttributeReadMostly) == 0, "no longer mostly read");

  int accessed_by[3];
  auto list_accessed_by = [&] {
    CUDA_OK(cudaMemRangeGetAttribute(accessed_by, sizeof accessed_by,
                                     cudaMemRangeAttributeAccessedBy, data, bytes));
  };
  CUDA_OK(cudaMemAdvise(data, bytes, cudaMemAdviseSetAccessedBy, host));
  CUDA_OK(cudaMemAdvise(data, bytes, cudaMemAdviseSetAccessedBy, device));
  list_accessed_by();
  expect(accessed_by[0] == 0 && accessed_by[1] == cudaCpuDeviceId &&
             accessed_by[2] == cudaInvalidDeviceId,
         "accessed by the device and the host, as advised");
  CUDA_OK(cudaMemAdvise(data, bytes, cudaMemAdviseUnsetAccessedBy, device));
  list_accessed_by();
  expect(accessed_by[0] == cudaCpuDeviceId && accessed_by[1] == cudaInvalidDeviceId,
         "and by the host alone");
  expect(cudaMemPrefetchAsync(data, bytes + (1 << 20), device, 0) == cudaErrorInvalidValue,
         "a prefetch beyond the end is refused");
  expect(cudaMemPrefetchAsync(&managed, 4, device, 0) == cudaErrorInvalidValue,
         "a prefetch of other memory is refused");
  cudaGetLastError();

  Node *nodes;
  int *sum;
  CUDA_OK(cudaMallocManaged(&nodes, 50 * sizeof(Node)));
  CUDA_OK(cudaMallocManaged(&sum, sizeof(int)));
  for (int i = 0; i < 50; ++i)
    nodes[i] = {i, i + 1 < 50 ? &nodes[i + 1] : nullptr};
  *sum = 0;
  sum_list<<<1, 1>>>(nodes, sum);
  LAUNCH_OK();
  expect(*sum == 1225, "a list made by the host, walked by the device");

  cudaPointerAttributes attributes;
  CUDA_OK(cudaPointerGetAttributes(&attributes, data));
  expect(attributes.type == cudaMemoryTypeManaged, "a managed pointer says so");
  CUDA_OK(cudaFree(data));
  CUDA_OK(cudaFree(nodes));
  CUDA_OK(cudaFree(sum));
  return verdict();
}
