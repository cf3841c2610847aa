/** Executable graphs: instantiation, update, launch. */
import { arg, destroys, in_, mint, opaque, out, type Row, row } from "../model.ts";

export const graphExecRows: readonly Row[] = [
  row(
    "cuGraphExecBatchMemOpNodeSetParams",
    11070,
    "local",
    "Changes the memory operations of one node of an instantiated graph.",
    [
      arg("hGraphExec", "CUgraphExec"),
      arg("hNode", "CUgraphNode"),
      arg("nodeParams", "const CUDA_BATCH_MEM_OP_NODE_PARAMS *", opaque),
    ],
  ),
  row(
    "cuGraphInstantiateWithFlags",
    11040,
    "sync",
    "Checks a graph and makes an executable copy of it, ready to be launched often.",
    [
      arg("phGraphExec", "CUgraphExec *", mint("graph_exec")),
      arg("hGraph", "CUgraph"),
      arg("flags", "unsigned long long"),
    ],
    { blocks: true },
  ),
  row("cuGraphExecGetFlags", 12000, "sync", "Gives the flags that a graph was instantiated with.", [
    arg("hGraphExec", "CUgraphExec"),
    arg("flags", "cuuint64_t *", out),
  ]),
  row(
    "cuGraphExecKernelNodeSetParams",
    10010,
    "local",
    "Changes a launch of an instantiated graph, from parameters that know no library kernel.",
    [
      arg("hGraphExec", "CUgraphExec"),
      arg("hNode", "CUgraphNode"),
      arg("nodeParams", "const CUDA_KERNEL_NODE_PARAMS_v1 *", opaque),
    ],
  ),
  row(
    "cuGraphExecKernelNodeSetParams_v2",
    12000,
    "local",
    "Changes the launch of one node of an instantiated graph, from its next launch on.",
    [
      arg("hGraphExec", "CUgraphExec"),
      arg("hNode", "CUgraphNode"),
      arg("nodeParams", "const CUDA_KERNEL_NODE_PARAMS *", opaque),
    ],
  ),
  row(
    "cuGraphExecMemcpyNodeSetParams",
    10020,
    "local",
    "Changes the copy of one node of an instantiated graph; its kind must stay.",
    [
      arg("hGraphExec", "CUgraphExec"),
      arg("hNode", "CUgraphNode"),
      arg("copyParams", "const CUDA_MEMCPY3D *", opaque),
      arg("ctx", "CUcontext"),
    ],
  ),
  row(
    "cuGraphExecMemsetNodeSetParams",
    10020,
    "sync",
    "Changes the fill of one node of an instantiated graph, from its next launch on.",
    [
      arg("hGraphExec", "CUgraphExec"),
      arg("hNode", "CUgraphNode"),
      arg("memsetParams", "const CUDA_MEMSET_NODE_PARAMS *", in_),
      arg("ctx", "CUcontext"),
    ],
  ),
  row(
    "cuGraphExecHostNodeSetParams",
    10020,
    "local",
    "Changes the host function of one node of an instantiated graph.",
    [
      arg("hGraphExec", "CUgraphExec"),
      arg("hNode", "CUgraphNode"),
      arg("nodeParams", "const CUDA_HOST_NODE_PARAMS *", opaque),
    ],
  ),
  row(
    "cuGraphExecChildGraphNodeSetParams",
    11010,
    "sync",
    "Changes the parameters of all nodes in a child; both graphs must be of one shape.",
    [arg("hGraphExec", "CUgraphExec"), arg("hNode", "CUgraphNode"), arg("childGraph", "CUgraph")],
  ),
  row(
    "cuGraphExecEventRecordNodeSetEvent",
    11010,
    "sync",
    "Changes the event that one node of an instantiated graph records.",
    [arg("hGraphExec", "CUgraphExec"), arg("hNode", "CUgraphNode"), arg("event", "CUevent")],
  ),
  row(
    "cuGraphExecEventWaitNodeSetEvent",
    11010,
    "sync",
    "Changes the event that one node of an instantiated graph waits for.",
    [arg("hGraphExec", "CUgraphExec"), arg("hNode", "CUgraphNode"), arg("event", "CUevent")],
  ),
  row(
    "cuGraphExecExternalSemaphoresSignalNodeSetParams",
    11020,
    "refused",
    "Changes what one node of an instantiated graph signals.",
    [
      arg("hGraphExec", "CUgraphExec"),
      arg("hNode", "CUgraphNode"),
      arg("nodeParams", "const CUDA_EXT_SEM_SIGNAL_NODE_PARAMS *", opaque),
    ],
    { why: "External memory and semaphores of the guest (Vulkan, DX) do not exist on the host." },
  ),
  row(
    "cuGraphExecExternalSemaphoresWaitNodeSetParams",
    11020,
    "refused",
    "Changes what one node of an instantiated graph waits for.",
    [
      arg("hGraphExec", "CUgraphExec"),
      arg("hNode", "CUgraphNode"),
      arg("nodeParams", "const CUDA_EXT_SEM_WAIT_NODE_PARAMS *", opaque),
    ],
    { why: "External memory and semaphores of the guest (Vulkan, DX) do not exist on the host." },
  ),
  row(
    "cuGraphNodeSetEnabled",
    11060,
    "sync",
    "Turns a node of an instantiated graph on or off; off, it only passes dependencies on.",
    [
      arg("hGraphExec", "CUgraphExec"),
      arg("hNode", "CUgraphNode"),
      arg("isEnabled", "unsigned int"),
    ],
  ),
  row(
    "cuGraphNodeGetEnabled",
    11060,
    "sync",
    "Says whether a node of an instantiated graph is on.",
    [
      arg("hGraphExec", "CUgraphExec"),
      arg("hNode", "CUgraphNode"),
      arg("isEnabled", "unsigned int *", out),
    ],
  ),
  row(
    "cuGraphExecDestroy",
    10000,
    "sync",
    "Destroys an instantiated graph; a launch under way still finishes.",
    [arg("hGraphExec", "CUgraphExec", destroys("graph_exec"))],
  ),
  row(
    "cuGraphExecUpdate",
    10020,
    "local",
    "The form before CUDA 12, which gives node and reason through two pointers.",
    [
      arg("hGraphExec", "CUgraphExec"),
      arg("hGraph", "CUgraph"),
      arg("hErrorNode_out", "CUgraphNode *", opaque),
      arg("updateResult_out", "CUgraphExecUpdateResult *", opaque),
    ],
  ),
  row(
    "cuGraphExecUpdate_v2",
    12000,
    "custom",
    "Takes over the parameters of a graph of the same shape, or says which node prevents it.",
    [
      arg("hGraphExec", "CUgraphExec"),
      arg("hGraph", "CUgraph"),
      arg("resultInfo", "CUgraphExecUpdateResultInfo *", opaque),
    ],
    {
      wire: {
        args: [
          ["exec", "u64"],
          ["graph", "u64"],
        ],
        reply: [
          ["result", "u32"],
          ["pad", "u32"],
          ["error_node", "u64"],
          ["error_from_node", "u64"],
        ],
      },
    },
  ),
  row(
    "cuGraphExecNodeSetParams",
    12020,
    "custom",
    "Changes a node of any kind in an instantiated graph; the kind itself must stay.",
    [
      arg("hGraphExec", "CUgraphExec"),
      arg("hNode", "CUgraphNode"),
      arg("nodeParams", "CUgraphNodeParams *", opaque),
    ],
    {
      wire: {
        args: [
          ["exec", "u64"],
          ["node", "u64"],
          ["params", "u8[256]"],
          ["payload_bytes", "u64"],
          ["by_kind", "u32"],
          ["pad", "u32"],
        ],
        tail: "what the parameters point to",
      },
    },
  ),
  row(
    "cuGraphInstantiateWithParams",
    12000,
    "custom",
    "Instantiates a graph and says in the parameters how it went and which node failed.",
    [
      arg("phGraphExec", "CUgraphExec *", opaque),
      arg("hGraph", "CUgraph"),
      arg("instantiateParams", "CUDA_GRAPH_INSTANTIATE_PARAMS *", opaque),
    ],
    {
      perThread: ["_ptsz", 12000],
      wire: {
        args: [
          ["exec", "u64"],
          ["graph", "u64"],
          ["flags", "u64"],
          ["stream", "u64"],
        ],
        reply: [
          ["result", "u32"],
          ["pad", "u32"],
          ["error_node", "u64"],
        ],
      },
    },
  ),
  row(
    "cuGraphUpload",
    11010,
    "async",
    "Prepares an instantiated graph on the device in stream order, so that its launch is short.",
    [arg("hGraph", "CUgraphExec"), arg("hStream", "CUstream")],
    { perThread: ["_ptsz", 11010] },
  ),
  row(
    "cuGraphLaunch",
    10000,
    "custom",
    "Runs an instantiated graph in stream order; launches of one graph do not overlap.",
    [arg("hGraph", "CUgraphExec"), arg("hStream", "CUstream")],
    {
      perThread: ["_ptsz", 10000],
      wire: {
        args: [
          ["exec", "u64"],
          ["stream", "u64"],
        ],
      },
    },
  ),
  row(
    "cuGraphInstantiate",
    10000,
    "local",
    "The form of CUDA 10, which names the failing node and writes a log.",
    [
      arg("phGraphExec", "CUgraphExec *", opaque),
      arg("hGraph", "CUgraph"),
      arg("phErrorNode", "CUgraphNode *", opaque),
      arg("logBuffer", "char *", opaque),
      arg("bufferSize", "size_t"),
    ],
  ),
  row(
    "cuGraphInstantiate_v2",
    11000,
    "local",
    "The form of CUDA 11, which names the failing node and writes a log.",
    [
      arg("phGraphExec", "CUgraphExec *", opaque),
      arg("hGraph", "CUgraph"),
      arg("phErrorNode", "CUgraphNode *", opaque),
      arg("logBuffer", "char *", opaque),
      arg("bufferSize", "size_t"),
    ],
  ),
];
