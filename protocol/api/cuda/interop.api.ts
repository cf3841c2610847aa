/** External memory, semaphores and graphics resources. */
import { arg, opaque, type Row, row } from "../model.ts";

export const interopRows: readonly Row[] = [
  row(
    "cuImportExternalMemory",
    10000,
    "refused",
    "Import External Memory.",
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
    "External Memory Get Mapped Buffer.",
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
    "Destroy External Memory.",
    [arg("extMem", "CUexternalMemory")],
    { why: "External memory and semaphores of the guest (Vulkan, DX) do not exist on the host." },
  ),
  row(
    "cuImportExternalSemaphore",
    10000,
    "refused",
    "Import External Semaphore.",
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
    "Destroy External Semaphore.",
    [arg("extSem", "CUexternalSemaphore")],
    { why: "External memory and semaphores of the guest (Vulkan, DX) do not exist on the host." },
  ),
  row(
    "cuGraphicsUnregisterResource",
    3000,
    "refused",
    "Graphics Unregister Resource.",
    [arg("resource", "CUgraphicsResource")],
    {
      why: "Graphics resources belong to OpenGL forwarding, which does not share objects with CUDA.",
    },
  ),
  row(
    "cuGraphicsResourceGetMappedPointer",
    3000,
    "refused",
    "Graphics Resource Get Mapped Pointer.",
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
    "Graphics Resource Get Mapped Pointer.",
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
    "Graphics Resource Set Map Flags.",
    [arg("resource", "CUgraphicsResource"), arg("flags", "unsigned int")],
    {
      why: "Graphics resources belong to OpenGL forwarding, which does not share objects with CUDA.",
    },
  ),
  row(
    "cuGraphicsResourceSetMapFlags_v2",
    6050,
    "refused",
    "Graphics Resource Set Map Flags.",
    [arg("resource", "CUgraphicsResource"), arg("flags", "unsigned int")],
    {
      why: "Graphics resources belong to OpenGL forwarding, which does not share objects with CUDA.",
    },
  ),
  row(
    "cuGraphicsMapResources",
    3000,
    "refused",
    "Graphics Map Resources.",
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
    "Graphics Unmap Resources.",
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
    "Signal External Semaphores Async.",
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
    "Wait External Semaphores Async.",
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
