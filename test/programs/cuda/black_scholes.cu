// European options by the Black-Scholes formula: special functions over a large array, several rounds.
#include "common.h"
#include <cmath>
#include <vector>

__host__ __device__ inline float normal_cdf(float d) { return 0.5f * erfcf(-d * 0.70710678f); }

__host__ __device__ inline void price(float spot, float strike, float years, float &call,
                                      float &put) {
  const float rate = 0.02f, volatility = 0.30f;
  const float root = sqrtf(years);
  const float d1 =
      (logf(spot / strike) + (rate + 0.5f * volatility * volatility) * years) / (volatility * root);
  const float d2 = d1 - volatility * root;
  const float discount = expf(-rate * years);
  call = spot * normal_cdf(d1) - strike * discount * normal_cdf(d2);
  put = strike * discount * normal_cdf(-d2) - spot * normal_cdf(-d1);
}

__global__ void price_all(const float *spot, const float *strike, const float *years, float *call,
                          float *put, int n) {
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
    price(spot[i], strike[i], years[i], call[i], put[i]);
}

int main() {
  const int n = 400'000, rounds = 6;
  const size_t bytes = n * sizeof(float);
  std::vector<float> host[5];
  for (auto &column : host)
    column.resize(n);
  Lcg random(99);
  for (int i = 0; i < n; ++i) {
    host[0][i] = 5.0f + 25.0f * random.unit();
    host[1][i] = 1.0f + 99.0f * random.unit();
    host[2][i] = 0.25f + 9.75f * random.unit();
  }
  float *device[5];
  for (int column = 0; column < 5; ++column)
    CUDA_OK(cudaMalloc(&device[column], bytes));
  for (int column = 0; column < 3; ++column)
    CUDA_OK(cudaMemcpy(device[column], host[column].data(), bytes, cudaMemcpyHostToDevice));
  for (int round = 0; round < rounds; ++round)
    price_all<<<480, 128>>>(device[0], device[1], device[2], device[3], device[4], n);
  CUDA_OK(cudaGetLastError());
  for (int column = 3; column < 5; ++column)
    CUDA_OK(cudaMemcpy(host[column].data(), device[column], bytes, cudaMemcpyDeviceToHost));

  double difference = 0.0, sum = 0.0, parity = 0.0;
  for (int i = 0; i < n; ++i) {
    float call, put;
    price(host[0][i], host[1][i], host[2][i], call, put);
    difference += std::fabs(call - host[3][i]);
    sum += std::fabs(call);
    // Holding a call and owing a put is owning the share and owing the discounted strike.
    parity = std::fmax(parity, std::fabs(host[3][i] - host[4][i] - host[0][i] +
                                         host[1][i] * std::exp(-0.02f * host[2][i])));
  }
  expect(difference / sum < 1e-5, "prices agree with the host's");
  expect(parity < 1e-3, "put-call parity");
  for (float *column : device)
    CUDA_OK(cudaFree(column));
  return verdict();
}
