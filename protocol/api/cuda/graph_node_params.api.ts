/** Parameters and attributes of graph nodes; user objects. */
import { adopt, adoptFrom, arg, in_, opaque, out, type Row, row } from "../model.ts";

export const graphNodeParamsRows: readonly Row[] = [
  row(
    "cuGraphKernelNodeGetParams",
    10000,
    "local",
    "Reads a launch back in the form that knows no context and no library kernel.",
    [arg("hNode", "CUgraphNode"), arg("nodeParams", "CUDA_KERNEL_NODE_PARAMS_v1 *", opaque)],
  ),
  row(
    "cuGraphKernelNodeGetParams_v2",
    12000,
    "local",
    "Gives the launch that a kernel node holds; its arguments stay the node's own memory.",
    [arg("hNode", "CUgraphNode"), arg("nodeParams", "CUDA_KERNEL_NODE_PARAMS *", opaque)],
  ),
  row(
    "cuGraphKernelNodeSetParams",
    10000,
    "local",
    "Changes a launch, from parameters that know no context and no library kernel.",
    [arg("hNode", "CUgraphNode"), arg("nodeParams", "const CUDA_KERNEL_NODE_PARAMS_v1 *", opaque)],
  ),
  row(
    "cuGraphKernelNodeSetParams_v2",
    12000,
    "local",
    "Changes the launch that a kernel node holds; instantiated graphs keep theirs.",
    [arg("hNode", "CUgraphNode"), arg("nodeParams", "const CUDA_KERNEL_NODE_PARAMS *", opaque)],
  ),
  row("cuGraphMemcpyNodeGetParams", 10000, "local", "Gives the copy that a node holds.", [
    arg("hNode", "CUgraphNode"),
    arg("nodeParams", "CUDA_MEMCPY3D *", opaque),
  ]),
  row(
    "cuGraphMemcpyNodeSetParams",
    10000,
    "local",
    "Changes the copy that a node holds; instantiated graphs keep theirs.",
    [arg("hNode", "CUgraphNode"), arg("nodeParams", "const CUDA_MEMCPY3D *", opaque)],
  ),
  row("cuGraphMemsetNodeGetParams", 10000, "sync", "Gives the fill that a node holds.", [
    arg("hNode", "CUgraphNode"),
    arg("nodeParams", "CUDA_MEMSET_NODE_PARAMS *", out),
  ]),
  row(
    "cuGraphMemsetNodeSetParams",
    10000,
    "sync",
    "Changes the fill that a node holds; instantiated graphs keep theirs.",
    [arg("hNode", "CUgraphNode"), arg("nodeParams", "const CUDA_MEMSET_NODE_PARAMS *", in_)],
  ),
  row(
    "cuGraphHostNodeGetParams",
    10000,
    "local",
    "Gives the function and argument that a host node calls.",
    [arg("hNode", "CUgraphNode"), arg("nodeParams", "CUDA_HOST_NODE_PARAMS *", opaque)],
  ),
  row(
    "cuGraphHostNodeSetParams",
    10000,
    "local",
    "Changes the function and argument that a host node calls.",
    [arg("hNode", "CUgraphNode"), arg("nodeParams", "const CUDA_HOST_NODE_PARAMS *", opaque)],
  ),
  row(
    "cuGraphChildGraphNodeGetGraph",
    10000,
    "sync",
    "Gives the graph inside a child node, which the node keeps owning.",
    [arg("hNode", "CUgraphNode"), arg("phGraph", "CUgraph *", adoptFrom("graph", "hNode"))],
  ),
  row("cuGraphEventRecordNodeGetEvent", 11010, "sync", "Gives the event that a node records.", [
    arg("hNode", "CUgraphNode"),
    arg("event_out", "CUevent *", adopt("event")),
  ]),
  row("cuGraphEventRecordNodeSetEvent", 11010, "sync", "Changes the event that a node records.", [
    arg("hNode", "CUgraphNode"),
    arg("event", "CUevent"),
  ]),
  row("cuGraphEventWaitNodeGetEvent", 11010, "sync", "Gives the event that a node waits for.", [
    arg("hNode", "CUgraphNode"),
    arg("event_out", "CUevent *", adopt("event")),
  ]),
  row("cuGraphEventWaitNodeSetEvent", 11010, "sync", "Changes the event that a node waits for.", [
    arg("hNode", "CUgraphNode"),
    arg("event", "CUevent"),
  ]),
  row(
    "cuGraphExternalSemaphoresSignalNodeGetParams",
    11020,
    "refused",
    "Gives the semaphores and values that a node signals.",
    [arg("hNode", "CUgraphNode"), arg("params_out", "CUDA_EXT_SEM_SIGNAL_NODE_PARAMS *", opaque)],
    { why: "External memory and semaphores of the guest (Vulkan, DX) do not exist on the host." },
  ),
  row(
    "cuGraphExternalSemaphoresSignalNodeSetParams",
    11020,
    "refused",
    "Changes the semaphores and values that a node signals.",
    [
      arg("hNode", "CUgraphNode"),
      arg("nodeParams", "const CUDA_EXT_SEM_SIGNAL_NODE_PARAMS *", opaque),
    ],
    { why: "External memory and semaphores of the guest (Vulkan, DX) do not exist on the host." },
  ),
  row(
    "cuGraphExternalSemaphoresWaitNodeGetParams",
    11020,
    "refused",
    "Gives the semaphores and values that a node waits for.",
    [arg("hNode", "CUgraphNode"), arg("params_out", "CUDA_EXT_SEM_WAIT_NODE_PARAMS *", opaque)],
    { why: "External memory and semaphores of the guest (Vulkan, DX) do not exist on the host." },
  ),
  row(
    "cuGraphExternalSemaphoresWaitNodeSetParams",
    11020,
    "refused",
    "Changes the semaphores and values that a node waits for.",
    [
      arg("hNode", "CUgraphNode"),
      arg("nodeParams", "const CUDA_EXT_SEM_WAIT_NODE_PARAMS *", opaque),
    ],
    { why: "External memory and semaphores of the guest (Vulkan, DX) do not exist on the host." },
  ),
  row(
    "cuGraphBatchMemOpNodeGetParams",
    11070,
    "local",
    "Gives the memory operations that a node holds.",
    [arg("hNode", "CUgraphNode"), arg("nodeParams_out", "CUDA_BATCH_MEM_OP_NODE_PARAMS *", opaque)],
  ),
  row(
    "cuGraphBatchMemOpNodeSetParams",
    11070,
    "local",
    "Changes the memory operations that a node holds.",
    [
      arg("hNode", "CUgraphNode"),
      arg("nodeParams", "const CUDA_BATCH_MEM_OP_NODE_PARAMS *", opaque),
    ],
  ),
  row(
    "cuGraphMemAllocNodeGetParams",
    11040,
    "local",
    "Gives the pool, size and address of an allocation node.",
    [arg("hNode", "CUgraphNode"), arg("params_out", "CUDA_MEM_ALLOC_NODE_PARAMS *", opaque)],
  ),
  row("cuGraphMemFreeNodeGetParams", 11040, "local", "Gives the address that a node frees.", [
    arg("hNode", "CUgraphNode"),
    arg("dptr_out", "CUdeviceptr *", opaque),
  ]),
  row(
    "cuGraphKernelNodeCopyAttributes",
    11000,
    "sync",
    "Copies all launch attributes from one kernel node to another.",
    [arg("dst", "CUgraphNode"), arg("src", "CUgraphNode")],
  ),
  row(
    "cuGraphKernelNodeGetAttribute",
    11000,
    "custom",
    "Gives one launch attribute of a kernel node.",
    [
      arg("hNode", "CUgraphNode"),
      arg("attr", "CUkernelNodeAttrID"),
      arg("value_out", "CUkernelNodeAttrValue *", opaque),
    ],
    {
      wire: {
        args: [
          ["node", "u64"],
          ["attribute", "u32"],
          ["pad", "u32"],
        ],
        reply: [["value", "u8[64]"]],
      },
    },
  ),
  row(
    "cuGraphKernelNodeSetAttribute",
    11000,
    "custom",
    "Sets one launch attribute of a kernel node.",
    [
      arg("hNode", "CUgraphNode"),
      arg("attr", "CUkernelNodeAttrID"),
      arg("value", "const CUkernelNodeAttrValue *", opaque),
    ],
    {
      wire: {
        args: [
          ["node", "u64"],
          ["attribute", "u32"],
          ["pad", "u32"],
          ["value", "u8[64]"],
        ],
      },
    },
  ),
  row(
    "cuUserObjectCreate",
    11030,
    "custom",
    "Wraps a pointer and its destructor as an object that graphs can hold references to.",
    [
      arg("object_out", "CUuserObject *", opaque),
      arg("ptr", "void *", opaque),
      arg("destroy", "CUhostFn"),
      arg("initialRefcount", "unsigned int"),
      arg("flags", "unsigned int"),
    ],
    {
      wire: {
        args: [
          ["object", "u64"],
          ["callback_id", "u64"],
          ["references", "u32"],
          ["flags", "u32"],
        ],
      },
    },
  ),
  row("cuUserObjectRetain", 11030, "sync", "Adds references to a user object.", [
    arg("object", "CUuserObject"),
    arg("count", "unsigned int"),
  ]),
  row(
    "cuUserObjectRelease",
    11030,
    "sync",
    "Gives references to a user object back; the last one calls its destructor.",
    [arg("object", "CUuserObject"), arg("count", "unsigned int")],
  ),
  row(
    "cuGraphRetainUserObject",
    11030,
    "sync",
    "Gives a graph references to a user object, which its copies share.",
    [
      arg("graph", "CUgraph"),
      arg("object", "CUuserObject"),
      arg("count", "unsigned int"),
      arg("flags", "unsigned int"),
    ],
  ),
  row(
    "cuGraphReleaseUserObject",
    11030,
    "sync",
    "Takes references to a user object away from a graph.",
    [arg("graph", "CUgraph"), arg("object", "CUuserObject"), arg("count", "unsigned int")],
  ),
  row(
    "cuGraphNodeSetParams",
    12020,
    "custom",
    "Changes the parameters of a node of any kind; the kind itself must stay.",
    [arg("hNode", "CUgraphNode"), arg("nodeParams", "CUgraphNodeParams *", opaque)],
    {
      wire: {
        args: [
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
];
