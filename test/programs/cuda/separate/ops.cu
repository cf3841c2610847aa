#include "ops.cuh"

__device__ int calls = 0;
__constant__ float factors[4] = {1.0f, 2.0f, 0.5f, -3.0f};

__device__ void note_call() { atomicAdd(&calls, 1); }

__device__ __noinline__ float scale(float x, float factor) { return x * factor; }

__device__ float apply(int which, float x) { return scale(x, factors[which]) + (float)which; }
