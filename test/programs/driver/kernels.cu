// The kernels of the driver-API programs. kernels.ptx is made from this file by tools/make-ptx and is committed, so
// that these programs run on machines that cannot have nvcc.

extern "C" __global__ void add(const float *a, const float *b, float *c, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    c[i] = a[i] + b[i];
}

extern "C" __global__ void multiply(const float *a, const float *b, float *c, int n) {
  __shared__ float tile_a[16][16];
  __shared__ float tile_b[16][16];
  const int row = blockIdx.y * 16 + threadIdx.y, column = blockIdx.x * 16 + threadIdx.x;
  float sum = 0.0f;
  for (int start = 0; start < n; start += 16) {
    tile_a[threadIdx.y][threadIdx.x] = a[row * n + start + threadIdx.x];
    tile_b[threadIdx.y][threadIdx.x] = b[(start + threadIdx.y) * n + column];
    __syncthreads();
    for (int k = 0; k < 16; ++k)
      sum += tile_a[threadIdx.y][k] * tile_b[k][threadIdx.x];
    __syncthreads();
  }
  c[row * n + column] = sum;
}

extern "C" __global__ void sum_blocks(const int *in, int *out, int n) {
  extern __shared__ int partial[];
  const int t = threadIdx.x;
  int sum = 0;
  for (int i = blockIdx.x * blockDim.x + t; i < n; i += gridDim.x * blockDim.x)
    sum += in[i];
  for (int offset = 16; offset > 0; offset /= 2)
    sum += __shfl_down_sync(0xFFFFFFFFu, sum, offset);
  if ((t & 31) == 0)
    partial[t / 32] = sum;
  __syncthreads();
  if (t == 0) {
    for (int warp = 1; warp < (int)blockDim.x / 32; ++warp)
      sum += partial[warp];
    atomicAdd(out, sum);
  }
}

__device__ int counter = 7;
__constant__ float scale[4] = {1.0f, 2.0f, 3.0f, 4.0f};

extern "C" __global__ void use_globals(float *out) {
  out[threadIdx.x] = scale[threadIdx.x % 4] * 10.0f;
  atomicAdd(&counter, 1);
}

extern "C" __global__ void spin(int *out, int rounds) {
  int x = threadIdx.x;
  for (int k = 0; k < rounds; ++k)
    x = x * 1664525 + 1013904223;
  out[blockIdx.x * blockDim.x + threadIdx.x] = x;
}

extern "C" __global__ void wild() { *(volatile int *)16 = 1; }
