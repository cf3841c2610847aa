// Reserved addresses and the physical memory that is mapped to them (cuMemAddressReserve, cuMemCreate, cuMemMap …).
//
// Physical memory is a shared anonymous mapping that nobody may touch; mapping it somewhere duplicates that mapping
// there, so that one memory can be seen at several addresses, as CUDA has it.
#pragma once

#include "cuda_api.h"
#include "device.h"
#include "object.h"

#include <map>

namespace softcuda {

/// Sizes, offsets and addresses are multiples of it.
inline constexpr uint64_t kGranularityBytes = 2 << 20;

class PhysicalMemory : public Object<PhysicalMemory, Kind::PhysicalMemory> {
public:
  static CUresult create(const CUmemAllocationProp &properties, uint64_t bytes,
                         PhysicalMemory **out);
  /// The memory that a handle names while somebody holds it.
  static PhysicalMemory *named(CUmemGenericAllocationHandle handle);

  /// By a descriptor that any process can be given.
  CUresult export_fd(int *out) const;
  static CUresult import_fd(int fd, PhysicalMemory **out);

  const CUmemAllocationProp properties;
  const uint64_t bytes;
  CUmemGenericAllocationHandle handle() const {
    return reinterpret_cast<CUmemGenericAllocationHandle>(this);
  }

private:
  friend class VirtualMemory;
  PhysicalMemory(Device &device, const CUmemAllocationProp &properties, uint64_t bytes,
                 void *backing, int fd)
      : properties(properties), bytes(bytes), device_(device), backing_(backing), fd_(fd) {}
  /// Takes over `fd` (-1: nobody else's) and what the device was charged with.
  static CUresult adopt(Device &device, const CUmemAllocationProp &properties, uint64_t bytes,
                        int fd, PhysicalMemory **out);
  ~PhysicalMemory();

  Device &device_;
  void *const backing_;
  const int fd_; // -1: it is not to be exported
  bool is_imported_ = false;
  // Under VirtualMemory's mutex: it lives as long as either is positive.
  unsigned holders_ = 1, mappings_ = 0;
};

/// All reservations of the process.
class VirtualMemory {
public:
  static VirtualMemory &instance();

  CUresult reserve(uint64_t bytes, uint64_t align_bytes, uint64_t *address);
  CUresult free(uint64_t address, uint64_t bytes);
  CUresult map(uint64_t address, uint64_t bytes, PhysicalMemory &memory);
  /// The range must be whole mappings.
  CUresult unmap(uint64_t address, uint64_t bytes);
  /// Grants a device access to mapped memory or takes it away.
  CUresult set_access(uint64_t address, uint64_t bytes, int device, bool allowed);
  /// The memory mapped at `address`, with one holder more.
  CUresult retain(uint64_t address, PhysicalMemory **out);
  CUresult release(PhysicalMemory &memory);

private:
  struct Reservation {
    Device *device;
    uint64_t bytes;
  };
  struct Mapping {
    uint64_t bytes;
    PhysicalMemory *memory;
    uint64_t devices = 0; // that may access it, by bit
  };
  using Mappings = std::map<uint64_t, Mapping>;
  bool is_reserved(uint64_t address, uint64_t bytes) const;
  /// The mappings that make up a range without gap; false where they do not.
  bool within(uint64_t address, uint64_t bytes, Mappings::iterator *first,
              Mappings::iterator *last);
  static void drop_if_unused(PhysicalMemory &memory);

  std::mutex mutex_;
  std::map<uint64_t, Reservation> reservations_;
  Mappings mappings_;
};

} // namespace softcuda
