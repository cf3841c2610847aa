// Advice and prefetching for managed memory. Host and device share it, so nothing has to move; what
// was advised is remembered, since programs may ask.
#include "../entry.h"
#include "../memory.h"

#include <algorithm>
#include <span>

using namespace softcuda;

namespace {

constexpr int kHost = -1, kNowhere = -2;

CUresult check_range(CUdeviceptr address, size_t bytes) {
  auto found = AddressMap::instance().find(address);
  GF_REQUIRE(bytes && found && found->kind == MemoryKind::Managed && found->covers(address, bytes));
  return CUDA_SUCCESS;
}

CUresult place_of(const CUmemLocation &location, int *place) {
  switch (location.type) {
  case CU_MEM_LOCATION_TYPE_DEVICE:
    *place = location.id;
    return Process::instance().device(location.id) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
  case CU_MEM_LOCATION_TYPE_HOST:
  case CU_MEM_LOCATION_TYPE_HOST_NUMA:
  case CU_MEM_LOCATION_TYPE_HOST_NUMA_CURRENT:
    *place = kHost;
    return CUDA_SUCCESS;
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
}

uint64_t device_bit(int place) { return place >= 0 && place < 64 ? uint64_t{1} << place : 0; }

void set_accessed_by(Allocation &allocation, int place, bool accessed) {
  if (place == kHost)
    allocation.host_accesses = accessed;
  else if (accessed)
    allocation.accessed_by |= device_bit(place);
  else
    allocation.accessed_by &= ~device_bit(place);
}

/// The devices in their order, then the host, then nothing.
void list_accessed_by(const Allocation &allocation, std::span<int> list) {
  size_t listed = 0;
  for (int device = 0; device < 64 && listed < list.size(); device++) {
    if (allocation.accessed_by & device_bit(device))
      list[listed++] = device;
  }
  if (allocation.host_accesses && listed < list.size())
    list[listed++] = kHost;
  std::fill(list.begin() + listed, list.end(), kNowhere);
}

} // namespace

GF_API cuMemAdvise_v2(CUdeviceptr address, size_t bytes, CUmem_advise advice,
                      CUmemLocation location) {
  Context *context;
  GF_TRY(enter(&context));
  GF_TRY(check_range(address, bytes));
  int place = kNowhere;
  if (advice == CU_MEM_ADVISE_SET_PREFERRED_LOCATION || advice == CU_MEM_ADVISE_SET_ACCESSED_BY ||
      advice == CU_MEM_ADVISE_UNSET_ACCESSED_BY)
    GF_TRY(place_of(location, &place));
  GF_REQUIRE(advice >= CU_MEM_ADVISE_SET_READ_MOSTLY && advice <= CU_MEM_ADVISE_UNSET_ACCESSED_BY);
  AddressMap::instance().update(address, [&](Allocation &a) {
    if (advice == CU_MEM_ADVISE_SET_READ_MOSTLY || advice == CU_MEM_ADVISE_UNSET_READ_MOSTLY)
      a.read_mostly = advice == CU_MEM_ADVISE_SET_READ_MOSTLY;
    else if (advice == CU_MEM_ADVISE_SET_PREFERRED_LOCATION ||
             advice == CU_MEM_ADVISE_UNSET_PREFERRED_LOCATION)
      a.preferred_location = place;
    else
      set_accessed_by(a, place, advice == CU_MEM_ADVISE_SET_ACCESSED_BY);
  });
  return CUDA_SUCCESS;
}

namespace {
CUmemLocation location_of(CUdevice device) {
  CUmemLocation location{};
  location.type = device == CU_DEVICE_CPU ? CU_MEM_LOCATION_TYPE_HOST : CU_MEM_LOCATION_TYPE_DEVICE;
  location.id = device == CU_DEVICE_CPU ? 0 : device;
  return location;
}
} // namespace

GF_API cuMemAdvise(CUdeviceptr address, size_t bytes, CUmem_advise advice, CUdevice device) {
  return cuMemAdvise_v2(address, bytes, advice, location_of(device));
}

GF_API cuMemPrefetchAsync_v2(CUdeviceptr address, size_t bytes, CUmemLocation location,
                             unsigned int flags, CUstream handle) {
  Stream *stream;
  GF_TRY(enter(handle, &stream));
  GF_REQUIRE(flags == 0);
  GF_TRY(check_range(address, bytes));
  int place;
  GF_TRY(place_of(location, &place));
  AddressMap::instance().update(address, [place](Allocation &a) { a.last_prefetch = place; });
  return CUDA_SUCCESS;
}

GF_API cuMemPrefetchAsync(CUdeviceptr address, size_t bytes, CUdevice device, CUstream stream) {
  return cuMemPrefetchAsync_v2(address, bytes, location_of(device), 0, stream);
}

GF_API cuMemRangeGetAttribute(void *out, size_t out_bytes, CUmem_range_attribute which,
                              CUdeviceptr address, size_t bytes) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(out && out_bytes >= sizeof(int) && out_bytes % sizeof(int) == 0);
  GF_TRY(check_range(address, bytes));
  auto found = AddressMap::instance().find(address);
  auto *words = static_cast<int *>(out);
  auto type_of = [](int place) {
    return place == kNowhere ? CU_MEM_LOCATION_TYPE_INVALID
           : place == kHost  ? CU_MEM_LOCATION_TYPE_HOST
                             : CU_MEM_LOCATION_TYPE_DEVICE;
  };
  switch (which) {
  case CU_MEM_RANGE_ATTRIBUTE_READ_MOSTLY:
    *words = found->read_mostly;
    break;
  case CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION:
    *words = found->preferred_location;
    break;
  case CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION:
    *words = found->last_prefetch;
    break;
  case CU_MEM_RANGE_ATTRIBUTE_ACCESSED_BY:
    list_accessed_by(*found, {words, out_bytes / sizeof(int)});
    break;
  case CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_TYPE:
    *words = type_of(found->preferred_location);
    break;
  case CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_ID:
    *words = found->preferred_location;
    break;
  case CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_TYPE:
    *words = type_of(found->last_prefetch);
    break;
  case CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_ID:
    *words = found->last_prefetch;
    break;
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
  return CUDA_SUCCESS;
}

GF_API cuMemRangeGetAttributes(void **out, size_t *out_bytes, CUmem_range_attribute *attributes,
                               size_t count, CUdeviceptr address, size_t bytes) {
  GF_REQUIRE(out && out_bytes && attributes && count);
  for (size_t i = 0; i < count; i++)
    GF_TRY(cuMemRangeGetAttribute(out[i], out_bytes[i], attributes[i], address, bytes));
  return CUDA_SUCCESS;
}
