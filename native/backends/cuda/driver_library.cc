#include "backends/cuda/driver_library.h"

#include <climits>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <link.h>
#include <stdexcept>
#include <sys/auxv.h>
#include <unistd.h>

namespace gpuferry::cuda {

namespace {

// A symbol that only our own device has: it tells the two apart without trusting the path.
constexpr const char *kSoftMark = "gpuferry_softcuda_set_printer";

std::string soft_path() {
  char exe[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", exe, sizeof exe);
  // Without /proc: as it was started, and the server starts it by its whole path.
  const auto *started_as = reinterpret_cast<const char *>(getauxval(AT_EXECFN));
  const std::string bin = length > 0 && length < ssize_t{sizeof exe}
                              ? std::string(exe, static_cast<size_t>(length))
                              : std::string(started_as != nullptr ? started_as : "");
  if (bin.find('/') == bin.npos)
    throw std::runtime_error("cannot find the executor's own path");
  return bin.substr(0, bin.rfind('/')) + "/../lib/softcuda/libcuda.so.1";
}

std::string path_of(void *handle, const std::string &asked) {
  link_map *map = nullptr;
  if (dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 && map->l_name[0])
    return map->l_name;
  return asked;
}

template <class T>
void load_entry(Driver &driver, void *handle, const char *name, T Driver::*member) {
  driver.*member = reinterpret_cast<T>(dlsym(handle, name));
}

DeviceSummary summarize(const Driver &driver, int ordinal) {
  DeviceSummary device;
  device.ordinal = ordinal;
  CUdevice handle = 0;
  if (driver.cuDeviceGet(&handle, ordinal) != CUDA_SUCCESS)
    throw std::runtime_error("device " + std::to_string(ordinal) + " does not answer");
  char name[256] = "";
  driver.cuDeviceGetName(name, sizeof name, handle);
  device.name = name;
  CUuuid uuid{};
  if (driver.cuDeviceGetUuid_v2)
    driver.cuDeviceGetUuid_v2(&uuid, handle);
  device.uuid = uuid_text(uuid, device.name);
  size_t bytes = 0;
  driver.cuDeviceTotalMem_v2(&bytes, handle);
  device.memory_bytes = bytes;
  driver.cuDeviceGetAttribute(&device.compute_major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR,
                              handle);
  driver.cuDeviceGetAttribute(&device.compute_minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR,
                              handle);
  char bus[32] = "";
  if (driver.cuDeviceGetPCIBusId)
    driver.cuDeviceGetPCIBusId(bus, sizeof bus, handle);
  device.pci_bus_id = bus;
  return device;
}

/// Throws what is missing, as the end of "…: reason".
DriverLibrary load_from(const std::string &path) {
  DriverLibrary library;
  library.handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library.handle)
    throw std::runtime_error(dlerror());
  library.path = path_of(library.handle, path);
  for_each_symbol([&](const char *name, auto member) {
    load_entry(library.driver, library.handle, name, member);
  });
  const Driver &driver = library.driver;
  if (!driver.cuInit || !driver.cuDriverGetVersion || !driver.cuDeviceGetCount ||
      !driver.cuDeviceGet || !driver.cuCtxSetCurrent || !driver.cuLaunchKernel)
    throw std::runtime_error(library.path + " is not a CUDA driver");
  if (const CUresult result = driver.cuInit(0))
    throw std::runtime_error(library.path + ": cuInit returned " + std::to_string(result));
  driver.cuDriverGetVersion(&library.version);
  library.is_soft = library.symbol(kSoftMark) != nullptr;
  int count = 0;
  driver.cuDeviceGetCount(&count);
  if (count == 0)
    throw std::runtime_error(library.path + " has no device");
  for (int ordinal = 0; ordinal < count; ++ordinal)
    library.devices.push_back(summarize(driver, ordinal));
  return library;
}

} // namespace

std::string uuid_text(const CUuuid &uuid, const std::string &device_name) {
  const char *kind = device_name.find(" MIG ") == device_name.npos ? "GPU" : "MIG";
  const auto *b = reinterpret_cast<const unsigned char *>(uuid.bytes);
  char text[64];
  std::snprintf(text, sizeof text,
                "%s-%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", kind,
                b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12],
                b[13], b[14], b[15]);
  return text;
}

void *DriverLibrary::symbol(const char *name) const { return dlsym(handle, name); }

DriverLibrary load_driver(const std::string &which) {
  if (which == "soft")
    return load_from(soft_path());
  if (which != "auto")
    return load_from(which);
  std::string native_says;
  try {
    return load_from("libcuda.so.1");
  } catch (const std::runtime_error &error) {
    native_says = error.what();
  }
  try {
    return load_from(soft_path());
  } catch (const std::runtime_error &error) {
    throw std::runtime_error("no CUDA driver: " + native_says + "; " + error.what());
  }
}

} // namespace gpuferry::cuda
