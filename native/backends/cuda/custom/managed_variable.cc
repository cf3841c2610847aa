// A __managed__ variable moves to pages that the guest has too: the heap's pages take the place of
// those that the driver gave it, so kernels go on using the address that was linked into them. NVIDIA's
// driver moves such pages by itself, and they cannot be replaced: there the guest gets a copy.
#include "backends/cuda/call.h"
#include "backends/cuda/kernel_facts.h"
#include "backends/cuda/managed_mirror.h"

#include <cstring>
#include <sys/mman.h>

namespace gpuferry::cuda {

namespace {

/// Puts a second mapping of the heap's pages at `variable`, filled with what is there now.
bool lay_under(std::byte *variable, uint64_t size_bytes, std::span<std::byte> heap) {
  std::memcpy(heap.data(), variable, size_bytes);
  // An old size of 0 maps the pages of a shared mapping a second time.
  return mremap(heap.data(), 0, heap.size(), MREMAP_MAYMOVE | MREMAP_FIXED, variable) == variable;
}

/// Whether this process may touch managed memory whatever the device does.
bool is_always_accessible(Call &call) {
  CUdevice device = 0;
  int concurrent = 0;
  return call.session().device(0, &device) &&
         call.driver().cuDeviceGetAttribute(
             &concurrent, CU_DEVICE_ATTRIBUTE_CONCURRENT_MANAGED_ACCESS, device) == CUDA_SUCCESS &&
         concurrent;
}

} // namespace

CUresult custom_cuLibraryGetManaged(Call &call) {
  const auto *args = call.args<gf_cuLibraryGetManaged_args>();
  if (!args)
    return call.poisoned();
  const std::string name = take_name(call, args->name_bytes);
  CUlibrary library = nullptr;
  if (const CUresult error = call.resolve(GF_KIND_LIBRARY, args->library, &library))
    return error;
  if (!library)
    return CUDA_ERROR_INVALID_HANDLE;
  auto *reply = call.reply<gf_cuLibraryGetManaged_reply>();
  const Driver &driver = call.driver();
  const bool is_soft = call.session().library.is_soft;
  if (!driver.cuLibraryGetManaged || (!is_soft && !is_always_accessible(call)))
    return call.missing("cuLibraryGetManaged");
  CUdeviceptr address = 0;
  size_t bytes = 0;
  if (const CUresult error = driver.cuLibraryGetManaged(&address, &bytes, library, name.c_str()))
    return error;
  reply->size_bytes = bytes;
  if (args->memory.size_bytes == 0)
    return CUDA_SUCCESS;
  const auto heap = call.heap(args->memory);
  const uint64_t pages_bytes = (bytes + GF_PAGE_BYTES - 1) / GF_PAGE_BYTES * GF_PAGE_BYTES;
  if (!heap || heap->size() != pages_bytes || args->memory.offset_bytes % GF_PAGE_BYTES != 0)
    return call.violate("a managed variable needs a block of its own size");
  auto *variable = reinterpret_cast<std::byte *>(address);
  if (!is_soft) {
    ManagedMirror::of_session().add(library, {variable, bytes}, *heap);
    return CUDA_SUCCESS;
  }
  if (address % GF_PAGE_BYTES != 0 || !lay_under(variable, bytes, *heap))
    return CUDA_ERROR_OUT_OF_MEMORY;
  return CUDA_SUCCESS;
}

} // namespace gpuferry::cuda
