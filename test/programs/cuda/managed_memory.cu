// One pointer for both sides: managed allocations and managed variables, written and read in turn.
#include "common.h"

__managed__ int counter = 5;
__managed__ float table[256];

struct Node {
  int value;
  Node *next;
};

__global__ void bump(int by) { atomicAdd(&counter, by); }
__global__ void scale(float *data, int n, float by) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    data[i] *= by;
}
__global__ void fill_table() { table[threadIdx.x] = (float)threadIdx.x * 0.5f; }
// A linked structure made on the host, walked on the device: only one address space makes that work.
__global__ void sum_list(const Node *head, int *sum) {
  for (const Node *node = head; node; node = node->next)
    *sum += node->value;
}

int main() {
  int managed = 0;
  CUDA_OK(cudaDeviceGetAttribute(&managed, cudaDevAttrManagedMemory, 0));
  expect(managed == 1, "the device has managed memory");

  bump<<<4, 32>>>(1);
  LAUNCH_OK();
  expect(counter == 5 + 128, "a managed variable, device then host");
  counter = 1000;
  bump<<<1, 1>>>(-1);
  LAUNCH_OK();
  expect(counter == 999, "host, then device, then host");

  fill_table<<<1, 256>>>();
  LAUNCH_OK();
  bool right = true;
  for (int i = 0; i < 256; ++i)
    right &= table[i] == (float)i * 0.5f;
  expect(right, "a managed array");

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
  CUDA_OK(cudaMemset(data, 0, n * sizeof(float)));
  CUDA_OK(cudaDeviceSynchronize());
  expect(data[0] == 0.0f && data[n - 1] == 0.0f, "memset of managed memory");

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
