/** Occupancy. */
import { arg, opaque, out, type Row, row } from "../model.ts";

export const occupancyRows: readonly Row[] = [
  row(
    "cuOccupancyMaxActiveBlocksPerMultiprocessor",
    6050,
    "local",
    "Gives how many blocks of a kernel fit on one multiprocessor at once.",
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
    "Gives how many blocks fit on one multiprocessor; a flag counts without caching overrides.",
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
  row(
    "cuOccupancyMaxPotentialBlockSize",
    6050,
    "local",
    "Gives the block size that fills the device best, and the smallest grid that does so.",
    [
      arg("minGridSize", "int *", opaque),
      arg("blockSize", "int *", opaque),
      arg("func", "CUfunction"),
      arg("blockSizeToDynamicSMemSize", "CUoccupancyB2DSize"),
      arg("dynamicSMemSize", "size_t"),
      arg("blockSizeLimit", "int"),
    ],
  ),
  row(
    "cuOccupancyMaxPotentialBlockSizeWithFlags",
    7000,
    "local",
    "Gives the block size that fills the device best; a flag counts without caching overrides.",
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
    "Gives the bytes of dynamic shared memory a block may use so that a count still fits.",
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
    "custom",
    "Gives the largest cluster, in blocks, that a launch configuration can have.",
    [
      arg("clusterSize", "int *", opaque),
      arg("func", "CUfunction"),
      arg("config", "const CUlaunchConfig *", opaque),
    ],
    {
      wire: {
        args: [
          ["function", "u64"],
          ["grid", "u32[3]"],
          ["block", "u32[3]"],
          ["shared_bytes", "u32"],
          ["attribute_count", "u32"],
        ],
        tail: "launch attributes (struct CUlaunchAttribute_st each)",
        reply: [
          ["answer", "i32"],
          ["pad", "u32"],
        ],
      },
    },
  ),
  row(
    "cuOccupancyMaxActiveClusters",
    11070,
    "custom",
    "Gives how many clusters of a launch configuration fit on the device at once.",
    [
      arg("numClusters", "int *", opaque),
      arg("func", "CUfunction"),
      arg("config", "const CUlaunchConfig *", opaque),
    ],
    {
      wire: {
        args: [
          ["function", "u64"],
          ["grid", "u32[3]"],
          ["block", "u32[3]"],
          ["shared_bytes", "u32"],
          ["attribute_count", "u32"],
        ],
        tail: "launch attributes (struct CUlaunchAttribute_st each)",
        reply: [
          ["answer", "i32"],
          ["pad", "u32"],
        ],
      },
    },
  ),
];
