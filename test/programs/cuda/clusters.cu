// Clusters of blocks: a histogram and a sum whose parts lie in the shared memory of other blocks, clusters that a kernel
// asks for itself, and the launches that are refused.
#include "common.h"
#include <cooperative_groups.h>
#include <vector>

namespace cg = cooperative_groups;

constexpr int kBins = 256;

// Each block of a cluster counts for its share of the bins, in its own shared memory, what all of them find.
__global__ void histogram(const unsigned char *data, int n, unsigned *bins) {
  extern __shared__ unsigned counts[];
  cg::cluster_group cluster = cg::this_cluster();
  const unsigned size = cluster.num_blocks(), share = kBins / size;
  for (unsigned i = threadIdx.x; i < share; i += blockDim.x)
    counts[i] = 0;
  cluster.sync();
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
    unsigned *remote = cluster.map_shared_rank(counts, data[i] / share);
    atomicAdd(remote + data[i] % share, 1u);
  }
  cluster.sync();
  for (unsigned i = threadIdx.x; i < share; i += blockDim.x)
    atomicAdd(&bins[cluster.block_rank() * share + i], counts[i]);
}

// Every block of the cluster adds to the first one's sum.
__global__ void __cluster_dims__(4, 1, 1) sums(const int *data, int *out, unsigned *places) {
  __shared__ int sum;
  cg::cluster_group cluster = cg::this_cluster();
  if (threadIdx.x == 0)
    sum = 0;
  cluster.sync();
  int *first = cluster.map_shared_rank(&sum, 0);
  atomicAdd(first, data[blockIdx.x * blockDim.x + threadIdx.x]);
  cluster.sync();
  if (cluster.thread_rank() == 0)
    out[blockIdx.x / 4] = sum;
  if (threadIdx.x == 0)
    places[blockIdx.x] = cluster.block_rank() + 100 * cluster.dim_blocks().x +
                         10000 * cluster.query_shared_rank(first) + 100000 * (blockIdx.x / 4);
}

cudaError_t launch_histogram(unsigned cluster, unsigned blocks, const unsigned char *data, int n,
                             unsigned *bins) {
  cudaLaunchConfig_t config = {};
  config.gridDim = dim3(blocks);
  config.blockDim = dim3(128);
  config.dynamicSmemBytes = kBins / cluster * sizeof(unsigned);
  cudaLaunchAttribute attribute = {};
  attribute.id = cudaLaunchAttributeClusterDimension;
  attribute.val.clusterDim.x = cluster;
  attribute.val.clusterDim.y = attribute.val.clusterDim.z = 1;
  config.attrs = &attribute;
  config.numAttrs = 1;
  return cudaLaunchKernelEx(&config, histogram, data, n, bins);
}

int main() {
  const int n = 40000;
  std::vector<unsigned char> data(n);
  std::vector<unsigned> exact(kBins), bins(kBins);
  Lcg random(7);
  for (unsigned char &value : data)
    ++exact[value = (unsigned char)(random.next() >> 3)];
  unsigned char *d_data;
  unsigned *d_bins;
  CUDA_OK(cudaMalloc(&d_data, n));
  CUDA_OK(cudaMalloc(&d_bins, kBins * sizeof(unsigned)));
  CUDA_OK(cudaMemcpy(d_data, data.data(), n, cudaMemcpyHostToDevice));
  for (unsigned cluster : {1u, 2u, 4u, 8u}) {
    CUDA_OK(cudaMemset(d_bins, 0, kBins * sizeof(unsigned)));
    CUDA_OK(launch_histogram(cluster, 16, d_data, n, d_bins));
    LAUNCH_OK();
    CUDA_OK(cudaMemcpy(bins.data(), d_bins, kBins * sizeof(unsigned), cudaMemcpyDeviceToHost));
    char what[64];
    std::snprintf(what, sizeof what, "a histogram in clusters of %u", cluster);
    expect(bins == exact, what);
  }

  expect(launch_histogram(16, 16, d_data, n, d_bins) == cudaErrorInvalidClusterSize,
         "sixteen blocks need leave");
  CUDA_OK(cudaFuncSetAttribute(histogram, cudaFuncAttributeNonPortableClusterSizeAllowed, 1));
  CUDA_OK(cudaMemset(d_bins, 0, kBins * sizeof(unsigned)));
  CUDA_OK(launch_histogram(16, 16, d_data, n, d_bins));
  LAUNCH_OK();
  CUDA_OK(cudaMemcpy(bins.data(), d_bins, kBins * sizeof(unsigned), cudaMemcpyDeviceToHost));
  expect(bins == exact, "and with leave they count right");
  expect(launch_histogram(4, 15, d_data, n, d_bins) == cudaErrorInvalidClusterSize,
         "a grid that is no multiple is refused");
  cudaGetLastError();

  const int blocks = 12, threads = 64;
  std::vector<int> values(blocks * threads), totals(blocks / 4), want(blocks / 4);
  std::vector<unsigned> places(blocks), want_places(blocks);
  for (int i = 0; i < blocks * threads; ++i)
    want[i / (4 * threads)] += values[i] = (int)(random.next() % 1000);
  for (unsigned i = 0; i < (unsigned)blocks; ++i)
    want_places[i] = i % 4 + 400 + 100000 * (i / 4);
  int *d_values, *d_totals;
  unsigned *d_places;
  CUDA_OK(cudaMalloc(&d_values, values.size() * sizeof(int)));
  CUDA_OK(cudaMalloc(&d_totals, totals.size() * sizeof(int)));
  CUDA_OK(cudaMalloc(&d_places, places.size() * sizeof(unsigned)));
  CUDA_OK(cudaMemcpy(d_values, values.data(), values.size() * sizeof(int), cudaMemcpyHostToDevice));
  cudaFuncAttributes attributes;
  CUDA_OK(cudaFuncGetAttributes(&attributes, sums));
  expect(attributes.requiredClusterWidth == 4 && attributes.clusterDimMustBeSet,
         "a kernel names its clusters");
  sums<<<blocks - 1, threads>>>(d_values, d_totals, d_places);
  expect(cudaGetLastError() == cudaErrorInvalidClusterSize,
         "and grids that do not divide into them are refused");
  cudaStream_t stream;
  CUDA_OK(cudaStreamCreate(&stream));
  for (bool captured : {false, true}) {
    CUDA_OK(cudaMemset(d_totals, 0, totals.size() * sizeof(int)));
    cudaGraph_t graph;
    cudaGraphExec_t executable;
    if (captured)
      CUDA_OK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
    sums<<<blocks, threads, 0, stream>>>(d_values, d_totals, d_places);
    CUDA_OK(cudaGetLastError());
    if (captured) {
      CUDA_OK(cudaStreamEndCapture(stream, &graph));
      CUDA_OK(cudaGraphInstantiate(&executable, graph, 0));
      CUDA_OK(cudaGraphLaunch(executable, stream));
    }
    CUDA_OK(cudaStreamSynchronize(stream));
    CUDA_OK(
        cudaMemcpy(totals.data(), d_totals, totals.size() * sizeof(int), cudaMemcpyDeviceToHost));
    CUDA_OK(cudaMemcpy(places.data(), d_places, places.size() * sizeof(unsigned),
                       cudaMemcpyDeviceToHost));
    expect(totals == want, captured ? "sums of clusters, out of a graph" : "sums of clusters");
    expect(places == want_places, "ranks in the cluster");
    if (captured) {
      CUDA_OK(cudaGraphExecDestroy(executable));
      CUDA_OK(cudaGraphDestroy(graph));
    }
  }
  CUDA_OK(cudaStreamDestroy(stream));

  cudaLaunchConfig_t config = {};
  config.gridDim = dim3(blocks);
  config.blockDim = dim3(threads);
  int clusters = 0, most = 0;
  CUDA_OK(cudaOccupancyMaxActiveClusters(&clusters, sums, &config));
  CUDA_OK(cudaOccupancyMaxPotentialClusterSize(&most, sums, &config));
  expect(clusters > 0 && most == 8, "clusters that fit the device");
  return verdict();
}
