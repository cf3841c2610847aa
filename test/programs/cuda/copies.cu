// Every kind of copy: by direction, by unified address, pitched, in streams, to symbols and arrays, from pageable,
// pinned and registered memory; and what the runtime says about each pointer.
#include "common.h"
#include <cstring>
#include <vector>

__device__ int variable;

__global__ void add_one(int *data, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    data[i] += 1;
}
__global__ void set_variable(int value) { variable = value; }

constexpr int N = 1 << 20;
constexpr size_t BYTES = N * sizeof(int);

cudaMemoryType kind_of(const void *pointer) {
  cudaPointerAttributes attributes;
  CUDA_OK(cudaPointerGetAttributes(&attributes, pointer));
  return attributes.type;
}

void unified(int *device, const std::vector<int> &host) {
  std::vector<int> back(N);
  CUDA_OK(cudaMemcpy(device, host.data(), BYTES, cudaMemcpyDefault));
  add_one<<<N / 256, 256>>>(device, N);
  CUDA_OK(cudaMemcpy(back.data(), device, BYTES, cudaMemcpyDefault));
  expect(back[5] == host[5] + 1 && back[N - 1] == host[N - 1] + 1, "by unified address");
  int *second;
  CUDA_OK(cudaMalloc(&second, BYTES));
  CUDA_OK(cudaMemcpy(second, device, BYTES, cudaMemcpyDefault));
  std::fill(back.begin(), back.end(), 0);
  CUDA_OK(cudaMemcpy(back.data(), second, BYTES, cudaMemcpyDeviceToHost));
  expect(back[N / 2] == host[N / 2] + 1, "inside the device");
  CUDA_OK(cudaFree(second));
}

void pitched(cudaStream_t stream) {
  const size_t width = 1000, height = 50;
  char *device;
  size_t pitch;
  CUDA_OK(cudaMallocPitch(&device, &pitch, width, height));
  std::vector<char> from(width * height), to(width * height);
  for (size_t i = 0; i < from.size(); ++i)
    from[i] = (char)(i * 7);
  CUDA_OK(cudaMemcpy2D(device, pitch, from.data(), width, width, height, cudaMemcpyHostToDevice));
  CUDA_OK(cudaMemcpy2D(to.data(), width, device, pitch, width, height, cudaMemcpyDeviceToHost));
  expect(from == to, "rows with a pitch");
  std::fill(to.begin(), to.end(), 0);
  CUDA_OK(cudaMemcpy2DAsync(device, pitch, from.data(), width, width, height,
                            cudaMemcpyHostToDevice, stream));
  CUDA_OK(cudaMemcpy2DAsync(to.data(), width, device, pitch, width, height, cudaMemcpyDeviceToHost,
                            stream));
  CUDA_OK(cudaStreamSynchronize(stream));
  expect(from == to, "the same in a stream");
  CUDA_OK(cudaFree(device));
}

void arrays() {
  const int width = 64, height = 32;
  cudaArray_t array;
  const cudaChannelFormatDesc format = cudaCreateChannelDesc<float>();
  CUDA_OK(cudaMallocArray(&array, &format, width, height));
  std::vector<float> from(width * height), to(width * height);
  for (size_t i = 0; i < from.size(); ++i)
    from[i] = (float)i;
  const size_t row = width * sizeof(float);
  CUDA_OK(cudaMemcpy2DToArray(array, 0, 0, from.data(), row, row, height, cudaMemcpyHostToDevice));
  CUDA_OK(cudaMemcpy2DFromArray(to.data(), row, array, 0, 0, row, height, cudaMemcpyDeviceToHost));
  expect(from == to, "into an array and back");
  CUDA_OK(cudaFreeArray(array));
}

void symbols() {
  int value = 42;
  CUDA_OK(cudaMemcpyToSymbol(variable, &value, sizeof value));
  value = 0;
  CUDA_OK(cudaMemcpyFromSymbol(&value, variable, sizeof value));
  expect(value == 42, "to a symbol and back");
  set_variable<<<1, 1>>>(77);
  void *address;
  CUDA_OK(cudaGetSymbolAddress(&address, variable));
  CUDA_OK(cudaMemcpy(&value, address, sizeof value, cudaMemcpyDefault));
  expect(value == 77, "from a symbol's address");
}

void registered(int *device, const std::vector<int> &host) {
  int *memory = static_cast<int *>(std::malloc(BYTES)), *seen;
  std::memcpy(memory, host.data(), BYTES);
  CUDA_OK(cudaHostRegister(memory, BYTES, cudaHostRegisterMapped));
  expect(kind_of(memory) == cudaMemoryTypeHost, "registered memory is host memory");
  CUDA_OK(cudaHostGetDevicePointer(&seen, memory, 0));
  add_one<<<N / 256, 256>>>(seen, N);
  LAUNCH_OK();
  expect(memory[9] == host[9] + 1, "a kernel writes it in place");
  CUDA_OK(cudaMemcpyAsync(device, memory, BYTES, cudaMemcpyDefault));
  CUDA_OK(cudaDeviceSynchronize());
  CUDA_OK(cudaHostUnregister(memory));
  expect(memory[9] == host[9] + 1, "and it stays when it is unregistered");
  expect(kind_of(memory) == cudaMemoryTypeUnregistered, "as memory like any other");
  std::free(memory);
}

void in_streams(int *device, cudaStream_t stream) {
  std::vector<int> back(100);
  for (int k = 0; k < 100; ++k) {
    int value = k; // gone before the copy may have run: the call must have taken it
    CUDA_OK(cudaMemcpyAsync(device + k, &value, sizeof value, cudaMemcpyHostToDevice, stream));
    value = -1;
  }
  CUDA_OK(cudaMemcpyAsync(back.data(), device, 100 * sizeof(int), cudaMemcpyDeviceToHost, stream));
  CUDA_OK(cudaStreamSynchronize(stream));
  bool right = true;
  for (int k = 0; k < 100; ++k)
    right &= back[k] == k;
  expect(right, "pageable bytes are taken at the call");
}

/// Takes a few hundredths of a second.
__global__ void keep_busy(unsigned *out, unsigned steps) {
  unsigned value = steps;
  for (unsigned i = 0; i < steps; ++i)
    value = value * 1664525u + 1013904223u;
  *out = value;
}

/// More than any driver takes at once, in pieces and in one, to a stream that is at work for a while.
void behind_work(const std::vector<int> &host, cudaStream_t stream) {
  constexpr int COPIES = 3;
  int *device;
  unsigned *result;
  CUDA_OK(cudaMallocAsync(&device, COPIES * BYTES, stream));
  CUDA_OK(cudaMallocAsync(&result, sizeof *result, stream));
  keep_busy<<<1, 1, 0, stream>>>(result, 20'000'000);
  LAUNCH_OK();
  std::vector<int> source(host), back(COPIES * N);
  for (int k = 0; k < COPIES; ++k) {
    CUDA_OK(cudaMemcpyAsync(device + k * N, source.data(), BYTES, cudaMemcpyHostToDevice, stream));
    std::fill(source.begin(), source.end(), k + 1); // what the next copy brings
    add_one<<<N / 256, 256, 0, stream>>>(device + k * N, N);
  }
  CUDA_OK(cudaMemcpyAsync(back.data(), device, COPIES * BYTES, cudaMemcpyDeviceToHost, stream));
  CUDA_OK(cudaFreeAsync(device, stream));
  CUDA_OK(cudaFreeAsync(result, stream));
  CUDA_OK(cudaStreamSynchronize(stream));
  bool right = true;
  for (int i = 0; i < N; ++i)
    right &= back[i] == host[i] + 1 && back[N + i] == 2 && back[2 * N + i] == 3;
  expect(right, "much pageable memory behind a kernel, in order");
}

int main() {
  std::vector<int> host(N);
  for (int i = 0; i < N; ++i)
    host[i] = i;
  int *device, *pinned;
  cudaStream_t stream;
  CUDA_OK(cudaMalloc(&device, BYTES));
  CUDA_OK(cudaMallocHost(&pinned, BYTES));
  CUDA_OK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  expect(kind_of(device + 7) == cudaMemoryTypeDevice, "device memory is known");
  expect(kind_of(pinned) == cudaMemoryTypeHost, "and pinned memory");
  expect(kind_of(host.data()) == cudaMemoryTypeUnregistered, "and what is neither");
  unified(device, host);
  pitched(stream);
  arrays();
  symbols();
  registered(device, host);
  in_streams(device, stream);
  behind_work(host, stream);
  CUDA_OK(cudaStreamDestroy(stream));
  CUDA_OK(cudaFreeHost(pinned));
  CUDA_OK(cudaFree(device));

  CUDA_OK(cudaDeviceReset());
  CUDA_OK(cudaMalloc(&device, BYTES));
  CUDA_OK(cudaMemset(device, 0, BYTES));
  add_one<<<N / 256, 256>>>(device, N);
  int last = 0;
  CUDA_OK(cudaMemcpy(&last, device + N - 1, sizeof(int), cudaMemcpyDeviceToHost));
  expect(last == 1, "and all of it again after a reset");
  return verdict();
}
