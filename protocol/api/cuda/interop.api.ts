/** External memory, semaphores and graphics resources. */
import { arg, opaque, type Row, row } from "../model.ts";

export const interopRows: readonly Row[] = [
  row(
    "cuImportExternalMemory",
    10000,
    "refused",
    "Imports memory of another API, from a file descriptor or the like.",
    [
      arg("extMem_out", "CUexternalMemory *", opaque),
      arg("memHandleDesc", "const CUDA_EXTERNAL_MEMORY_HANDLE_DESC *", opaque),
    ],
    { why: "External memory and semaphores of the guest (Vulkan, DX) do not exist on the host." },
  ),
  row(
    "cuExternalMemoryGetMappedBuffer",
    10000,
    "refused",
    "Shows a range of imported memory at a device address.",
    [
      arg("devPtr", "CUdeviceptr *", opaque),
      arg("extMem", "CUexternalMemory"),
      arg("bufferDesc", "const CUDA_EXTERNAL_MEMORY_BUFFER_DESC *", opaque),
    ],
    { why: "External memory and semaphores of the guest (Vulkan, DX) do not exist on the host." },
  ),
  row(
    "cuDestroyExternalMemory",
    10000,
    "refused",
    "Drops imported memory; addresses and arrays made from it have to be freed apart.",
    [arg("extMem", "CUexternalMemory")],
    { why: "External memory and semaphores of the guest (Vulkan, DX) do not exist on the host." },
  ),
  row(
    "cuImportExternalSemaphore",
    10000,
    "refused",
    "Imports a semaphore of another API, from a file descriptor or the like.",
    [
      arg("extSem_out", "CUexternalSemaphore *", opaque),
      arg("semHandleDesc", "const CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC *", opaque),
    ],
    { why: "External memory and semaphores of the guest (Vulkan, DX) do not exist on the host." },
  ),
  row(
    "cuDestroyExternalSemaphore",
    10000,
    "refused",
    "Drops an imported semaphore, whose signals and waits must be done.",
    [arg("extSem", "CUexternalSemaphore")],
    { why: "External memory and semaphores of the guest (Vulkan, DX) do not exist on the host." },
  ),
  row(
    "cuGraphicsUnregisterResource",
    3000,
    "refused",
    "Ends CUDA's access to a graphics resource.",
    [arg("resource", "CUgraphicsResource")],
    {
      why: "Graphics resources belong to OpenGL forwarding, which does not share objects with CUDA.",
    },
  ),
  row(
    "cuGraphicsResourceGetMappedPointer",
    3000,
    "refused",
    "Gives address and size of a mapped graphics resource in CUDA 3.0's 32 bits.",
    [
      arg("pDevPtr", "CUdeviceptr_v1 *", opaque),
      arg("pSize", "unsigned int *", opaque),
      arg("resource", "CUgraphicsResource"),
    ],
    {
      why: "Graphics resources belong to OpenGL forwarding, which does not share objects with CUDA.",
    },
  ),
  row(
    "cuGraphicsResourceGetMappedPointer_v2",
    3020,
    "refused",
    "Gives address and size in bytes of a mapped graphics resource.",
    [
      arg("pDevPtr", "CUdeviceptr *", opaque),
      arg("pSize", "size_t *", opaque),
      arg("resource", "CUgraphicsResource"),
    ],
    {
      why: "Graphics resources belong to OpenGL forwarding, which does not share objects with CUDA.",
    },
  ),
  row(
    "cuGraphicsResourceSetMapFlags",
    3000,
    "refused",
    "The symbol before CUDA 6.5 of cuGraphicsResourceSetMapFlags_v2.",
    [arg("resource", "CUgraphicsResource"), arg("flags", "unsigned int")],
    {
      why: "Graphics resources belong to OpenGL forwarding, which does not share objects with CUDA.",
    },
  ),
  row(
    "cuGraphicsResourceSetMapFlags_v2",
    6050,
    "refused",
    "Says whether CUDA will read, write or discard a graphics resource.",
    [arg("resource", "CUgraphicsResource"), arg("flags", "unsigned int")],
    {
      why: "Graphics resources belong to OpenGL forwarding, which does not share objects with CUDA.",
    },
  ),
  row(
    "cuGraphicsMapResources",
    3000,
    "refused",
    "Hands graphics resources to CUDA in stream order, until they are unmapped.",
    [
      arg("count", "unsigned int"),
      arg("resources", "CUgraphicsResource *", opaque),
      arg("hStream", "CUstream"),
    ],
    {
      perThread: ["_ptsz", 7000],
      why: "Graphics resources belong to OpenGL forwarding, which does not share objects with CUDA.",
    },
  ),
  row(
    "cuGraphicsUnmapResources",
    3000,
    "refused",
    "Hands graphics resources back to the graphics API in stream order.",
    [
      arg("count", "unsigned int"),
      arg("resources", "CUgraphicsResource *", opaque),
      arg("hStream", "CUstream"),
    ],
    {
      perThread: ["_ptsz", 7000],
      why: "Graphics resources belong to OpenGL forwarding, which does not share objects with CUDA.",
    },
  ),
  row(
    "cuSignalExternalSemaphoresAsync",
    10000,
    "refused",
    "Signals imported semaphores in stream order.",
    [
      arg("extSemArray", "const CUexternalSemaphore *", opaque),
      arg("paramsArray", "const CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS *", opaque),
      arg("numExtSems", "unsigned int"),
      arg("stream", "CUstream"),
    ],
    {
      perThread: ["_ptsz", 10000],
      why: "External memory and semaphores of the guest (Vulkan, DX) do not exist on the host.",
    },
  ),
  row(
    "cuWaitExternalSemaphoresAsync",
    10000,
    "refused",
    "Makes a stream wait for imported semaphores.",
    [
      arg("extSemArray", "const CUexternalSemaphore *", opaque),
      arg("paramsArray", "const CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS *", opaque),
      arg("numExtSems", "unsigned int"),
      arg("stream", "CUstream"),
    ],
    {
      perThread: ["_ptsz", 10000],
      why: "External memory and semaphores of the guest (Vulkan, DX) do not exist on the host.",
    },
  ),
];
