// Loading *a* libcuda.so.1: NVIDIA's or ours.
#pragma once

#include "cuda_driver.h"

#include <string>
#include <vector>

namespace gpuferry::cuda {

struct DeviceSummary {
  int ordinal = 0;
  std::string name;
  std::string uuid; ///< GPU-xxxxxxxx-xxxx-…, as nvidia-smi writes it
  uint64_t memory_bytes = 0;
  int compute_major = 0, compute_minor = 0;
  std::string pci_bus_id;
};

struct DriverLibrary {
  void *handle = nullptr;
  std::string path; ///< of the file that was loaded
  bool is_soft = false;
  int version = 0; ///< cuDriverGetVersion
  Driver driver;
  std::vector<DeviceSummary> devices;

  /// An entry point that the description does not have; null if the library lacks it.
  void *symbol(const char *name) const;
};

/// Loads and initialises a driver. `which`: "auto" (NVIDIA's from the loader's path if a device
/// answers, else ours), "soft" (ours, found relative to the executor), or the path of a library.
/// Throws std::runtime_error with a sentence for people.
DriverLibrary load_driver(const std::string &which);

/// As nvidia-smi writes it. Nothing but its name tells a part of a GPU (MIG) from a GPU.
std::string uuid_text(const CUuuid &uuid, const std::string &device_name);

} // namespace gpuferry::cuda
