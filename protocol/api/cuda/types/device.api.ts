/** Devices, contexts and what fits nowhere else. */
import { enumeration, nestedStruct, nestedUnion, struct, type TypeDecl } from "../../model.ts";

export const deviceTypes: readonly TypeDecl[] = [
  enumeration("CUctx_flags_enum", ["CUctx_flags"], {
    CU_CTX_SCHED_AUTO: 0,
    CU_CTX_SCHED_SPIN: 1,
    CU_CTX_SCHED_YIELD: 2,
    CU_CTX_SCHED_BLOCKING_SYNC: 4,
    CU_CTX_BLOCKING_SYNC: 4,
    CU_CTX_SCHED_MASK: 7,
    CU_CTX_MAP_HOST: 8,
    CU_CTX_LMEM_RESIZE_TO_MAX: 16,
    CU_CTX_COREDUMP_ENABLE: 32,
    CU_CTX_USER_COREDUMP_ENABLE: 64,
    CU_CTX_SYNC_MEMOPS: 128,
    CU_CTX_FLAGS_MASK: 255,
  }),
  enumeration("CUasyncNotificationType_enum", ["CUasyncNotificationType"], {
    CU_ASYNC_NOTIFICATION_TYPE_OVER_BUDGET: 1,
  }),
  enumeration("CUcomputemode_enum", ["CUcomputemode"], {
    CU_COMPUTEMODE_DEFAULT: 0,
    CU_COMPUTEMODE_PROHIBITED: 2,
    CU_COMPUTEMODE_EXCLUSIVE_PROCESS: 3,
  }),
  enumeration("CUlimit_enum", ["CUlimit"], {
    CU_LIMIT_STACK_SIZE: 0,
    CU_LIMIT_PRINTF_FIFO_SIZE: 1,
    CU_LIMIT_MALLOC_HEAP_SIZE: 2,
    CU_LIMIT_DEV_RUNTIME_SYNC_DEPTH: 3,
    CU_LIMIT_DEV_RUNTIME_PENDING_LAUNCH_COUNT: 4,
    CU_LIMIT_MAX_L2_FETCH_GRANULARITY: 5,
    CU_LIMIT_PERSISTING_L2_CACHE_SIZE: 6,
    CU_LIMIT_SHMEM_SIZE: 7,
    CU_LIMIT_CIG_ENABLED: 8,
    CU_LIMIT_CIG_SHMEM_FALLBACK_ENABLED: 9,
    CU_LIMIT_MAX: 10,
  }),
  enumeration("CUdriverProcAddress_flags_enum", ["CUdriverProcAddress_flags"], {
    CU_GET_PROC_ADDRESS_DEFAULT: 0,
    CU_GET_PROC_ADDRESS_LEGACY_STREAM: 1,
    CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM: 2,
  }),
  enumeration("CUdriverProcAddressQueryResult_enum", ["CUdriverProcAddressQueryResult"], {
    CU_GET_PROC_ADDRESS_SUCCESS: 0,
    CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND: 1,
    CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT: 2,
  }),
  enumeration("CUexecAffinityType_enum", ["CUexecAffinityType"], {
    CU_EXEC_AFFINITY_TYPE_SM_COUNT: 0,
    CU_EXEC_AFFINITY_TYPE_MAX: 1,
  }),
  enumeration("CUcigDataType_enum", ["CUcigDataType"], {
    CIG_DATA_TYPE_D3D12_COMMAND_QUEUE: 1,
    CIG_DATA_TYPE_NV_BLOB: 2,
  }),
  enumeration("CUdevice_P2PAttribute_enum", ["CUdevice_P2PAttribute"], {
    CU_DEVICE_P2P_ATTRIBUTE_PERFORMANCE_RANK: 1,
    CU_DEVICE_P2P_ATTRIBUTE_ACCESS_SUPPORTED: 2,
    CU_DEVICE_P2P_ATTRIBUTE_NATIVE_ATOMIC_SUPPORTED: 3,
    CU_DEVICE_P2P_ATTRIBUTE_ACCESS_ACCESS_SUPPORTED: 4,
    CU_DEVICE_P2P_ATTRIBUTE_CUDA_ARRAY_ACCESS_SUPPORTED: 4,
    CU_DEVICE_P2P_ATTRIBUTE_ONLY_PARTIAL_NATIVE_ATOMIC_SUPPORTED: 5,
  }),
  enumeration("CUatomicOperation_enum", ["CUatomicOperation"], {
    CU_ATOMIC_OPERATION_INTEGER_ADD: 0,
    CU_ATOMIC_OPERATION_INTEGER_MIN: 1,
    CU_ATOMIC_OPERATION_INTEGER_MAX: 2,
    CU_ATOMIC_OPERATION_INTEGER_INCREMENT: 3,
    CU_ATOMIC_OPERATION_INTEGER_DECREMENT: 4,
    CU_ATOMIC_OPERATION_AND: 5,
    CU_ATOMIC_OPERATION_OR: 6,
    CU_ATOMIC_OPERATION_XOR: 7,
    CU_ATOMIC_OPERATION_EXCHANGE: 8,
    CU_ATOMIC_OPERATION_CAS: 9,
    CU_ATOMIC_OPERATION_FLOAT_ADD: 10,
    CU_ATOMIC_OPERATION_FLOAT_MIN: 11,
    CU_ATOMIC_OPERATION_FLOAT_MAX: 12,
    CU_ATOMIC_OPERATION_MAX: 13,
  }),
  enumeration("CUatomicOperationCapability_enum", ["CUatomicOperationCapability"], {
    CU_ATOMIC_CAPABILITY_SIGNED: 0,
    CU_ATOMIC_CAPABILITY_UNSIGNED: 1,
    CU_ATOMIC_CAPABILITY_REDUCTION: 2,
    CU_ATOMIC_CAPABILITY_SCALAR_32: 3,
    CU_ATOMIC_CAPABILITY_SCALAR_64: 4,
    CU_ATOMIC_CAPABILITY_SCALAR_128: 5,
    CU_ATOMIC_CAPABILITY_VECTOR_32x4: 6,
  }),
  enumeration("CUflushGPUDirectRDMAWritesOptions_enum", ["CUflushGPUDirectRDMAWritesOptions"], {
    CU_FLUSH_GPU_DIRECT_RDMA_WRITES_OPTION_HOST: 1,
    CU_FLUSH_GPU_DIRECT_RDMA_WRITES_OPTION_MEMOPS: 2,
  }),
  enumeration("CUGPUDirectRDMAWritesOrdering_enum", ["CUGPUDirectRDMAWritesOrdering"], {
    CU_GPU_DIRECT_RDMA_WRITES_ORDERING_NONE: 0,
    CU_GPU_DIRECT_RDMA_WRITES_ORDERING_OWNER: 100,
    CU_GPU_DIRECT_RDMA_WRITES_ORDERING_ALL_DEVICES: 200,
  }),
  enumeration("CUflushGPUDirectRDMAWritesScope_enum", ["CUflushGPUDirectRDMAWritesScope"], {
    CU_FLUSH_GPU_DIRECT_RDMA_WRITES_TO_OWNER: 100,
    CU_FLUSH_GPU_DIRECT_RDMA_WRITES_TO_ALL_DEVICES: 200,
  }),
  enumeration("CUflushGPUDirectRDMAWritesTarget_enum", ["CUflushGPUDirectRDMAWritesTarget"], {
    CU_FLUSH_GPU_DIRECT_RDMA_WRITES_TARGET_CURRENT_CTX: 0,
  }),
  enumeration("CUdeviceNumaConfig_enum", ["CUdeviceNumaConfig"], {
    CU_DEVICE_NUMA_CONFIG_NONE: 0,
    CU_DEVICE_NUMA_CONFIG_NUMA_NODE: 1,
  }),
  enumeration("CUprocessState_enum", ["CUprocessState"], {
    CU_PROCESS_STATE_RUNNING: 0,
    CU_PROCESS_STATE_LOCKED: 1,
    CU_PROCESS_STATE_CHECKPOINTED: 2,
    CU_PROCESS_STATE_FAILED: 3,
  }),
  enumeration("CUcoredumpSettings_enum", ["CUcoredumpSettings"], {
    CU_COREDUMP_ENABLE_ON_EXCEPTION: 1,
    CU_COREDUMP_TRIGGER_HOST: 2,
    CU_COREDUMP_LIGHTWEIGHT: 3,
    CU_COREDUMP_ENABLE_USER_TRIGGER: 4,
    CU_COREDUMP_FILE: 5,
    CU_COREDUMP_PIPE: 6,
    CU_COREDUMP_GENERATION_FLAGS: 7,
    CU_COREDUMP_MAX: 8,
  }),
  enumeration("CUCoredumpGenerationFlags", ["CUCoredumpGenerationFlags"], {
    CU_COREDUMP_DEFAULT_FLAGS: 0,
    CU_COREDUMP_SKIP_NONRELOCATED_ELF_IMAGES: 1,
    CU_COREDUMP_SKIP_GLOBAL_MEMORY: 2,
    CU_COREDUMP_SKIP_SHARED_MEMORY: 4,
    CU_COREDUMP_SKIP_LOCAL_MEMORY: 8,
    CU_COREDUMP_SKIP_ABORT: 16,
    CU_COREDUMP_SKIP_CONSTBANK_MEMORY: 32,
    CU_COREDUMP_LIGHTWEIGHT_FLAGS: 47,
  }),
  enumeration("CUgreenCtxCreate_flags_enum", ["CUgreenCtxCreate_flags"], {
    CU_GREEN_CTX_DEFAULT_STREAM: 1,
  }),
  enumeration("CUdevSmResourceSplit_flags_enum", ["CUdevSmResourceSplit_flags"], {
    CU_DEV_SM_RESOURCE_SPLIT_IGNORE_SM_COSCHEDULING: 1,
    CU_DEV_SM_RESOURCE_SPLIT_MAX_POTENTIAL_CLUSTER_SIZE: 2,
  }),
  enumeration("CUlogLevel_enum", ["CUlogLevel"], {
    CU_LOG_LEVEL_ERROR: 0,
    CU_LOG_LEVEL_WARNING: 1,
  }),
  struct("CUuuid_st", ["CUuuid"], [["bytes", "char[16]"]]),
  struct(
    "CUasyncNotificationInfo_st",
    ["CUasyncNotificationInfo"],
    [
      ["type", "CUasyncNotificationType"],
      [
        "info",
        nestedUnion(["overBudget", nestedStruct(["bytesOverBudget", "unsigned long long"])]),
      ],
    ],
  ),
  struct(
    "CUdevprop_st",
    ["CUdevprop_v1", "CUdevprop"],
    [
      ["maxThreadsPerBlock", "int"],
      ["maxThreadsDim", "int[3]"],
      ["maxGridSize", "int[3]"],
      ["sharedMemPerBlock", "int"],
      ["totalConstantMemory", "int"],
      ["SIMDWidth", "int"],
      ["memPitch", "int"],
      ["regsPerBlock", "int"],
      ["clockRate", "int"],
      ["textureAlign", "int"],
    ],
  ),
  struct(
    "CUexecAffinitySmCount_st",
    ["CUexecAffinitySmCount_v1", "CUexecAffinitySmCount"],
    [["val", "unsigned int"]],
  ),
  struct(
    "CUexecAffinityParam_st",
    ["CUexecAffinityParam_v1", "CUexecAffinityParam"],
    [
      ["type", "CUexecAffinityType"],
      ["param", nestedUnion(["smCount", "CUexecAffinitySmCount"])],
    ],
  ),
  struct(
    "CUctxCigParam_st",
    ["CUctxCigParam"],
    [
      ["sharedDataType", "CUcigDataType"],
      ["sharedData", "void *"],
    ],
  ),
  struct(
    "CUctxCreateParams_st",
    ["CUctxCreateParams"],
    [
      ["execAffinityParams", "CUexecAffinityParam *"],
      ["numExecAffinityParams", "int"],
      ["cigParams", "CUctxCigParam *"],
    ],
  ),
  struct(
    "CUoffset3D_st",
    ["CUoffset3D_v1", "CUoffset3D"],
    [
      ["x", "size_t"],
      ["y", "size_t"],
      ["z", "size_t"],
    ],
  ),
  struct(
    "CUextent3D_st",
    ["CUextent3D_v1", "CUextent3D"],
    [
      ["width", "size_t"],
      ["height", "size_t"],
      ["depth", "size_t"],
    ],
  ),
  struct(
    "CUcheckpointLockArgs_st",
    ["CUcheckpointLockArgs"],
    [
      ["timeoutMs", "unsigned int"],
      ["reserved0", "unsigned int"],
      ["reserved1", "cuuint64_t[7]"],
    ],
  ),
  struct(
    "CUcheckpointCheckpointArgs_st",
    ["CUcheckpointCheckpointArgs"],
    [["reserved", "cuuint64_t[8]"]],
  ),
  struct(
    "CUcheckpointGpuPair_st",
    ["CUcheckpointGpuPair"],
    [
      ["oldUuid", "CUuuid"],
      ["newUuid", "CUuuid"],
    ],
  ),
  struct(
    "CUcheckpointRestoreArgs_st",
    ["CUcheckpointRestoreArgs"],
    [
      ["gpuPairs", "CUcheckpointGpuPair *"],
      ["gpuPairsCount", "unsigned int"],
      ["reserved", "char[44]"],
      ["reserved1", "cuuint64_t"],
    ],
  ),
  struct("CUcheckpointUnlockArgs_st", ["CUcheckpointUnlockArgs"], [["reserved", "cuuint64_t[8]"]]),
  struct(
    "CUdevSmResource_st",
    ["CUdevSmResource"],
    [
      ["smCount", "unsigned int"],
      ["minSmPartitionSize", "unsigned int"],
      ["smCoscheduledAlignment", "unsigned int"],
    ],
  ),
  struct(
    "CUdevResource_st",
    ["CUdevResource_v1", "CUdevResource"],
    [
      ["type", "CUdevResourceType"],
      ["_internal_padding", "unsigned char[92]"],
      ["", nestedUnion(["sm", "CUdevSmResource"], ["_oversize", "unsigned char[48]"])],
    ],
  ),
  enumeration("CUoutput_mode_enum", ["CUoutput_mode"], {
    CU_OUT_KEY_VALUE_PAIR: 0,
    CU_OUT_CSV: 1,
  }),
];
