// Surface objects: reads and writes of every geometry and width, what happens outside, and textures over what
// surfaces wrote.
#include "common.h"
#include <vector>

constexpr int W = 24, H = 10, D = 4;

// Every kernel takes one texel, and puts another there that is made of it and of where it is.
__device__ int change(int texel, int x, int y, int z) {
  return texel * 2 + x + 100 * y + 10000 * z;
}

__global__ void walk_1d(cudaSurfaceObject_t surface, int) {
  const int x = threadIdx.x;
  int texel;
  surf1Dread(&texel, surface, x * 4);
  surf1Dwrite(change(texel, x, 0, 0), surface, x * 4);
}

__global__ void walk_2d(cudaSurfaceObject_t surface, int) {
  const int x = threadIdx.x, y = blockIdx.x;
  surf2Dwrite(change(surf2Dread<int>(surface, x * 4, y), x, y, 0), surface, x * 4, y);
}

__global__ void walk_3d(cudaSurfaceObject_t surface, int) {
  const int x = threadIdx.x, y = blockIdx.x, z = blockIdx.y;
  surf3Dwrite(change(surf3Dread<int>(surface, x * 4, y, z), x, y, z), surface, x * 4, y, z);
}

__global__ void walk_1d_layers(cudaSurfaceObject_t surface, int layer) {
  const int x = threadIdx.x;
  surf1DLayeredwrite(change(surf1DLayeredread<int>(surface, x * 4, layer), x, 0, layer), surface,
                     x * 4, layer);
}

__global__ void walk_2d_layers(cudaSurfaceObject_t surface, int layer) {
  const int x = threadIdx.x, y = blockIdx.x;
  surf2DLayeredwrite(change(surf2DLayeredread<int>(surface, x * 4, y, layer), x, y, layer), surface,
                     x * 4, y, layer);
}

__global__ void walk_faces(cudaSurfaceObject_t surface, int face) {
  const int x = threadIdx.x, y = blockIdx.x;
  surfCubemapwrite(change(surfCubemapread<int>(surface, x * 4, y, face), x, y, face), surface,
                   x * 4, y, face);
}

template <class Texel> __global__ void mirror(cudaSurfaceObject_t surface, int width) {
  const int x = threadIdx.x, y = blockIdx.x, other = width - 1 - x;
  if (x >= other)
    return;
  const Texel left = surf2Dread<Texel>(surface, x * (int)sizeof(Texel), y);
  const Texel right = surf2Dread<Texel>(surface, other * (int)sizeof(Texel), y);
  surf2Dwrite(right, surface, x * (int)sizeof(Texel), y);
  surf2Dwrite(left, surface, other * (int)sizeof(Texel), y);
}

__global__ void outside(cudaSurfaceObject_t surface, int *out) {
  out[0] = surf2Dread<int>(surface, -8, 3, cudaBoundaryModeZero);
  out[1] = surf2Dread<int>(surface, W * 4, 3, cudaBoundaryModeZero);
  out[2] = surf2Dread<int>(surface, -8, 3, cudaBoundaryModeClamp);
  out[3] = surf2Dread<int>(surface, W * 4 + 40, H + 7, cudaBoundaryModeClamp);
  surf2Dwrite(-1, surface, W * 4, 0, cudaBoundaryModeZero);
  surf2Dwrite(-1, surface, 0, -1, cudaBoundaryModeZero);
  surf2Dwrite(4711, surface, W * 4 + 40, 1, cudaBoundaryModeClamp);
}

__global__ void trap(cudaSurfaceObject_t surface) { surf2Dwrite(1, surface, 0, H); }

__global__ void read_texture(cudaTextureObject_t texture, int *out) {
  out[blockIdx.x * W + threadIdx.x] = tex2D<int>(texture, threadIdx.x + 0.5f, blockIdx.x + 0.5f);
}

cudaArray_t make_array(const cudaChannelFormatDesc &format, int w, int h, int d, unsigned flags) {
  cudaArray_t array;
  CUDA_OK(cudaMalloc3DArray(&array, &format, make_cudaExtent(w, h, d),
                            flags | cudaArraySurfaceLoadStore));
  return array;
}

cudaResourceDesc of_array(cudaArray_t array) {
  cudaResourceDesc resource = {};
  resource.resType = cudaResourceTypeArray;
  resource.res.array.array = array;
  return resource;
}

cudaSurfaceObject_t make_surface(cudaArray_t array) {
  const cudaResourceDesc resource = of_array(array);
  cudaSurfaceObject_t surface;
  CUDA_OK(cudaCreateSurfaceObject(&surface, &resource));
  return surface;
}

// A tight box of memory as one side of a 3D copy.
template <class T>
void transfer(cudaArray_t array, std::vector<T> &host, int w, int h, int d, cudaMemcpyKind kind) {
  cudaMemcpy3DParms copy = {};
  const cudaPitchedPtr memory = make_cudaPitchedPtr(host.data(), w * sizeof(T), w, h);
  if (kind == cudaMemcpyHostToDevice) {
    copy.srcPtr = memory;
    copy.dstArray = array;
  } else {
    copy.srcArray = array;
    copy.dstPtr = memory;
  }
  copy.extent = make_cudaExtent(w, h, d);
  copy.kind = kind;
  CUDA_OK(cudaMemcpy3D(&copy));
}

void walk(const char *what, void (*kernel)(cudaSurfaceObject_t, int), int w, int h, int d,
          unsigned flags, dim3 grid, int first, int last) {
  cudaArray_t array = make_array(cudaCreateChannelDesc<int>(), w, h, d, flags);
  const int rows = h ? h : 1, slices = d ? d : 1;
  std::vector<int> host(w * rows * slices), got(host.size());
  for (size_t i = 0; i < host.size(); ++i)
    host[i] = (int)(i * 3);
  transfer(array, host, w, rows, slices, cudaMemcpyHostToDevice);
  cudaSurfaceObject_t surface = make_surface(array);
  for (int slice = first; slice <= last; ++slice)
    kernel<<<grid, w>>>(surface, slice);
  LAUNCH_OK();
  transfer(array, got, w, rows, slices, cudaMemcpyDeviceToHost);
  bool same = true;
  for (int z = 0; z < slices; ++z)
    for (int y = 0; y < rows; ++y)
      for (int x = 0; x < w; ++x) {
        const int i = (z * rows + y) * w + x;
        same &= got[i] == host[i] * 2 + x + 100 * y + 10000 * z;
      }
  expect(same, what);
  CUDA_OK(cudaDestroySurfaceObject(surface));
  CUDA_OK(cudaFreeArray(array));
}

template <class Texel> void width(const char *what) {
  cudaArray_t array = make_array(cudaCreateChannelDesc<Texel>(), W, H, 0, 0);
  std::vector<Texel> host(W * H), got(W * H);
  auto *bytes = reinterpret_cast<unsigned char *>(host.data());
  for (size_t i = 0; i < host.size() * sizeof(Texel); ++i)
    bytes[i] = (unsigned char)(i * 11 + i / 256);
  transfer(array, host, W, H, 1, cudaMemcpyHostToDevice);
  cudaSurfaceObject_t surface = make_surface(array);
  mirror<Texel><<<H, W>>>(surface, W);
  LAUNCH_OK();
  transfer(array, got, W, H, 1, cudaMemcpyDeviceToHost);
  bool same = true;
  for (int y = 0; y < H; ++y)
    for (int x = 0; x < W; ++x) {
      const auto *a = reinterpret_cast<unsigned char *>(&got[y * W + x]);
      const auto *b = reinterpret_cast<unsigned char *>(&host[y * W + W - 1 - x]);
      for (size_t i = 0; i < sizeof(Texel); ++i)
        same &= a[i] == b[i];
    }
  expect(same, what);
  CUDA_OK(cudaDestroySurfaceObject(surface));
  CUDA_OK(cudaFreeArray(array));
}

int main() {
  walk("one dimension", walk_1d, W, 0, 0, 0, 1, 0, 0);
  walk("two dimensions", walk_2d, W, H, 0, 0, H, 0, 0);
  walk("three dimensions", walk_3d, W, H, D, 0, dim3(H, D), 0, 0);
  walk("layers of one dimension", walk_1d_layers, W, 0, D, cudaArrayLayered, 1, 0, D - 1);
  walk("layers of two dimensions", walk_2d_layers, W, H, D, cudaArrayLayered, H, 0, D - 1);
  walk("faces of a cube", walk_faces, W, W, 6, cudaArrayCubemap, W, 0, 5);

  width<unsigned char>("8 bits");
  width<uchar2>("2 times 8 bits");
  width<uchar4>("4 times 8 bits");
  width<short>("16 bits");
  width<ushort4>("4 times 16 bits");
  width<float>("32 bits");
  width<int2>("2 times 32 bits");
  width<float4>("4 times 32 bits");

  cudaArray_t array = make_array(cudaCreateChannelDesc<int>(), W, H, 0, 0);
  std::vector<int> host(W * H), got(W * H);
  for (int i = 0; i < W * H; ++i)
    host[i] = i;
  transfer(array, host, W, H, 1, cudaMemcpyHostToDevice);
  cudaSurfaceObject_t surface = make_surface(array);
  int *out, values[4];
  CUDA_OK(cudaMalloc(&out, W * H * sizeof(int)));
  outside<<<1, 1>>>(surface, out);
  LAUNCH_OK();
  CUDA_OK(cudaMemcpy(values, out, sizeof values, cudaMemcpyDeviceToHost));
  expect(values[0] == 0 && values[1] == 0, "reads outside give zero");
  expect(values[2] == 3 * W && values[3] == W * H - 1, "reads outside give the nearest");
  host[2 * W - 1] = 4711;
  transfer(array, got, W, H, 1, cudaMemcpyDeviceToHost);
  expect(got == host, "writes outside");

  const cudaResourceDesc resource = of_array(array);
  cudaTextureDesc desc = {};
  cudaTextureObject_t texture;
  CUDA_OK(cudaCreateTextureObject(&texture, &resource, &desc, nullptr));
  walk_2d<<<H, W>>>(surface, 0);
  read_texture<<<H, W>>>(texture, out);
  LAUNCH_OK();
  CUDA_OK(cudaMemcpy(got.data(), out, W * H * sizeof(int), cudaMemcpyDeviceToHost));
  bool same = true;
  for (int i = 0; i < W * H; ++i)
    same &= got[i] == host[i] * 2 + i % W + 100 * (i / W);
  expect(same, "a texture of what a surface wrote");
  cudaResourceDesc asked = {};
  CUDA_OK(cudaGetSurfaceObjectResourceDesc(&asked, surface));
  expect(asked.resType == cudaResourceTypeArray && asked.res.array.array == array,
         "a surface object's description");
  CUDA_OK(cudaDestroyTextureObject(texture));

  // The last thing: it ends the context.
  trap<<<1, 1>>>(surface);
  expect(cudaDeviceSynchronize() == cudaErrorLaunchFailure, "a write outside may trap");
  return verdict();
}
