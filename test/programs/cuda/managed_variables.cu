// Managed variables: globals of the program that both sides use by name. A host thread touches them without asking
// anybody, so that they work only where host and device share an address space.
#include "common.h"

__managed__ int counter = 5;
__managed__ float table[256];

__global__ void bump(int by) { atomicAdd(&counter, by); }
__global__ void fill_table() { table[threadIdx.x] = (float)threadIdx.x * 0.5f; }

int main() {
  bump<<<4, 32>>>(1);
  LAUNCH_OK();
  expect(counter == 5 + 128, "device, then host");
  counter = 1000;
  bump<<<1, 1>>>(-1);
  LAUNCH_OK();
  expect(counter == 999, "host, then device, then host");
  fill_table<<<1, 256>>>();
  LAUNCH_OK();
  bool right = true;
  for (int i = 0; i < 256; ++i)
    right &= table[i] == (float)i * 0.5f;
  expect(right, "an array");
  return verdict();
}
