// Green contexts: a share of a device's multiprocessors, and streams that use it.
//
// The share is what the device says of itself and nothing more: kernels of a green context run on all threads that there
// are, since a CPU gains nothing by leaving cores idle. A green context is a view of its device's primary context: modules,
// memory and errors are that one's.
#pragma once

#include "context.h"

#include <vector>

namespace softcuda {

/// Which multiprocessors a resource means.
struct SmShare {
  unsigned first = 0, count = 0;
};

/// Writes the resource that stands for `share` of `device`.
CUdevResource sm_resource(const Device &device, SmShare share);

/// CUDA_ERROR_INVALID_RESOURCE_TYPE for a kind that is not divided, CUDA_ERROR_INVALID_VALUE for what this driver did not
/// write.
CUresult read_resource(const CUdevResource &resource, Device **device, SmShare *share);

/// How many groups of at least `least` multiprocessors can be made of `share`, and how large each then is.
CUresult split(SmShare share, unsigned least, unsigned flags, unsigned *groups, unsigned *each);

/// What green contexts are made of.
class ResourceDesc : public Object<ResourceDesc, Kind::ResourceDesc> {
public:
  ResourceDesc(Device &device, SmShare share) : device(device), share(share) {}
  Device &device;
  const SmShare share;
};

class GreenContext : public Object<GreenContext, Kind::GreenContext> {
public:
  /// Retains the device's primary context.
  static CUresult create(const ResourceDesc &desc, GreenContext **out);
  ~GreenContext();

  Device &device;
  const SmShare share;
  Context &context; // by which it is made current

private:
  GreenContext(Device &device, SmShare share, Context &primary);
  const uint64_t primary_id_;
};

} // namespace softcuda
