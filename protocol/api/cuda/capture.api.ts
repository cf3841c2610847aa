/** Stream capture: graphs recorded from streams. */
import { arg, opaque, type Row, row } from "../model.ts";

export const captureRows: readonly Row[] = [
  row(
    "cuThreadExchangeStreamCaptureMode",
    10010,
    "custom",
    "Swaps the calling thread's capture mode with the one given; the old one comes back.",
    [arg("mode", "CUstreamCaptureMode *", opaque)],
    {
      wire: {
        args: [
          ["mode", "u32"],
          ["pad", "u32"],
        ],
        reply: [
          ["mode", "u32"],
          ["pad", "u32"],
        ],
      },
    },
  ),
  row(
    "cuStreamBeginCapture",
    10000,
    "local",
    "The form of CUDA 10.0, which captures as if in global mode.",
    [arg("hStream", "CUstream")],
    { perThread: ["_ptsz", 10000] },
  ),
  row(
    "cuStreamBeginCapture_v2",
    10010,
    "custom",
    "Turns the stream's later work into graph nodes; the mode says which calls break it.",
    [arg("hStream", "CUstream"), arg("mode", "CUstreamCaptureMode")],
    {
      perThread: ["_ptsz", 10010],
      wire: {
        args: [
          ["stream", "u64"],
          ["mode", "u32"],
          ["pad", "u32"],
        ],
      },
    },
  ),
  row(
    "cuStreamBeginCaptureToGraph",
    12030,
    "custom",
    "Captures the stream's later work into an existing graph, behind given nodes.",
    [
      arg("hStream", "CUstream"),
      arg("hGraph", "CUgraph"),
      arg("dependencies", "const CUgraphNode *", opaque),
      arg("dependencyData", "const CUgraphEdgeData *", opaque),
      arg("numDependencies", "size_t"),
      arg("mode", "CUstreamCaptureMode"),
    ],
    {
      perThread: ["_ptsz", 12030],
      wire: {
        args: [
          ["stream", "u64"],
          ["graph", "u64"],
          ["dependency_count", "u64"],
          ["mode", "u32"],
          ["has_edges", "u32"],
        ],
        tail: "dependencies: u64 each, then edge data if there is any: u8[8] each",
      },
    },
  ),
  row(
    "cuStreamEndCapture",
    10000,
    "custom",
    "Ends a capture and gives its graph; a capture that was broken gives NULL and an error.",
    [arg("hStream", "CUstream"), arg("phGraph", "CUgraph *", opaque)],
    {
      perThread: ["_ptsz", 10000],
      wire: {
        args: [
          ["stream", "u64"],
          ["wants_graph", "u64"],
        ],
        reply: [["graph", "u64"]],
      },
    },
  ),
  row(
    "cuStreamGetCaptureInfo",
    10010,
    "local",
    "The first form: gives only the capture's status and number.",
    [
      arg("hStream", "CUstream"),
      arg("captureStatus_out", "CUstreamCaptureStatus *", opaque),
      arg("id_out", "cuuint64_t *", opaque),
    ],
    { perThread: ["_ptsz", 10010] },
  ),
  row(
    "cuStreamGetCaptureInfo_v2",
    11030,
    "local",
    "Gives status, number, graph and next dependencies of a capture, without edge data.",
    [
      arg("hStream", "CUstream"),
      arg("captureStatus_out", "CUstreamCaptureStatus *", opaque),
      arg("id_out", "cuuint64_t *", opaque),
      arg("graph_out", "CUgraph *", opaque),
      arg("dependencies_out", "const CUgraphNode **", opaque),
      arg("numDependencies_out", "size_t *", opaque),
    ],
    { perThread: ["_ptsz", 11030] },
  ),
  row(
    "cuStreamGetCaptureInfo_v3",
    12030,
    "custom",
    "Gives status, number, graph and next dependencies of a capture, with their edge data.",
    [
      arg("hStream", "CUstream"),
      arg("captureStatus_out", "CUstreamCaptureStatus *", opaque),
      arg("id_out", "cuuint64_t *", opaque),
      arg("graph_out", "CUgraph *", opaque),
      arg("dependencies_out", "const CUgraphNode **", opaque),
      arg("edgeData_out", "const CUgraphEdgeData **", opaque),
      arg("numDependencies_out", "size_t *", opaque),
    ],
    {
      perThread: ["_ptsz", 10010],
      wire: {
        args: [
          ["stream", "u64"],
          ["wants", "u32"],
          ["pad", "u32"],
        ],
        reply: [
          ["status", "u32"],
          ["pad", "u32"],
          ["id", "u64"],
          ["graph", "u64"],
          ["dependency_count", "u64"],
          ["has_edges", "u64"],
        ],
        replyTail: "dependencies: u64 each, then edge data if there is any: u8[8] each",
      },
    },
  ),
  row(
    "cuStreamUpdateCaptureDependencies",
    11030,
    "local",
    "Adds or replaces the nodes that the capture's next node waits for, without edge data.",
    [
      arg("hStream", "CUstream"),
      arg("dependencies", "CUgraphNode *", opaque),
      arg("numDependencies", "size_t"),
      arg("flags", "unsigned int"),
    ],
    { perThread: ["_ptsz", 11030] },
  ),
  row(
    "cuStreamUpdateCaptureDependencies_v2",
    12030,
    "custom",
    "Adds or replaces the nodes that the capture's next node waits for, with edge data.",
    [
      arg("hStream", "CUstream"),
      arg("dependencies", "CUgraphNode *", opaque),
      arg("dependencyData", "const CUgraphEdgeData *", opaque),
      arg("numDependencies", "size_t"),
      arg("flags", "unsigned int"),
    ],
    {
      perThread: ["_ptsz", 11030],
      wire: {
        args: [
          ["stream", "u64"],
          ["dependency_count", "u64"],
          ["flags", "u32"],
          ["has_edges", "u32"],
        ],
        tail: "dependencies: u64 each, then edge data if there is any: u8[8] each",
      },
    },
  ),
];
