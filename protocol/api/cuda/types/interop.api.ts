/** External memory and semaphores, graphics interop. */
import { enumeration, nestedStruct, nestedUnion, struct, type TypeDecl } from "../../model.ts";

export const interopTypes: readonly TypeDecl[] = [
  enumeration("CUexternalMemoryHandleType_enum", ["CUexternalMemoryHandleType"], {
    CU_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD: 1,
    CU_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32: 2,
    CU_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_KMT: 3,
    CU_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_HEAP: 4,
    CU_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE: 5,
    CU_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_RESOURCE: 6,
    CU_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_RESOURCE_KMT: 7,
    CU_EXTERNAL_MEMORY_HANDLE_TYPE_NVSCIBUF: 8,
    CU_EXTERNAL_MEMORY_HANDLE_TYPE_DMABUF_FD: 9,
  }),
  enumeration("CUexternalSemaphoreHandleType_enum", ["CUexternalSemaphoreHandleType"], {
    CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD: 1,
    CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32: 2,
    CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_KMT: 3,
    CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE: 4,
    CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D11_FENCE: 5,
    CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_NVSCISYNC: 6,
    CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D11_KEYED_MUTEX: 7,
    CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D11_KEYED_MUTEX_KMT: 8,
    CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_TIMELINE_SEMAPHORE_FD: 9,
    CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_TIMELINE_SEMAPHORE_WIN32: 10,
  }),
  struct(
    "CUDA_EXTERNAL_MEMORY_HANDLE_DESC_st",
    ["CUDA_EXTERNAL_MEMORY_HANDLE_DESC_v1", "CUDA_EXTERNAL_MEMORY_HANDLE_DESC"],
    [
      ["type", "CUexternalMemoryHandleType"],
      [
        "handle",
        nestedUnion(
          ["fd", "int"],
          ["win32", nestedStruct(["handle", "void *"], ["name", "const void *"])],
          ["nvSciBufObject", "const void *"],
        ),
      ],
      ["size", "unsigned long long"],
      ["flags", "unsigned int"],
      ["reserved", "unsigned int[16]"],
    ],
  ),
  struct(
    "CUDA_EXTERNAL_MEMORY_BUFFER_DESC_st",
    ["CUDA_EXTERNAL_MEMORY_BUFFER_DESC_v1", "CUDA_EXTERNAL_MEMORY_BUFFER_DESC"],
    [
      ["offset", "unsigned long long"],
      ["size", "unsigned long long"],
      ["flags", "unsigned int"],
      ["reserved", "unsigned int[16]"],
    ],
  ),
  struct(
    "CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC_st",
    ["CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC_v1", "CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC"],
    [
      ["type", "CUexternalSemaphoreHandleType"],
      [
        "handle",
        nestedUnion(
          ["fd", "int"],
          ["win32", nestedStruct(["handle", "void *"], ["name", "const void *"])],
          ["nvSciSyncObj", "const void *"],
        ),
      ],
      ["flags", "unsigned int"],
      ["reserved", "unsigned int[16]"],
    ],
  ),
  struct(
    "CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS_st",
    ["CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS_v1", "CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS"],
    [
      [
        "params",
        nestedStruct(
          ["fence", nestedStruct(["value", "unsigned long long"])],
          ["nvSciSync", nestedUnion(["fence", "void *"], ["reserved", "unsigned long long"])],
          ["keyedMutex", nestedStruct(["key", "unsigned long long"])],
          ["reserved", "unsigned int[12]"],
        ),
      ],
      ["flags", "unsigned int"],
      ["reserved", "unsigned int[16]"],
    ],
  ),
  struct(
    "CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS_st",
    ["CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS_v1", "CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS"],
    [
      [
        "params",
        nestedStruct(
          ["fence", nestedStruct(["value", "unsigned long long"])],
          ["nvSciSync", nestedUnion(["fence", "void *"], ["reserved", "unsigned long long"])],
          [
            "keyedMutex",
            nestedStruct(["key", "unsigned long long"], ["timeoutMs", "unsigned int"]),
          ],
          ["reserved", "unsigned int[10]"],
        ),
      ],
      ["flags", "unsigned int"],
      ["reserved", "unsigned int[16]"],
    ],
  ),
];
