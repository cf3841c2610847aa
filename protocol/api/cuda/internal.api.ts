/** gpuferry's own calls: what the shim asks of the executor beside CUDA's functions. Their results are CUresults. */
import { type Row, row } from "../model.ts";

const internal = { internal: true } as const;

export const internalRows: readonly Row[] = [
  row("gfOpen", 0, "custom", "The first call of a session: what the devices are.", [], {
    ...internal,
    wire: {
      args: [],
      reply: [
        ["driver_version", "i32"],
        ["device_count", "u32"],
        ["heap_at_same_address", "u32"],
        ["driver_is_soft", "u32"],
      ],
      replyTail: "per device: struct gf_device_info",
    },
  }),
  row("gfDeviceInfo", 0, "custom", "One device: name, UUID, memory and all attributes.", [], {
    ...internal,
    wire: {
      args: [
        ["device", "i32"],
        ["attribute_count", "u32"],
      ],
      reply: [
        ["total_bytes", "u64"],
        ["uuid", "u8[16]"],
        ["luid", "u8[8]"],
        ["luid_node_mask", "u32"],
        ["luid_result", "i32"],
        ["name", "u8[256]"],
      ],
      replyTail:
        "attributes 0 to attribute_count − 1: i32 each, INT32_MIN where the driver knows none",
    },
  }),
  row("gfSetCurrent", 0, "custom", "Makes a context the lane's current one. Fire and forget.", [], {
    ...internal,
    wire: { args: [["context", "u64"]] },
  }),
  row(
    "gfCopyInline",
    0,
    "custom",
    "Copies bytes that travel in the frame to device memory. Fire and forget where the range is known.",
    [],
    {
      ...internal,
      wire: {
        args: [
          ["dst", "u64"],
          ["size_bytes", "u64"],
          ["stream", "u64"],
          ["is_async", "u32"],
          ["pad", "u32"],
        ],
        tail: "the bytes",
      },
    },
  ),
  row(
    "gfCopyIn",
    0,
    "custom",
    "Copies a heap range to device memory. `done` is a u32 in the heap that the executor sets to 1 and wakes once the range may be reused; offset 0: none.",
    [],
    {
      ...internal,
      blocks: true,
      wire: {
        args: [
          ["dst", "u64"],
          ["memory", "range"],
          ["stream", "u64"],
          ["done_offset_bytes", "u64"],
          ["is_async", "u32"],
          ["is_pinned", "u32"],
        ],
      },
    },
  ),
  row(
    "gfCopyOut",
    0,
    "custom",
    "Copies device memory to a heap range; `done` as for gfCopyIn, set once the bytes are there.",
    [],
    {
      ...internal,
      blocks: true,
      wire: {
        args: [
          ["src", "u64"],
          ["memory", "range"],
          ["stream", "u64"],
          ["done_offset_bytes", "u64"],
          ["is_async", "u32"],
          ["is_pinned", "u32"],
        ],
      },
    },
  ),
  row(
    "gfCopy3D",
    0,
    "custom",
    "A 1D, 2D or 3D copy in the form of CUDA_MEMCPY3D; a host side is a heap range, an array side a guest handle.",
    [],
    {
      ...internal,
      blocks: true,
      wire: {
        args: [
          ["copy", "u8[200]"],
          ["src_array", "u64"],
          ["dst_array", "u64"],
          ["src_memory", "range"],
          ["dst_memory", "range"],
          ["stream", "u64"],
          ["is_async", "u32"],
          ["pad", "u32"],
        ],
      },
    },
  ),
  row("gfGraphList", 0, "custom", "Nodes or edges of a graph, a part of them at a time.", [], {
    ...internal,
    wire: {
      args: [
        ["of", "u64"],
        ["first", "u64"],
        ["what", "u32"],
        ["flags", "u32"],
      ],
      reply: [
        ["total", "u64"],
        ["count", "u64"],
      ],
      replyTail: "from, to, edge data: u64 each, for each of them",
    },
  }),
  row("gfGraphEdges", 0, "custom", "Adds edges to a graph, or removes them.", [], {
    ...internal,
    wire: {
      args: [
        ["graph", "u64"],
        ["count", "u64"],
        ["is_removal", "u32"],
        ["has_edges", "u32"],
      ],
      tail: "from: u64 each, to: u64 each, then edge data if there is any: u8[8] each",
    },
  }),
  row(
    "gfGraphNodeGetParams",
    0,
    "custom",
    "What a node does, as its kind's own call gives it.",
    [],
    {
      ...internal,
      wire: {
        args: [
          ["node", "u64"],
          ["type", "u32"],
          ["pad", "u32"],
        ],
        reply: [
          ["params", "u8[256]"],
          ["graph", "u64"],
          ["payload_bytes", "u64"],
        ],
        replyTail: "what the parameters point to",
      },
    },
  ),
];
