// Every device that there is: own memory, own streams, a copy between two, and the work of all at once.
// With one device the cross-device part says so and the program still passes.
#include "common.h"
#include <vector>

__global__ void stamp(int *data, int device, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    data[i] = device * 1'000'000 + i;
}

bool holds(const std::vector<int> &data, int device) {
  for (size_t i = 0; i < data.size(); ++i)
    if (data[i] != device * 1'000'000 + (int)i)
      return false;
  return true;
}

int main() {
  int devices = 0;
  CUDA_OK(cudaGetDeviceCount(&devices));
  std::printf("  %d devices\n", devices);
  const int n = 10'000;
  std::vector<int *> memory(devices);
  std::vector<cudaStream_t> stream(devices);
  for (int device = 0; device < devices; ++device) {
    CUDA_OK(cudaSetDevice(device));
    CUDA_OK(cudaMalloc(&memory[device], n * sizeof(int)));
    CUDA_OK(cudaStreamCreate(&stream[device]));
  }
  for (int device = 0; device < devices; ++device) {
    CUDA_OK(cudaSetDevice(device));
    stamp<<<(n + 255) / 256, 256, 0, stream[device]>>>(memory[device], device, n);
    CUDA_OK(cudaGetLastError());
  }
  for (int device = 0; device < devices; ++device) {
    std::vector<int> host(n);
    CUDA_OK(cudaSetDevice(device));
    CUDA_OK(cudaStreamSynchronize(stream[device]));
    CUDA_OK(cudaMemcpy(host.data(), memory[device], n * sizeof(int), cudaMemcpyDeviceToHost));
    cudaPointerAttributes attributes;
    CUDA_OK(cudaPointerGetAttributes(&attributes, memory[device]));
    expect(holds(host, device) && attributes.device == device, "a device keeps its own");
  }
  if (devices > 1) {
    std::vector<int> host(n);
    CUDA_OK(cudaMemcpyPeer(memory[1], 1, memory[0], 0, n * sizeof(int)));
    CUDA_OK(cudaSetDevice(1));
    CUDA_OK(cudaMemcpy(host.data(), memory[1], n * sizeof(int), cudaMemcpyDeviceToHost));
    expect(holds(host, 0), "a copy from device to device");
    cudaDeviceProp first, second;
    CUDA_OK(cudaGetDeviceProperties(&first, 0));
    CUDA_OK(cudaGetDeviceProperties(&second, 1));
    expect(first.pciBusID != second.pciBusID, "devices have places of their own");
  } else {
    std::printf("  one device: nothing to copy between\n");
  }
  for (int device = 0; device < devices; ++device) {
    CUDA_OK(cudaSetDevice(device));
    CUDA_OK(cudaStreamDestroy(stream[device]));
    CUDA_OK(cudaFree(memory[device]));
  }
  return verdict();
}
