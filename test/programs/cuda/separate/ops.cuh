// What separate/main.cu uses and separate/ops.cu defines: device code that only the device linker can join.
#pragma once

extern __device__ int calls;
extern __constant__ float factors[4];

__device__ float apply(int which, float x);
__device__ void note_call();
