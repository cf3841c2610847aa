// Texture objects over every kind of resource, geometry and address mode, against what the host computes from the
// formulas of the CUDA programming guide.
#include "common.h"
#include <cmath>
#include <cstdint>
#include <cuda_fp16.h>
#include <functional>
#include <vector>

constexpr int W = 37, H = 21, D = 5;
constexpr int SAMPLES = 4096;

struct Point {
  float x, y, z;
  int layer;
};

enum Fetch { F1D, F2D, F3D, F1D_LAYERED, F2D_LAYERED, FCUBE, FCUBE_LAYERED, FLEVEL, FGRAD };

__global__ void sample(cudaTextureObject_t texture, Fetch fetch, const Point *points, float *out,
                       int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  const Point p = points[i];
  float value = 0;
  switch (fetch) {
  case F1D:
    value = tex1D<float>(texture, p.x);
    break;
  case F2D:
    value = tex2D<float>(texture, p.x, p.y);
    break;
  case F3D:
    value = tex3D<float>(texture, p.x, p.y, p.z);
    break;
  case F1D_LAYERED:
    value = tex1DLayered<float>(texture, p.x, p.layer);
    break;
  case F2D_LAYERED:
    value = tex2DLayered<float>(texture, p.x, p.y, p.layer);
    break;
  case FCUBE:
    value = texCubemap<float>(texture, p.x, p.y, p.z);
    break;
  case FCUBE_LAYERED:
    value = texCubemapLayered<float>(texture, p.x, p.y, p.z, p.layer);
    break;
  case FLEVEL:
    value = tex2DLod<float>(texture, p.x, p.y, p.z);
    break;
  case FGRAD:
    value = tex2DGrad<float>(texture, p.x, p.y, make_float2(p.z, 0), make_float2(0, p.z));
    break;
  }
  out[i] = value;
}

template <class Texel>
__global__ void fetch_linear(cudaTextureObject_t texture, const int *indices, Texel *out, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    out[i] = tex1Dfetch<Texel>(texture, indices[i]);
}

template <class Texel>
__global__ void read_2d(cudaTextureObject_t texture, Texel *out, int w, int h) {
  const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y;
  if (x < w && y < h)
    out[y * w + x] = tex2D<Texel>(texture, x + 0.5f, y + 0.5f);
}

__global__ void gather(cudaTextureObject_t texture, float4 *out) {
  out[0] = tex2Dgather<float4>(texture, 2.2f, 3.2f, 0);
  out[1] = tex2Dgather<float4>(texture, 2.2f, 3.2f, 1);
}

// One thread in two of a block that synchronises: the other kind of compiled kernel.
__global__ void blur_rows(cudaTextureObject_t texture, float *out) {
  __shared__ float row[64];
  const int x = threadIdx.x, y = blockIdx.x;
  row[x] = x < W ? tex2D<float>(texture, x + 0.5f, y + 0.5f) : 0;
  __syncthreads();
  if (x > 0 && x < W - 1)
    out[y * W + x] = row[x - 1] + row[x] + row[x + 1];
}

// ---- the host's own idea of it

int wrap_index(int i, int n) { return ((i % n) + n) % n; }

int mirror_index(int i, int n) {
  const int j = wrap_index(i, 2 * n);
  return j < n ? j : 2 * n - 1 - j;
}

// The texel that index i means, or -1 for the border.
int addressed(int i, int n, cudaTextureAddressMode mode, bool normalized) {
  if (i >= 0 && i < n)
    return i;
  if (mode == cudaAddressModeBorder)
    return -1;
  if (normalized && mode == cudaAddressModeWrap)
    return wrap_index(i, n);
  if (normalized && mode == cudaAddressModeMirror)
    return mirror_index(i, n);
  return i < 0 ? 0 : n - 1;
}

using Texels = std::function<float(int x, int y, int z)>;

float host_sample(const Texels &texel, const int (&extent)[3], int axes, const float (&at)[3],
                  const cudaTextureDesc &d) {
  int first[3] = {};
  float alpha[3] = {};
  for (int axis = 0; axis < axes; ++axis) {
    float u = at[axis] * (d.normalizedCoords ? extent[axis] : 1);
    if (d.filterMode == cudaFilterModeLinear)
      u -= 0.5f;
    first[axis] = (int)std::floor(u);
    alpha[axis] = d.filterMode == cudaFilterModeLinear ? u - std::floor(u) : 0;
  }
  float sum = 0;
  for (int corner = 0; corner < 1 << axes; ++corner) {
    float weight = 1;
    int index[3] = {};
    bool border = false;
    for (int axis = 0; axis < axes; ++axis) {
      const int next = corner >> axis & 1;
      weight *= next ? alpha[axis] : 1 - alpha[axis];
      index[axis] =
          addressed(first[axis] + next, extent[axis], d.addressMode[axis], d.normalizedCoords);
      border |= index[axis] < 0;
    }
    sum += weight * (border ? d.borderColor[0] : texel(index[0], index[1], index[2]));
  }
  return sum;
}

// ---- scaffolding

float value_at(int x, int y, int z) { return (float)((x * 7 + y * 13 + z * 29) % 64) / 64; }

std::vector<float> volume(int w, int h, int d) {
  std::vector<float> texels;
  for (int z = 0; z < d; ++z)
    for (int y = 0; y < h; ++y)
      for (int x = 0; x < w; ++x)
        texels.push_back(value_at(x, y, z));
  return texels;
}

cudaArray_t make_array(int w, int h, int d, unsigned flags) {
  const cudaChannelFormatDesc format = cudaCreateChannelDesc<float>();
  cudaArray_t array;
  CUDA_OK(cudaMalloc3DArray(&array, &format, make_cudaExtent(w, h, d), flags));
  const auto texels = volume(w, h ? h : 1, d ? d : 1);
  cudaMemcpy3DParms copy = {};
  copy.srcPtr = make_cudaPitchedPtr((void *)texels.data(), w * sizeof(float), w, h ? h : 1);
  copy.dstArray = array;
  copy.extent = make_cudaExtent(w, h ? h : 1, d ? d : 1);
  copy.kind = cudaMemcpyHostToDevice;
  CUDA_OK(cudaMemcpy3D(&copy));
  return array;
}

cudaResourceDesc of_array(cudaArray_t array) {
  cudaResourceDesc resource = {};
  resource.resType = cudaResourceTypeArray;
  resource.res.array.array = array;
  return resource;
}

cudaTextureDesc sampler(cudaTextureAddressMode mode, cudaTextureFilterMode filter,
                        bool normalized) {
  cudaTextureDesc d = {};
  d.addressMode[0] = d.addressMode[1] = d.addressMode[2] = mode;
  d.filterMode = filter;
  d.normalizedCoords = normalized;
  d.readMode = cudaReadModeElementType;
  d.borderColor[0] = 0.375f;
  return d;
}

cudaTextureObject_t make_texture(const cudaResourceDesc &resource, const cudaTextureDesc &d) {
  cudaTextureObject_t texture;
  CUDA_OK(cudaCreateTextureObject(&texture, &resource, &d, nullptr));
  return texture;
}

std::vector<float> run_samples(cudaTextureObject_t texture, Fetch fetch,
                               const std::vector<Point> &points) {
  Point *device_points;
  float *device_out;
  const int n = (int)points.size();
  CUDA_OK(cudaMalloc(&device_points, n * sizeof(Point)));
  CUDA_OK(cudaMalloc(&device_out, n * sizeof(float)));
  CUDA_OK(cudaMemcpy(device_points, points.data(), n * sizeof(Point), cudaMemcpyHostToDevice));
  sample<<<(n + 127) / 128, 128>>>(texture, fetch, device_points, device_out, n);
  LAUNCH_OK();
  std::vector<float> out(n);
  CUDA_OK(cudaMemcpy(out.data(), device_out, n * sizeof(float), cudaMemcpyDeviceToHost));
  CUDA_OK(cudaFree(device_points));
  CUDA_OK(cudaFree(device_out));
  return out;
}

// Weights have eight bits, so that a filtered value may be off by half a step per axis. Next to a jump of a wrapped
// or nearest coordinate, rounding decides: such samples are few, and do not count.
bool close(const std::vector<float> &got, const std::vector<float> &wanted, float slack) {
  int off = 0;
  for (size_t i = 0; i < got.size(); ++i)
    off += !(std::fabs(got[i] - wanted[i]) <= slack);
  return off <= (int)got.size() / 500;
}

// ---- what is tested

void geometry(const char *what, Fetch fetch, int axes, int w, int h, int d, unsigned flags) {
  cudaArray_t array = make_array(w, h, d, flags);
  const bool layered = flags & cudaArrayLayered;
  const int extent[3] = {w, h ? h : 1, d ? d : 1};
  bool good = true;
  const cudaTextureAddressMode modes[] = {cudaAddressModeWrap, cudaAddressModeClamp,
                                          cudaAddressModeMirror, cudaAddressModeBorder};
  for (auto mode : modes)
    for (auto filter : {cudaFilterModePoint, cudaFilterModeLinear})
      for (bool normalized : {false, true}) {
        if (!normalized && (mode == cudaAddressModeWrap || mode == cudaAddressModeMirror))
          continue; // for normalised coordinates only
        const cudaTextureDesc desc = sampler(mode, filter, normalized);
        cudaTextureObject_t texture = make_texture(of_array(array), desc);
        Lcg random(w * 3 + mode);
        std::vector<Point> points(SAMPLES);
        std::vector<float> wanted(SAMPLES);
        for (int i = 0; i < SAMPLES; ++i) {
          float at[3];
          for (int axis = 0; axis < 3; ++axis)
            at[axis] = (random.unit() * 3 - 1) * (normalized ? 1 : extent[axis]);
          const int layer = (int)(random.next() % extent[2]);
          points[i] = {at[0], at[1], at[2], layer};
          wanted[i] =
              host_sample([&](int x, int y, int z) { return value_at(x, y, layered ? layer : z); },
                          extent, axes, at, desc);
        }
        good &= close(run_samples(texture, fetch, points), wanted,
                      filter == cudaFilterModeLinear ? 0.5f * axes / 256 + 1e-4f : 0);
        CUDA_OK(cudaDestroyTextureObject(texture));
      }
  expect(good, what);
  CUDA_OK(cudaFreeArray(array));
}

void cubes() {
  constexpr int N = 16;
  cudaArray_t array = make_array(N, N, 12, cudaArrayCubemap | cudaArrayLayered);
  cudaTextureObject_t texture =
      make_texture(of_array(array), sampler(cudaAddressModeClamp, cudaFilterModePoint, true));
  // From a face and a texel to the direction that must find it again.
  std::vector<Point> points;
  std::vector<float> wanted;
  for (int layer = 0; layer < 2; ++layer)
    for (int face = 0; face < 6; ++face)
      for (int y = 0; y < N; ++y)
        for (int x = 0; x < N; ++x) {
          const float s = (x + 0.5f) / N * 2 - 1, t = (y + 0.5f) / N * 2 - 1;
          const float directions[6][3] = {{1, -t, -s}, {-1, -t, s}, {s, 1, t},
                                          {s, -1, -t}, {s, -t, 1},  {-s, -t, -1}};
          const float *v = directions[face];
          points.push_back({2 * v[0], 2 * v[1], 2 * v[2], layer});
          wanted.push_back(value_at(x, y, 6 * layer + face));
        }
  expect(run_samples(texture, FCUBE_LAYERED, points) == wanted, "layered cube maps");
  CUDA_OK(cudaDestroyTextureObject(texture));
  CUDA_OK(cudaFreeArray(array));

  array = make_array(N, N, 6, cudaArrayCubemap);
  texture = make_texture(of_array(array), sampler(cudaAddressModeWrap, cudaFilterModePoint, true));
  points.resize(6 * N * N);
  wanted.resize(6 * N * N);
  expect(run_samples(texture, FCUBE, points) == wanted, "cube maps");
  CUDA_OK(cudaDestroyTextureObject(texture));
  CUDA_OK(cudaFreeArray(array));
}

void mipmaps() {
  const cudaChannelFormatDesc format = cudaCreateChannelDesc<float>();
  cudaMipmappedArray_t mipmap;
  CUDA_OK(cudaMallocMipmappedArray(&mipmap, &format, make_cudaExtent(32, 16, 0), 9));
  int levels = 0;
  cudaArray_t level;
  for (; cudaGetMipmappedArrayLevel(&level, mipmap, levels) == cudaSuccess; ++levels) {
    cudaExtent extent;
    CUDA_OK(cudaArrayGetInfo(nullptr, &extent, nullptr, level));
    const size_t w = extent.width, h = extent.height ? extent.height : 1;
    expect(w == std::max(32u >> levels, 1u) && h == std::max(16u >> levels, 1u),
           "a level's extent");
    const std::vector<float> grey(w * h, (float)levels);
    CUDA_OK(cudaMemcpy2DToArray(level, 0, 0, grey.data(), w * 4, w * 4, h, cudaMemcpyHostToDevice));
  }
  cudaGetLastError();
  expect(levels == 6, "as many levels as the extents allow");
  cudaResourceDesc resource = {};
  resource.resType = cudaResourceTypeMipmappedArray;
  resource.res.mipmap.mipmap = mipmap;
  cudaTextureDesc desc = sampler(cudaAddressModeClamp, cudaFilterModeLinear, true);
  desc.mipmapFilterMode = cudaFilterModeLinear;
  desc.mipmapLevelBias = 0.25f;
  desc.minMipmapLevelClamp = 0.5f;
  desc.maxMipmapLevelClamp = 4;
  cudaTextureObject_t texture = make_texture(resource, desc);
  std::vector<Point> points;
  std::vector<float> by_level, by_gradient;
  for (int i = 0; i < 64; ++i) {
    const float lod = (float)(i - 8) / 8;
    points.push_back({0.3f, 0.6f, lod, 0});
    by_level.push_back(std::min(std::max(lod + 0.25f, 0.5f), 4.0f));
  }
  expect(close(run_samples(texture, FLEVEL, points), by_level, 0.5f / 256), "tex2DLod");
  for (Point &p : points) {
    p.z = std::exp2(p.z) / 32; // a step of so many texels of level 0 along x
    by_gradient.push_back(std::min(std::max(std::log2(p.z * 32) + 0.25f, 0.5f), 4.0f));
  }
  expect(close(run_samples(texture, FGRAD, points), by_gradient, 1.0f / 256), "tex2DGrad");
  CUDA_OK(cudaDestroyTextureObject(texture));
  desc.mipmapFilterMode = cudaFilterModePoint;
  desc.mipmapLevelBias = desc.minMipmapLevelClamp = 0;
  texture = make_texture(resource, desc);
  points = {{0.5f, 0.5f, 1.4f, 0}, {0.5f, 0.5f, 1.6f, 0}, {0.5f, 0.5f, 99, 0}};
  expect(run_samples(texture, FLEVEL, points) == std::vector<float>{1, 2, 4}, "the nearest level");
  CUDA_OK(cudaDestroyTextureObject(texture));
  CUDA_OK(cudaFreeMipmappedArray(mipmap));
}

void linear_memory() {
  std::vector<int4> host(1000);
  for (int i = 0; i < 1000; ++i)
    host[i] = make_int4(i, -i, i * i, ~i);
  int4 *device, *out;
  CUDA_OK(cudaMalloc(&device, host.size() * sizeof(int4)));
  CUDA_OK(cudaMemcpy(device, host.data(), host.size() * sizeof(int4), cudaMemcpyHostToDevice));
  cudaResourceDesc resource = {};
  resource.resType = cudaResourceTypeLinear;
  resource.res.linear.devPtr = device;
  resource.res.linear.desc = cudaCreateChannelDesc<int4>();
  resource.res.linear.sizeInBytes = host.size() * sizeof(int4);
  cudaTextureDesc desc = {};
  cudaTextureObject_t texture = make_texture(resource, desc);
  const int indices[] = {0, 999, 500, 1000, -1, 1 << 20};
  int *device_indices;
  CUDA_OK(cudaMalloc(&device_indices, sizeof indices));
  CUDA_OK(cudaMalloc(&out, 6 * sizeof(int4)));
  CUDA_OK(cudaMemcpy(device_indices, indices, sizeof indices, cudaMemcpyHostToDevice));
  fetch_linear<<<1, 6>>>(texture, device_indices, out, 6);
  LAUNCH_OK();
  int4 got[6];
  CUDA_OK(cudaMemcpy(got, out, sizeof got, cudaMemcpyDeviceToHost));
  bool inside = true, outside = true;
  for (int i = 0; i < 3; ++i)
    inside &= got[i].x == indices[i] && got[i].y == -indices[i] &&
              got[i].z == indices[i] * indices[i] && got[i].w == ~indices[i];
  for (int i = 3; i < 6; ++i)
    outside &= got[i].x == 0 && got[i].y == 0 && got[i].z == 0;
  expect(inside, "tex1Dfetch from linear memory");
  expect(outside, "zero outside of linear memory");
  cudaResourceDesc asked;
  CUDA_OK(cudaGetTextureObjectResourceDesc(&asked, texture));
  expect(asked.resType == cudaResourceTypeLinear && asked.res.linear.devPtr == device &&
             asked.res.linear.sizeInBytes == resource.res.linear.sizeInBytes,
         "a texture object's description");
  CUDA_OK(cudaDestroyTextureObject(texture));
  for (void *p : {(void *)device, (void *)out, (void *)device_indices})
    CUDA_OK(cudaFree(p));
}

void pitched_memory() {
  uchar4 *device;
  size_t pitch;
  CUDA_OK(cudaMallocPitch(&device, &pitch, W * sizeof(uchar4), H));
  std::vector<uchar4> host(W * H);
  for (int i = 0; i < W * H; ++i)
    host[i] = make_uchar4(i & 255, i / 3 & 255, 255 - (i & 255), 7);
  CUDA_OK(cudaMemcpy2D(device, pitch, host.data(), W * 4, W * 4, H, cudaMemcpyHostToDevice));
  cudaResourceDesc resource = {};
  resource.resType = cudaResourceTypePitch2D;
  resource.res.pitch2D.devPtr = device;
  resource.res.pitch2D.desc = cudaCreateChannelDesc<uchar4>();
  resource.res.pitch2D.width = W;
  resource.res.pitch2D.height = H;
  resource.res.pitch2D.pitchInBytes = pitch;
  cudaTextureDesc desc = sampler(cudaAddressModeClamp, cudaFilterModePoint, false);
  cudaTextureObject_t texture = make_texture(resource, desc);
  uchar4 *elements;
  float4 *normalised;
  CUDA_OK(cudaMalloc(&elements, W * H * sizeof(uchar4)));
  CUDA_OK(cudaMalloc(&normalised, W * H * sizeof(float4)));
  read_2d<<<dim3(1, H), 64>>>(texture, elements, W, H);
  LAUNCH_OK();
  std::vector<uchar4> got(W * H);
  CUDA_OK(cudaMemcpy(got.data(), elements, W * H * 4, cudaMemcpyDeviceToHost));
  bool same = true;
  for (int i = 0; i < W * H; ++i)
    same &=
        got[i].x == host[i].x && got[i].y == host[i].y && got[i].z == host[i].z && got[i].w == 7;
  expect(same, "elements of pitched memory");
  CUDA_OK(cudaDestroyTextureObject(texture));

  desc.readMode = cudaReadModeNormalizedFloat;
  desc.filterMode = cudaFilterModeLinear;
  texture = make_texture(resource, desc);
  read_2d<<<dim3(1, H), 64>>>(texture, normalised, W, H);
  LAUNCH_OK();
  std::vector<float4> floats(W * H);
  CUDA_OK(cudaMemcpy(floats.data(), normalised, W * H * 16, cudaMemcpyDeviceToHost));
  same = true;
  for (int i = 0; i < W * H; ++i)
    same &= floats[i].x == host[i].x / 255.0f && floats[i].w == 7 / 255.0f;
  expect(same, "the same as normalised floats");
  CUDA_OK(cudaDestroyTextureObject(texture));

  desc.sRGB = 1;
  desc.filterMode = cudaFilterModePoint;
  texture = make_texture(resource, desc);
  read_2d<<<dim3(1, H), 64>>>(texture, normalised, W, H);
  LAUNCH_OK();
  CUDA_OK(cudaMemcpy(floats.data(), normalised, W * H * 16, cudaMemcpyDeviceToHost));
  same = true;
  for (int i = 0; i < W * H; ++i) {
    const double c = host[i].x / 255.0;
    const double linear = c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    same &= std::fabs(floats[i].x - linear) < 1e-3 && floats[i].w == 7 / 255.0f;
  }
  expect(same, "the same as sRGB");
  CUDA_OK(cudaDestroyTextureObject(texture));
  for (void *p : {(void *)device, (void *)elements, (void *)normalised})
    CUDA_OK(cudaFree(p));
}

void halves() {
  const cudaChannelFormatDesc format = cudaCreateChannelDescHalf2();
  cudaArray_t array;
  CUDA_OK(cudaMallocArray(&array, &format, W, H));
  std::vector<__half2> host(W * H);
  for (int i = 0; i < W * H; ++i)
    host[i] = __floats2half2_rn((float)i / 8, (float)-i);
  CUDA_OK(cudaMemcpy2DToArray(array, 0, 0, host.data(), W * 4, W * 4, H, cudaMemcpyHostToDevice));
  cudaTextureObject_t texture =
      make_texture(of_array(array), sampler(cudaAddressModeClamp, cudaFilterModeLinear, false));
  float2 *out;
  CUDA_OK(cudaMalloc(&out, W * H * sizeof(float2)));
  read_2d<<<dim3(1, H), 64>>>(texture, out, W, H);
  LAUNCH_OK();
  std::vector<float2> got(W * H);
  CUDA_OK(cudaMemcpy(got.data(), out, W * H * sizeof(float2), cudaMemcpyDeviceToHost));
  bool same = true;
  for (int i = 0; i < W * H; ++i)
    same &= got[i].x == (float)i / 8 && got[i].y == (float)-i;
  expect(same, "channels of half precision");
  CUDA_OK(cudaDestroyTextureObject(texture));
  CUDA_OK(cudaFreeArray(array));
  CUDA_OK(cudaFree(out));
}

void gathering() {
  const cudaChannelFormatDesc format = cudaCreateChannelDesc<float2>();
  cudaArray_t array;
  CUDA_OK(cudaMallocArray(&array, &format, 8, 8, cudaArrayTextureGather));
  std::vector<float2> host(64);
  for (int i = 0; i < 64; ++i)
    host[i] = make_float2((float)i, (float)(100 + i));
  CUDA_OK(cudaMemcpy2DToArray(array, 0, 0, host.data(), 64, 64, 8, cudaMemcpyHostToDevice));
  cudaTextureObject_t texture =
      make_texture(of_array(array), sampler(cudaAddressModeClamp, cudaFilterModePoint, false));
  float4 *out, got[2];
  CUDA_OK(cudaMalloc(&out, sizeof got));
  gather<<<1, 1>>>(texture, out);
  LAUNCH_OK();
  CUDA_OK(cudaMemcpy(got, out, sizeof got, cudaMemcpyDeviceToHost));
  // columns 1 and 2, rows 2 and 3: lower left, lower right, upper right, upper left
  expect(got[0].x == 25 && got[0].y == 26 && got[0].z == 18 && got[0].w == 17, "tex2Dgather");
  expect(got[1].x == 125 && got[1].w == 117, "of another channel");
  CUDA_OK(cudaDestroyTextureObject(texture));
  CUDA_OK(cudaFreeArray(array));
  CUDA_OK(cudaFree(out));
}

void with_barriers() {
  cudaArray_t array = make_array(W, H, 0, 0);
  cudaTextureObject_t texture =
      make_texture(of_array(array), sampler(cudaAddressModeClamp, cudaFilterModePoint, false));
  float *out;
  CUDA_OK(cudaMalloc(&out, W * H * sizeof(float)));
  CUDA_OK(cudaMemset(out, 0, W * H * sizeof(float)));
  blur_rows<<<H, 64>>>(texture, out);
  LAUNCH_OK();
  std::vector<float> got(W * H);
  CUDA_OK(cudaMemcpy(got.data(), out, W * H * sizeof(float), cudaMemcpyDeviceToHost));
  bool same = true;
  for (int y = 0; y < H; ++y)
    for (int x = 1; x < W - 1; ++x)
      same &= got[y * W + x] == value_at(x - 1, y, 0) + value_at(x, y, 0) + value_at(x + 1, y, 0);
  expect(same, "textures beside barriers");
  CUDA_OK(cudaDestroyTextureObject(texture));
  CUDA_OK(cudaFreeArray(array));
  CUDA_OK(cudaFree(out));
}

void refusals() {
  cudaArray_t array = make_array(W, H, 0, 0);
  cudaResourceDesc resource = of_array(array);
  cudaTextureDesc desc = sampler(cudaAddressModeClamp, cudaFilterModePoint, false);
  cudaTextureObject_t texture;
  cudaSurfaceObject_t surface;
  expect(cudaCreateTextureObject(nullptr, &resource, &desc, nullptr) == cudaErrorInvalidValue,
         "no place for the object");
  expect(cudaCreateSurfaceObject(&surface, &resource) == cudaErrorInvalidValue,
         "no surface over an array that is none");
  const cudaChannelFormatDesc odd = {32, 32, 32, 0, cudaChannelFormatKindFloat};
  cudaArray_t none;
  expect(cudaMallocArray(&none, &odd, 8, 8) != cudaSuccess, "three channels are none");
  float *memory;
  CUDA_OK(cudaMalloc(&memory, 4096));
  resource = {};
  resource.resType = cudaResourceTypeLinear;
  resource.res.linear.devPtr = memory + 1; // not aligned
  resource.res.linear.desc = cudaCreateChannelDesc<float>();
  resource.res.linear.sizeInBytes = 1024;
  expect(cudaCreateTextureObject(&texture, &resource, &desc, nullptr) != cudaSuccess,
         "linear memory must be aligned");
  cudaGetLastError();
  CUDA_OK(cudaFree(memory));
  CUDA_OK(cudaFreeArray(array));
}

int main() {
  geometry("one dimension", F1D, 1, W, 0, 0, 0);
  geometry("two dimensions", F2D, 2, W, H, 0, 0);
  geometry("three dimensions", F3D, 3, W, H, D, 0);
  geometry("layers of one dimension", F1D_LAYERED, 1, W, 0, D, cudaArrayLayered);
  geometry("layers of two dimensions", F2D_LAYERED, 2, W, H, D, cudaArrayLayered);
  cubes();
  mipmaps();
  linear_memory();
  pitched_memory();
  halves();
  gathering();
  with_barriers();
  refusals();
  return verdict();
}
