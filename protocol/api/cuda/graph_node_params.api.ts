/** Parameters and attributes of graph nodes; user objects. */
import { adopt, arg, in_, opaque, out, type Row, row } from "../model.ts";

export const graphNodeParamsRows: readonly Row[] = [
  row(
    "cuGraphKernelNodeGetParams",
    10000,
    "refused",
    "Reads a launch back in the form that knows no context and no library kernel.",
    [arg("hNode", "CUgraphNode"), arg("nodeParams", "CUDA_KERNEL_NODE_PARAMS_v1 *", opaque)],
    { why: "The form before CUDA 12, whose parameters cannot name a kernel of a library." },
  ),
  row(
    "cuGraphKernelNodeGetParams_v2",
    12000,
    "refused",
    "Gives the launch that a kernel node holds; its arguments stay the node's own memory.",
    [arg("hNode", "CUgraphNode"), arg("nodeParams", "CUDA_KERNEL_NODE_PARAMS *", opaque)],
    {
      why: "Reading a kernel node's parameters back is not forwarded yet.",
    },
  ),
  row(
    "cuGraphKernelNodeSetParams",
    10000,
    "refused",
    "Changes a launch, from parameters that know no context and no library kernel.",
    [arg("hNode", "CUgraphNode"), arg("nodeParams", "const CUDA_KERNEL_NODE_PARAMS_v1 *", opaque)],
    { why: "The form before CUDA 12, whose parameters cannot name a kernel of a library." },
  ),
  row(
    "cuGraphKernelNodeSetParams_v2",
    12000,
    "custom",
    "Changes the launch that a kernel node holds; instantiated graphs keep theirs.",
    [arg("hNode", "CUgraphNode"), arg("nodeParams", "const CUDA_KERNEL_NODE_PARAMS *", opaque)],
    {
      wire: {
        args: [
          ["node", "u64"],
          ["function", "u64"],
          ["context", "u64"],
          ["grid", "u32[3]"],
          ["block", "u32[3]"],
          ["shared_bytes", "u32"],
          ["param_bytes", "u32"],
        ],
        tail: "packed parameters",
      },
    },
  ),
  row(
    "cuGraphMemcpyNodeGetParams",
    10000,
    "refused",
    "Gives the copy that a node holds.",
    [arg("hNode", "CUgraphNode"), arg("nodeParams", "CUDA_MEMCPY3D *", opaque)],
    {
      why: "Reading a copy node's parameters back is not forwarded yet.",
    },
  ),
  row(
    "cuGraphMemcpyNodeSetParams",
    10000,
    "refused",
    "Changes the copy that a node holds; instantiated graphs keep theirs.",
    [arg("hNode", "CUgraphNode"), arg("nodeParams", "const CUDA_MEMCPY3D *", opaque)],
    {
      why: "Changing a copy node is not forwarded yet; adding one is.",
    },
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
    "refused",
    "Gives the function and argument that a host node calls.",
    [arg("hNode", "CUgraphNode"), arg("nodeParams", "CUDA_HOST_NODE_PARAMS *", opaque)],
    {
      why: "Reading a host node's parameters back is not forwarded yet.",
    },
  ),
  row(
    "cuGraphHostNodeSetParams",
    10000,
    "refused",
    "Changes the function and argument that a host node calls.",
    [arg("hNode", "CUgraphNode"), arg("nodeParams", "const CUDA_HOST_NODE_PARAMS *", opaque)],
    {
      why: "Changing a host node is not forwarded yet; adding one is.",
    },
  ),
  row(
    "cuGraphChildGraphNodeGetGraph",
    10000,
    "sync",
    "Gives the graph inside a child node, which the node keeps owning.",
    [arg("hNode", "CUgraphNode"), arg("phGraph", "CUgraph *", adopt("graph"))],
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
    "refused",
    "Gives the memory operations that a node holds.",
    [arg("hNode", "CUgraphNode"), arg("nodeParams_out", "CUDA_BATCH_MEM_OP_NODE_PARAMS *", opaque)],
    {
      why: "Batched memory operations are not forwarded, in graphs as in streams.",
    },
  ),
  row(
    "cuGraphBatchMemOpNodeSetParams",
    11070,
    "refused",
    "Changes the memory operations that a node holds.",
    [
      arg("hNode", "CUgraphNode"),
      arg("nodeParams", "const CUDA_BATCH_MEM_OP_NODE_PARAMS *", opaque),
    ],
    {
      why: "Batched memory operations are not forwarded, in graphs as in streams.",
    },
  ),
  row(
    "cuGraphMemAllocNodeGetParams",
    11040,
    "refused",
    "Gives the pool, size and address of an allocation node.",
    [arg("hNode", "CUgraphNode"), arg("params_out", "CUDA_MEM_ALLOC_NODE_PARAMS *", opaque)],
    {
      why: "Graphs that allocate memory are not forwarded yet; allocate outside of the graph.",
    },
  ),
  row(
    "cuGraphMemFreeNodeGetParams",
    11040,
    "refused",
    "Gives the address that a node frees.",
    [arg("hNode", "CUgraphNode"), arg("dptr_out", "CUdeviceptr *", opaque)],
    {
      why: "Graphs that free memory are not forwarded yet; free outside of the graph.",
    },
  ),
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
    "refused",
    "Gives one launch attribute of a kernel node.",
    [
      arg("hNode", "CUgraphNode"),
      arg("attr", "CUkernelNodeAttrID"),
      arg("value_out", "CUkernelNodeAttrValue *", opaque),
    ],
    {
      why: "Single attributes of kernel nodes are not forwarded yet; copying all of them is.",
    },
  ),
  row(
    "cuGraphKernelNodeSetAttribute",
    11000,
    "refused",
    "Sets one launch attribute of a kernel node.",
    [
      arg("hNode", "CUgraphNode"),
      arg("attr", "CUkernelNodeAttrID"),
      arg("value", "const CUkernelNodeAttrValue *", opaque),
    ],
    {
      why: "Single attributes of kernel nodes are not forwarded yet; copying all of them is.",
    },
  ),
  row(
    "cuUserObjectCreate",
    11030,
    "refused",
    "Wraps a pointer and its destructor as an object that graphs can hold references to.",
    [
      arg("object_out", "CUuserObject *", opaque),
      arg("ptr", "void *", opaque),
      arg("destroy", "CUhostFn"),
      arg("initialRefcount", "unsigned int"),
      arg("flags", "unsigned int"),
    ],
    {
      why: "The destructor is guest code that the driver would call on the host.",
    },
  ),
  row(
    "cuUserObjectRetain",
    11030,
    "refused",
    "Adds references to a user object.",
    [arg("object", "CUuserObject"), arg("count", "unsigned int")],
    {
      why: "User objects are not forwarded: their destructor is guest code.",
    },
  ),
  row(
    "cuUserObjectRelease",
    11030,
    "refused",
    "Gives references to a user object back; the last one calls its destructor.",
    [arg("object", "CUuserObject"), arg("count", "unsigned int")],
    {
      why: "User objects are not forwarded: their destructor is guest code.",
    },
  ),
  row(
    "cuGraphRetainUserObject",
    11030,
    "refused",
    "Gives a graph references to a user object, which its copies share.",
    [
      arg("graph", "CUgraph"),
      arg("object", "CUuserObject"),
      arg("count", "unsigned int"),
      arg("flags", "unsigned int"),
    ],
    {
      why: "User objects are not forwarded: their destructor is guest code.",
    },
  ),
  row(
    "cuGraphReleaseUserObject",
    11030,
    "refused",
    "Takes references to a user object away from a graph.",
    [arg("graph", "CUgraph"), arg("object", "CUuserObject"), arg("count", "unsigned int")],
    {
      why: "User objects are not forwarded: their destructor is guest code.",
    },
  ),
  row(
    "cuGraphNodeSetParams",
    12020,
    "refused",
    "Changes the parameters of a node of any kind; the kind itself must stay.",
    [arg("hNode", "CUgraphNode"), arg("nodeParams", "CUgraphNodeParams *", opaque)],
    {
      why: "Nodes given as a union of kinds are not forwarded yet; the call of each kind is.",
    },
  ),
];
