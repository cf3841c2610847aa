// Pools of other sessions of the tenant, and what they allocated from them.
#include "backends/cuda/call.h"
#include "backends/cuda/descriptors.h"

#include <unistd.h>

namespace gpuferry::cuda {

CUresult custom_cuMemPoolExportToShareableHandle(Call &call) {
  const auto *args = call.args<gf_cuMemPoolExportToShareableHandle_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuMemPoolExportToShareableHandle;
  if (!native)
    return call.missing("cuMemPoolExportToShareableHandle");
  CUmemoryPool pool = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_MEMORY_POOL, args->pool, &pool))
    return error;
  const auto type = static_cast<CUmemAllocationHandleType>(args->type);
  if (type == CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR &&
      !may_share_descriptors(call, "cuMemPoolExportToShareableHandle"))
    return CUDA_ERROR_NOT_SUPPORTED;
  int fd = -1;
  if (const CUresult error = native(&fd, pool, type, args->flags))
    return error;
  const bool sent = call.session().courier.send_descriptor(args->number, fd);
  close(fd);
  return sent ? CUDA_SUCCESS : CUDA_ERROR_OPERATING_SYSTEM;
}

CUresult custom_cuMemPoolImportFromShareableHandle(Call &call) {
  const auto *args = call.args<gf_cuMemPoolImportFromShareableHandle_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuMemPoolImportFromShareableHandle;
  if (!native)
    return call.missing("cuMemPoolImportFromShareableHandle");
  const auto type = static_cast<CUmemAllocationHandleType>(args->type);
  if (type != CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR ||
      !may_share_descriptors(call, "cuMemPoolImportFromShareableHandle"))
    return CUDA_ERROR_NOT_SUPPORTED;
  const int fd = call.session().courier.take_descriptor(args->number);
  if (fd < 0)
    return CUDA_ERROR_INVALID_VALUE;
  CUmemoryPool pool = nullptr;
  const CUresult result =
      native(&pool, reinterpret_cast<void *>(static_cast<intptr_t>(fd)), type, args->flags);
  close(fd);
  if (result != CUDA_SUCCESS)
    return result;
  return call.bind(GF_KIND_MEMORY_POOL, args->pool, pool) ? CUDA_SUCCESS : call.poisoned();
}

CUresult custom_cuMemPoolExportPointer(Call &call) {
  const auto *args = call.args<gf_cuMemPoolExportPointer_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuMemPoolExportPointer;
  if (!native)
    return call.missing("cuMemPoolExportPointer");
  CUmemPoolPtrExportData data{};
  if (const CUresult error = native(&data, args->address))
    return error;
  call.session().seal.give(data, call.reply<gf_cuMemPoolExportPointer_reply>()->data);
  return CUDA_SUCCESS;
}

// Whoever allocated the memory pays for it.
CUresult custom_cuMemPoolImportPointer(Call &call) {
  const auto *args = call.args<gf_cuMemPoolImportPointer_args>();
  if (!args)
    return call.poisoned();
  auto *native = call.driver().cuMemPoolImportPointer;
  if (!native)
    return call.missing("cuMemPoolImportPointer");
  CUmemoryPool pool = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_MEMORY_POOL, args->pool, &pool))
    return error;
  auto data = call.session().seal.take<CUmemPoolPtrExportData>(args->data);
  CUdeviceptr address = 0, base = 0;
  size_t bytes = 0;
  if (const CUresult error = native(&address, pool, &data))
    return error;
  call.driver().cuMemGetAddressRange_v2(&base, &bytes, address);
  auto *reply = call.reply<gf_cuMemPoolImportPointer_reply>();
  reply->address = address;
  reply->size_bytes = base + bytes - address;
  return CUDA_SUCCESS;
}

} // namespace gpuferry::cuda
