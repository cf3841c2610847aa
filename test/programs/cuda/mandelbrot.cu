// A picture whose pixels take very different numbers of steps: divergence, in float and in double.
#include "common.h"
#include <vector>

template <typename T> __host__ __device__ int escape(T cx, T cy, int limit) {
  T x = 0, y = 0;
  int step = 0;
  while (step < limit && x * x + y * y <= T(4)) {
    const T next = x * x - y * y + cx;
    y = T(2) * x * y + cy;
    x = next;
    ++step;
  }
  return step;
}

template <typename T> __global__ void draw(int *image, int width, int height, int limit) {
  const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
  if (x < width && y < height)
    image[y * width + x] =
        escape<T>(T(-2.2) + T(3) * x / width, T(-1.3) + T(2.6) * y / height, limit);
}

template <typename T> bool agrees(double allowed) {
  const int width = 480, height = 400, limit = 256;
  int *device;
  std::vector<int> image(width * height);
  CUDA_OK(cudaMalloc(&device, image.size() * sizeof(int)));
  draw<T>
      <<<dim3((width + 15) / 16, (height + 15) / 16), dim3(16, 16)>>>(device, width, height, limit);
  LAUNCH_OK();
  CUDA_OK(cudaMemcpy(image.data(), device, image.size() * sizeof(int), cudaMemcpyDeviceToHost));
  CUDA_OK(cudaFree(device));
  // The device may fuse a multiplication with an addition, so a few pixels at the border of the set differ.
  int differ = 0;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      differ += image[y * width + x] !=
                escape<T>(T(-2.2) + T(3) * x / width, T(-1.3) + T(2.6) * y / height, limit);
  return differ <= allowed * width * height;
}

int main() {
  expect(agrees<float>(0.02), "float");
  expect(agrees<double>(0.005), "double");
  return verdict();
}
