#include "green.h"

#include "entry.h"

#include <cstring>

namespace softcuda {

namespace {

constexpr uint32_t kMagic = 0x67706667; // "gfpg"

// As on GPUs of compute capability 8: groups of at least four, in steps of two; two where nothing is scheduled jointly.
constexpr unsigned kLeastCount = 4, kStep = 2;

/// In the bytes of a resource that are the driver's own.
struct Note {
  uint32_t magic;
  int32_t device;
  SmShare share;
};
static_assert(sizeof(Note) <= sizeof(CUdevResource::_internal_padding));

} // namespace

CUdevResource sm_resource(const Device &device, SmShare share) {
  CUdevResource resource{};
  if (share.count == 0) {
    resource.type = CU_DEV_RESOURCE_TYPE_INVALID;
    return resource;
  }
  const Note note{kMagic, device.ordinal(), share};
  memcpy(resource._internal_padding, &note, sizeof note);
  resource.type = CU_DEV_RESOURCE_TYPE_SM;
  resource.sm.smCount = share.count;
  resource.sm.minSmPartitionSize = kLeastCount;
  resource.sm.smCoscheduledAlignment = kStep;
  return resource;
}

CUresult read_resource(const CUdevResource &resource, Device **device, SmShare *share) {
  if (resource.type != CU_DEV_RESOURCE_TYPE_SM)
    return CUDA_ERROR_INVALID_RESOURCE_TYPE;
  Note note;
  memcpy(&note, resource._internal_padding, sizeof note);
  GF_REQUIRE(note.magic == kMagic && note.share.count == resource.sm.smCount);
  *device = Process::instance().device(note.device);
  GF_REQUIRE(*device && note.share.count > 0 && note.share.first < Device::kMultiprocessors &&
             note.share.count <= Device::kMultiprocessors - note.share.first);
  *share = note.share;
  return CUDA_SUCCESS;
}

CUresult split(SmShare share, unsigned least, unsigned flags, unsigned *groups, unsigned *each) {
  constexpr unsigned kKnown = CU_DEV_SM_RESOURCE_SPLIT_IGNORE_SM_COSCHEDULING |
                              CU_DEV_SM_RESOURCE_SPLIT_MAX_POTENTIAL_CLUSTER_SIZE;
  GF_REQUIRE((flags & ~kKnown) == 0);
  const unsigned smallest =
      flags & CU_DEV_SM_RESOURCE_SPLIT_IGNORE_SM_COSCHEDULING ? kStep : kLeastCount;
  if (least > share.count)
    return CUDA_ERROR_INVALID_RESOURCE_CONFIGURATION;
  *each = std::max(smallest, (least + kStep - 1) / kStep * kStep);
  *groups = share.count / *each;
  return *groups ? CUDA_SUCCESS : CUDA_ERROR_INVALID_RESOURCE_CONFIGURATION;
}

GreenContext::GreenContext(Device &device, SmShare share, Context &primary)
    : device(device), share(share), context(*new Context(primary, *this)), primary_id_(primary.id) {
}

CUresult GreenContext::create(const ResourceDesc &desc, GreenContext **out) {
  Context *primary;
  GF_TRY(desc.device.primary_retain(&primary));
  *out = new GreenContext(desc.device, desc.share, *primary);
  return CUDA_SUCCESS;
}

GreenContext::~GreenContext() {
  delete &context;
  if (context_lives(primary_id_)) // else it was reset, and our reference went with it
    device.primary_release();
}

} // namespace softcuda
