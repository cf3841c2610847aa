// Physical memory whose handle may be held several times, and shared by descriptor.
#include "backends/cuda/call.h"
#include "backends/cuda/descriptors.h"

#include <unistd.h>

namespace gpuferry::cuda {

CUresult custom_cuMemRelease(Call &call) {
  const auto *args = call.args<gf_cuMemRelease_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuMemRelease;
  if (!native)
    return call.missing("cuMemRelease");
  auto *reply = call.reply<gf_cuMemRelease_reply>();
  CUmemGenericAllocationHandle memory = 0;
  if (const CUresult error = call.resolve(GF_KIND_ALLOCATION, args->memory, &memory))
    return error;
  if (const CUresult error = native(memory))
    return error;
  uint64_t freed_bytes = 0;
  reply->is_last = call.session().physical.released(memory, &freed_bytes);
  call.session().ledger.cancel(freed_bytes);
  if (reply->is_last)
    call.unbind(GF_KIND_ALLOCATION, args->memory);
  return CUDA_SUCCESS;
}

CUresult custom_cuMemExportToShareableHandle(Call &call) {
  const auto *args = call.args<gf_cuMemExportToShareableHandle_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuMemExportToShareableHandle;
  if (!native)
    return call.missing("cuMemExportToShareableHandle");
  CUmemGenericAllocationHandle memory = 0;
  if (const CUresult error = call.resolve(GF_KIND_ALLOCATION, args->memory, &memory))
    return error;
  const auto type = static_cast<CUmemAllocationHandleType>(args->type);
  if (type == CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR &&
      !may_share_descriptors(call, "cuMemExportToShareableHandle"))
    return CUDA_ERROR_NOT_SUPPORTED;
  int fd = -1;
  if (const CUresult error = native(&fd, memory, type, args->flags))
    return error;
  const bool sent = call.session().courier.send_descriptor(args->number, fd);
  close(fd);
  return sent ? CUDA_SUCCESS : CUDA_ERROR_OPERATING_SYSTEM;
}

CUresult custom_cuMemImportFromShareableHandle(Call &call) {
  const auto *args = call.args<gf_cuMemImportFromShareableHandle_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuMemImportFromShareableHandle;
  if (!native)
    return call.missing("cuMemImportFromShareableHandle");
  const auto type = static_cast<CUmemAllocationHandleType>(args->type);
  if (type != CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR ||
      !may_share_descriptors(call, "cuMemImportFromShareableHandle"))
    return CUDA_ERROR_NOT_SUPPORTED;
  const int fd = call.session().courier.take_descriptor(args->number);
  if (fd < 0)
    return CUDA_ERROR_INVALID_VALUE;
  CUmemGenericAllocationHandle memory = 0;
  const CUresult result =
      native(&memory, reinterpret_cast<void *>(static_cast<intptr_t>(fd)), type);
  close(fd);
  if (result != CUDA_SUCCESS)
    return result;
  call.session().physical.created(memory, 0); // whoever made it pays for it
  return call.bind(GF_KIND_ALLOCATION, args->memory, memory) ? CUDA_SUCCESS : call.poisoned();
}

} // namespace gpuferry::cuda
