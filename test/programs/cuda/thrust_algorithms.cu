// Thrust, as most C++ users meet CUDA: sort, stable key sort, reductions, scans, transforms, compaction.
#include "common.h"
#include <algorithm>
#include <numeric>
#include <thrust/copy.h>
#include <thrust/count.h>
#include <thrust/device_vector.h>
#include <thrust/execution_policy.h>
#include <thrust/functional.h>
#include <thrust/host_vector.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/reduce.h>
#include <thrust/scan.h>
#include <thrust/sequence.h>
#include <thrust/sort.h>
#include <thrust/transform_reduce.h>
#include <thrust/unique.h>

struct Square {
  __host__ __device__ float operator()(float x) const { return x * x; }
};

struct IsEven {
  __host__ __device__ bool operator()(int x) const { return (x & 1) == 0; }
};

int main() {
  const int n = 100'000;
  thrust::host_vector<int> keys(n);
  Lcg random(23);
  for (int &key : keys)
    key = (int)random.next() - (1 << 23);
  std::vector<int> sorted(keys.begin(), keys.end());
  std::sort(sorted.begin(), sorted.end());

  thrust::device_vector<int> device = keys;
  thrust::sort(device.begin(), device.end());
  thrust::host_vector<int> back = device;
  expect(std::equal(sorted.begin(), sorted.end(), back.begin()), "sort");

  device = keys;
  thrust::sort(device.begin(), device.end(), thrust::greater<int>());
  back = device;
  expect(std::equal(sorted.rbegin(), sorted.rend(), back.begin()), "sort, descending");

  thrust::device_vector<int> small(n), order(n);
  thrust::transform(keys.begin(), keys.end(), keys.begin(), [](int x) { return x & 255; });
  small = keys;
  thrust::sequence(order.begin(), order.end());
  thrust::stable_sort_by_key(small.begin(), small.end(), order.begin());
  std::vector<int> expected(n);
  std::iota(expected.begin(), expected.end(), 0);
  std::stable_sort(expected.begin(), expected.end(),
                   [&](int a, int b) { return keys[a] < keys[b]; });
  back = order;
  expect(std::equal(expected.begin(), expected.end(), back.begin()), "stable sort by key");

  thrust::device_vector<int> ones(n, 1), sums(n);
  expect(thrust::reduce(ones.begin(), ones.end()) == n, "reduce");
  thrust::exclusive_scan(ones.begin(), ones.end(), sums.begin());
  back = sums;
  bool right = true;
  for (int i = 0; i < n; ++i)
    right &= back[i] == i;
  expect(right, "exclusive scan");
  thrust::inclusive_scan(small.begin(), small.end(), sums.begin());
  expect(sums.back() == std::accumulate(keys.begin(), keys.end(), 0), "inclusive scan");

  thrust::device_vector<float> halves(1000, 0.5f);
  expect(thrust::transform_reduce(halves.begin(), halves.end(), Square(), 0.0f,
                                  thrust::plus<float>()) == 250.0f,
         "transform and reduce");
  expect(thrust::count_if(small.begin(), small.end(), IsEven()) ==
             std::count_if(keys.begin(), keys.end(), IsEven()),
         "count if");
  thrust::device_vector<int> evens(n);
  auto end = thrust::copy_if(thrust::counting_iterator<int>(0), thrust::counting_iterator<int>(n),
                             evens.begin(), IsEven());
  expect(end - evens.begin() == n / 2 && evens[7] == 14, "copy if");
  expect(thrust::unique(small.begin(), small.end()) - small.begin() == 256, "unique");
  thrust::device_vector<int> bins(256), counts(256);
  thrust::device_vector<int> again = keys;
  thrust::sort(again.begin(), again.end());
  auto ends =
      thrust::reduce_by_key(again.begin(), again.end(), ones.begin(), bins.begin(), counts.begin());
  expect(ends.first - bins.begin() == 256 && thrust::reduce(counts.begin(), counts.end()) == n,
         "reduce by key");
  return verdict();
}
