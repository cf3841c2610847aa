// Gravity among bodies, all pairs, tiles of positions through shared memory; momentum must be conserved.
#include "common.h"
#include <cmath>
#include <vector>

constexpr int TILE = 128;

__global__ void accelerate(const float4 *position, float4 *velocity, int n, float dt) {
  __shared__ float4 tile[TILE];
  const int i = blockIdx.x * TILE + threadIdx.x;
  const float4 me = position[i];
  float3 force = make_float3(0, 0, 0);
  for (int start = 0; start < n; start += TILE) {
    tile[threadIdx.x] = position[start + threadIdx.x];
    __syncthreads();
#pragma unroll 8
    for (int k = 0; k < TILE; ++k) {
      const float x = tile[k].x - me.x, y = tile[k].y - me.y, z = tile[k].z - me.z;
      const float inverse = rsqrtf(x * x + y * y + z * z + 0.01f);
      const float strength = tile[k].w * inverse * inverse * inverse;
      force.x += x * strength;
      force.y += y * strength;
      force.z += z * strength;
    }
    __syncthreads();
  }
  velocity[i].x += dt * force.x;
  velocity[i].y += dt * force.y;
  velocity[i].z += dt * force.z;
}

__global__ void move(float4 *position, const float4 *velocity, float dt) {
  const int i = blockIdx.x * TILE + threadIdx.x;
  position[i].x += dt * velocity[i].x;
  position[i].y += dt * velocity[i].y;
  position[i].z += dt * velocity[i].z;
}

int main() {
  const int n = 2048, steps = 20;
  const float dt = 0.001f;
  std::vector<float4> position(n), velocity(n, make_float4(0, 0, 0, 0));
  Lcg random(4);
  for (float4 &p : position)
    p = make_float4(random.unit(), random.unit(), random.unit(), 0.5f + random.unit());
  const std::vector<float4> start = position;
  float4 *device_position, *device_velocity;
  CUDA_OK(cudaMalloc(&device_position, n * sizeof(float4)));
  CUDA_OK(cudaMalloc(&device_velocity, n * sizeof(float4)));
  CUDA_OK(cudaMemcpy(device_position, position.data(), n * sizeof(float4), cudaMemcpyHostToDevice));
  CUDA_OK(cudaMemset(device_velocity, 0, n * sizeof(float4)));
  for (int step = 0; step < steps; ++step) {
    accelerate<<<n / TILE, TILE>>>(device_position, device_velocity, n, dt);
    move<<<n / TILE, TILE>>>(device_position, device_velocity, dt);
  }
  LAUNCH_OK();
  CUDA_OK(cudaMemcpy(position.data(), device_position, n * sizeof(float4), cudaMemcpyDeviceToHost));
  CUDA_OK(cudaMemcpy(velocity.data(), device_velocity, n * sizeof(float4), cudaMemcpyDeviceToHost));

  double momentum = 0.0, speed = 0.0, moved = 0.0;
  for (int i = 0; i < n; ++i) {
    momentum += (double)position[i].w * velocity[i].x;
    speed += (double)position[i].w * std::fabs(velocity[i].x);
    moved += std::fabs(position[i].x - start[i].x);
  }
  expect(speed > 0.0 && std::fabs(momentum) < 1e-4 * speed, "momentum is conserved");
  expect(moved > 0.0, "bodies moved");
  // The first step's acceleration of one body, on the host.
  double exact = 0.0;
  for (int k = 0; k < n; ++k) {
    const double x = start[k].x - start[5].x, y = start[k].y - start[5].y,
                 z = start[k].z - start[5].z;
    exact += start[k].w * x / std::pow(x * x + y * y + z * z + 0.01, 1.5);
  }
  CUDA_OK(cudaMemcpy(device_position, start.data(), n * sizeof(float4), cudaMemcpyHostToDevice));
  CUDA_OK(cudaMemset(device_velocity, 0, n * sizeof(float4)));
  accelerate<<<n / TILE, TILE>>>(device_position, device_velocity, n, 1.0f);
  CUDA_OK(cudaMemcpy(velocity.data(), device_velocity, n * sizeof(float4), cudaMemcpyDeviceToHost));
  expect(std::fabs(velocity[5].x - exact) < 1e-3 * std::fabs(exact) + 0.05,
         "one body's pull is exact");
  CUDA_OK(cudaFree(device_position));
  CUDA_OK(cudaFree(device_velocity));
  return verdict();
}
