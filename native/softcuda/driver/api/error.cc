// Names and texts of errors, and the refusal of what is not implemented.
#include "../entry.h"

#include <mutex>
#include <set>
#include <string>

using namespace softcuda;

namespace {

struct Row {
  CUresult code;
  const char *name, *text;
};

const Row kRows[] = {
#define GF_ERROR(code, text) {code, #code, text}
    GF_ERROR(CUDA_SUCCESS, "no error"),
    GF_ERROR(CUDA_ERROR_INVALID_VALUE, "invalid argument"),
    GF_ERROR(CUDA_ERROR_OUT_OF_MEMORY, "out of memory"),
    GF_ERROR(CUDA_ERROR_NOT_INITIALIZED, "initialization error"),
    GF_ERROR(CUDA_ERROR_DEINITIALIZED, "driver shutting down"),
    GF_ERROR(CUDA_ERROR_PROFILER_DISABLED, "profiler disabled while using external profiling tool"),
    GF_ERROR(CUDA_ERROR_PROFILER_NOT_INITIALIZED, "profiler not initialized"),
    GF_ERROR(CUDA_ERROR_PROFILER_ALREADY_STARTED, "profiler already started"),
    GF_ERROR(CUDA_ERROR_PROFILER_ALREADY_STOPPED, "profiler already stopped"),
    GF_ERROR(CUDA_ERROR_STUB_LIBRARY, "CUDA driver is a stub library"),
    GF_ERROR(CUDA_ERROR_CALL_REQUIRES_NEWER_DRIVER, "API call requires a newer CUDA driver"),
    GF_ERROR(CUDA_ERROR_DEVICE_UNAVAILABLE, "CUDA-capable device(s) is/are busy or unavailable"),
    GF_ERROR(CUDA_ERROR_NO_DEVICE, "no CUDA-capable device is detected"),
    GF_ERROR(CUDA_ERROR_INVALID_DEVICE, "invalid device ordinal"),
    GF_ERROR(CUDA_ERROR_DEVICE_NOT_LICENSED, "device doesn't have valid Grid license"),
    GF_ERROR(CUDA_ERROR_INVALID_IMAGE, "device kernel image is invalid"),
    GF_ERROR(CUDA_ERROR_INVALID_CONTEXT, "invalid device context"),
    GF_ERROR(CUDA_ERROR_CONTEXT_ALREADY_CURRENT, "context already current"),
    GF_ERROR(CUDA_ERROR_MAP_FAILED, "mapping of buffer object failed"),
    GF_ERROR(CUDA_ERROR_UNMAP_FAILED, "unmapping of buffer object failed"),
    GF_ERROR(CUDA_ERROR_ARRAY_IS_MAPPED, "array is mapped"),
    GF_ERROR(CUDA_ERROR_ALREADY_MAPPED, "resource already mapped"),
    GF_ERROR(CUDA_ERROR_NO_BINARY_FOR_GPU,
             "no kernel image is available for execution on the device"),
    GF_ERROR(CUDA_ERROR_ALREADY_ACQUIRED, "resource already acquired"),
    GF_ERROR(CUDA_ERROR_NOT_MAPPED, "resource not mapped"),
    GF_ERROR(CUDA_ERROR_NOT_MAPPED_AS_ARRAY, "resource not mapped as array"),
    GF_ERROR(CUDA_ERROR_NOT_MAPPED_AS_POINTER, "resource not mapped as pointer"),
    GF_ERROR(CUDA_ERROR_ECC_UNCORRECTABLE, "uncorrectable ECC error encountered"),
    GF_ERROR(CUDA_ERROR_UNSUPPORTED_LIMIT, "limit is not supported on this architecture"),
    GF_ERROR(CUDA_ERROR_CONTEXT_ALREADY_IN_USE,
             "exclusive-thread device already in use by a different thread"),
    GF_ERROR(CUDA_ERROR_PEER_ACCESS_UNSUPPORTED,
             "peer access is not supported between these two devices"),
    GF_ERROR(CUDA_ERROR_INVALID_PTX, "a PTX JIT compilation failed"),
    GF_ERROR(CUDA_ERROR_INVALID_GRAPHICS_CONTEXT, "invalid OpenGL or DirectX context"),
    GF_ERROR(CUDA_ERROR_NVLINK_UNCORRECTABLE,
             "uncorrectable NVLink error detected during the execution"),
    GF_ERROR(CUDA_ERROR_JIT_COMPILER_NOT_FOUND, "PTX JIT compiler library not found"),
    GF_ERROR(CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
             "the provided PTX was compiled with an unsupported toolchain."),
    GF_ERROR(CUDA_ERROR_JIT_COMPILATION_DISABLED, "PTX JIT compilation was disabled"),
    GF_ERROR(CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY,
             "the provided execution affinity is not supported"),
    GF_ERROR(CUDA_ERROR_UNSUPPORTED_DEVSIDE_SYNC,
             "the provided PTX contains unsupported call to cudaDeviceSynchronize"),
    GF_ERROR(CUDA_ERROR_CONTAINED,
             "Invalid access of peer GPU memory over nvlink or a hardware error"),
    GF_ERROR(CUDA_ERROR_INVALID_SOURCE, "device kernel image is invalid"),
    GF_ERROR(CUDA_ERROR_FILE_NOT_FOUND, "file not found"),
    GF_ERROR(CUDA_ERROR_SHARED_OBJECT_SYMBOL_NOT_FOUND, "shared object symbol not found"),
    GF_ERROR(CUDA_ERROR_SHARED_OBJECT_INIT_FAILED, "shared object initialization failed"),
    GF_ERROR(CUDA_ERROR_OPERATING_SYSTEM, "OS call failed or operation not supported on this OS"),
    GF_ERROR(CUDA_ERROR_INVALID_HANDLE, "invalid resource handle"),
    GF_ERROR(CUDA_ERROR_ILLEGAL_STATE, "the operation cannot be performed in the present state"),
    GF_ERROR(CUDA_ERROR_LOSSY_QUERY, "attempted introspection would be semantically lossy"),
    GF_ERROR(CUDA_ERROR_NOT_FOUND, "named symbol not found"),
    GF_ERROR(CUDA_ERROR_NOT_READY, "device not ready"),
    GF_ERROR(CUDA_ERROR_ILLEGAL_ADDRESS, "an illegal memory access was encountered"),
    GF_ERROR(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, "too many resources requested for launch"),
    GF_ERROR(CUDA_ERROR_LAUNCH_TIMEOUT, "the launch timed out and was terminated"),
    GF_ERROR(CUDA_ERROR_LAUNCH_INCOMPATIBLE_TEXTURING, "launch uses incompatible texturing mode"),
    GF_ERROR(CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED, "peer access is already enabled"),
    GF_ERROR(CUDA_ERROR_PEER_ACCESS_NOT_ENABLED, "peer access has not been enabled"),
    GF_ERROR(CUDA_ERROR_PRIMARY_CONTEXT_ACTIVE,
             "cannot set while device is active in this process"),
    GF_ERROR(CUDA_ERROR_CONTEXT_IS_DESTROYED, "context is destroyed"),
    GF_ERROR(CUDA_ERROR_ASSERT, "device-side assert triggered"),
    GF_ERROR(CUDA_ERROR_TOO_MANY_PEERS, "peer mapping resources exhausted"),
    GF_ERROR(CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED,
             "part or all of the requested memory range is already mapped"),
    GF_ERROR(CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED,
             "pointer does not correspond to a registered memory region"),
    GF_ERROR(CUDA_ERROR_HARDWARE_STACK_ERROR, "hardware stack error"),
    GF_ERROR(CUDA_ERROR_ILLEGAL_INSTRUCTION, "an illegal instruction was encountered"),
    GF_ERROR(CUDA_ERROR_MISALIGNED_ADDRESS, "misaligned address"),
    GF_ERROR(CUDA_ERROR_INVALID_ADDRESS_SPACE,
             "operation not supported on global/shared address space"),
    GF_ERROR(CUDA_ERROR_INVALID_PC, "invalid program counter"),
    GF_ERROR(CUDA_ERROR_LAUNCH_FAILED, "unspecified launch failure"),
    GF_ERROR(CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE, "too many blocks in cooperative launch"),
    GF_ERROR(CUDA_ERROR_TENSOR_MEMORY_LEAK, "tensor memory not completely freed"),
    GF_ERROR(CUDA_ERROR_NOT_PERMITTED, "operation not permitted"),
    GF_ERROR(CUDA_ERROR_NOT_SUPPORTED, "operation not supported"),
    GF_ERROR(CUDA_ERROR_SYSTEM_NOT_READY, "system not yet initialized"),
    GF_ERROR(CUDA_ERROR_SYSTEM_DRIVER_MISMATCH,
             "system has unsupported display driver / cuda driver combination"),
    GF_ERROR(CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE,
             "forward compatibility was attempted on non supported HW"),
    GF_ERROR(CUDA_ERROR_MPS_CONNECTION_FAILED,
             "MPS client failed to connect to the MPS control daemon or the MPS server"),
    GF_ERROR(CUDA_ERROR_MPS_RPC_FAILURE,
             "the remote procedural call between the MPS server and the MPS client failed"),
    GF_ERROR(CUDA_ERROR_MPS_SERVER_NOT_READY,
             "MPS server is not ready to accept new MPS client requests"),
    GF_ERROR(CUDA_ERROR_MPS_MAX_CLIENTS_REACHED,
             "the hardware resources required to create MPS client have been exhausted"),
    GF_ERROR(CUDA_ERROR_MPS_MAX_CONNECTIONS_REACHED,
             "the hardware resources required to support device connections have been exhausted"),
    GF_ERROR(CUDA_ERROR_MPS_CLIENT_TERMINATED, "the MPS client has been terminated by the server"),
    GF_ERROR(CUDA_ERROR_CDP_NOT_SUPPORTED, "is using CUDA Dynamic Parallelism, but the current "
                                           "configuration, like MPS, does not support it"),
    GF_ERROR(CUDA_ERROR_CDP_VERSION_MISMATCH,
             "unsupported interaction between different versions of CUDA Dynamic Parallelism"),
    GF_ERROR(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
             "operation not permitted when stream is capturing"),
    GF_ERROR(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED,
             "operation failed due to a previous error during capture"),
    GF_ERROR(CUDA_ERROR_STREAM_CAPTURE_MERGE,
             "operation would result in a merge of separate capture sequences"),
    GF_ERROR(CUDA_ERROR_STREAM_CAPTURE_UNMATCHED,
             "capture was not ended in the same stream as it began"),
    GF_ERROR(CUDA_ERROR_STREAM_CAPTURE_UNJOINED, "capturing stream has unjoined work"),
    GF_ERROR(CUDA_ERROR_STREAM_CAPTURE_ISOLATION,
             "dependency created on uncaptured work in another stream"),
    GF_ERROR(CUDA_ERROR_STREAM_CAPTURE_IMPLICIT,
             "operation would make the legacy stream depend on a capturing blocking stream"),
    GF_ERROR(CUDA_ERROR_CAPTURED_EVENT,
             "operation not permitted on an event last recorded in a capturing stream"),
    GF_ERROR(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD,
             "attempt to terminate a thread-local capture sequence from another thread"),
    GF_ERROR(CUDA_ERROR_TIMEOUT, "wait operation timed out"),
    GF_ERROR(CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE,
             "the graph update was not performed because it included changes which violated "
             "constraints specific to instantiated graph update"),
    GF_ERROR(CUDA_ERROR_EXTERNAL_DEVICE,
             "an async error has occured in external entity outside of CUDA"),
    GF_ERROR(CUDA_ERROR_INVALID_CLUSTER_SIZE,
             "a cluster launch failed because of an invalid cluster dimension"),
    GF_ERROR(CUDA_ERROR_FUNCTION_NOT_LOADED, "requested function handle is not loaded"),
    GF_ERROR(CUDA_ERROR_INVALID_RESOURCE_TYPE,
             "one or more resources passed in are not valid resource types for the operation"),
    GF_ERROR(CUDA_ERROR_INVALID_RESOURCE_CONFIGURATION,
             "one or more resources are insufficient or non-applicable for the operation"),
    GF_ERROR(CUDA_ERROR_KEY_ROTATION, "an error happened during the key rotation sequence"),
    GF_ERROR(CUDA_ERROR_UNKNOWN, "unknown error"),
#undef GF_ERROR
};

const Row *find(CUresult code) {
  for (const Row &row : kRows)
    if (row.code == code)
      return &row;
  return nullptr;
}

} // namespace

GF_API cuGetErrorName(CUresult code, const char **name) {
  GF_REQUIRE(name);
  const Row *row = find(code);
  *name = row ? row->name : nullptr;
  return row ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

GF_API cuGetErrorString(CUresult code, const char **text) {
  GF_REQUIRE(text);
  const Row *row = find(code);
  *text = row ? row->text : nullptr;
  return row ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

/// For the generated refusals: one line for each function that a program misses.
extern "C" CUresult gf_refuse(const char *symbol, const char *why) {
  if (CUresult error = softcuda::Process::instance().check())
    return error; // as every call before cuInit
  static std::mutex mutex;
  static auto *said = new std::set<std::string>;
  std::lock_guard lock(mutex);
  if (said->insert(symbol).second)
    complain("%s is not supported: %s", symbol, why);
  return CUDA_ERROR_NOT_SUPPORTED;
}
