/** Occupancy. */
import { arg, opaque, out, type Row, row } from "../model.ts";

export const occupancyRows: readonly Row[] = [
  row(
    "cuOccupancyMaxActiveBlocksPerMultiprocessor",
    6050,
    "local",
    "Occupancy Max Active Blocks Per Multiprocessor.",
    [
      arg("numBlocks", "int *", opaque),
      arg("func", "CUfunction"),
      arg("blockSize", "int"),
      arg("dynamicSMemSize", "size_t"),
    ],
  ),
  row(
    "cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags",
    7000,
    "custom",
    "Occupancy Max Active Blocks Per Multiprocessor With Flags.",
    [
      arg("numBlocks", "int *", opaque),
      arg("func", "CUfunction"),
      arg("blockSize", "int"),
      arg("dynamicSMemSize", "size_t"),
      arg("flags", "unsigned int"),
    ],
    {
      wire: {
        args: [
          ["function", "u64"],
          ["dynamic_shared_bytes", "u64"],
          ["block_threads", "i32"],
          ["flags", "u32"],
        ],
        reply: [
          ["blocks", "i32"],
          ["pad", "u32"],
        ],
      },
    },
  ),
  row("cuOccupancyMaxPotentialBlockSize", 6050, "local", "Occupancy Max Potential Block Size.", [
    arg("minGridSize", "int *", opaque),
    arg("blockSize", "int *", opaque),
    arg("func", "CUfunction"),
    arg("blockSizeToDynamicSMemSize", "CUoccupancyB2DSize"),
    arg("dynamicSMemSize", "size_t"),
    arg("blockSizeLimit", "int"),
  ]),
  row(
    "cuOccupancyMaxPotentialBlockSizeWithFlags",
    7000,
    "local",
    "Occupancy Max Potential Block Size With Flags.",
    [
      arg("minGridSize", "int *", opaque),
      arg("blockSize", "int *", opaque),
      arg("func", "CUfunction"),
      arg("blockSizeToDynamicSMemSize", "CUoccupancyB2DSize"),
      arg("dynamicSMemSize", "size_t"),
      arg("blockSizeLimit", "int"),
      arg("flags", "unsigned int"),
    ],
  ),
  row(
    "cuOccupancyAvailableDynamicSMemPerBlock",
    10020,
    "sync",
    "Occupancy Available Dynamic SMem Per Block.",
    [
      arg("dynamicSmemSize", "size_t *", out),
      arg("func", "CUfunction"),
      arg("numBlocks", "int"),
      arg("blockSize", "int"),
    ],
  ),
  row(
    "cuOccupancyMaxPotentialClusterSize",
    11070,
    "refused",
    "Occupancy Max Potential Cluster Size.",
    [
      arg("clusterSize", "int *", opaque),
      arg("func", "CUfunction"),
      arg("config", "const CUlaunchConfig *", opaque),
    ],
    { why: "Thread block clusters need sm_90, which no device here offers." },
  ),
  row(
    "cuOccupancyMaxActiveClusters",
    11070,
    "refused",
    "Occupancy Max Active Clusters.",
    [
      arg("numClusters", "int *", opaque),
      arg("func", "CUfunction"),
      arg("config", "const CUlaunchConfig *", opaque),
    ],
    { why: "Thread block clusters need sm_90, which no device here offers." },
  ),
];
