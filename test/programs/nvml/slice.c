/* Looks at the machine through NVML as monitors do, before and after CUDA has taken memory. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef void *device_t;
typedef struct {
  unsigned long long total, free, used;
} memory_t;
typedef struct {
  unsigned pid;
  unsigned long long used;
  unsigned gpu_instance, compute_instance;
} process_t;

static int failures;

static void check(const char *what, int good) {
  printf("  %-44s %s\n", what, good ? "ok" : "WRONG");
  failures += !good;
}

int main(void) {
  void *nvml = dlopen("libnvidia-ml.so.1", RTLD_NOW), *cuda = dlopen("libcuda.so.1", RTLD_NOW);
  if (nvml == NULL || cuda == NULL) {
    printf("%s\nFAIL\n", dlerror());
    return 1;
  }
#define NVML(name) int (*name)() = (int (*)())dlsym(nvml, "nvml" #name)
#define CUDA(name) int (*name)() = (int (*)())dlsym(cuda, "cu" #name)
  NVML(Init_v2);
  NVML(Shutdown);
  NVML(DeviceGetCount_v2);
  NVML(DeviceGetHandleByIndex_v2);
  NVML(DeviceGetName);
  NVML(DeviceGetUUID);
  NVML(DeviceGetHandleByUUID);
  NVML(DeviceGetMemoryInfo);
  NVML(DeviceGetComputeRunningProcesses_v3);
  NVML(DeviceGetUtilizationRates);
  CUDA(DeviceGetCount);
  CUDA(DevicePrimaryCtxRetain);
  CUDA(CtxSetCurrent);
  CUDA(MemAlloc_v2);

  int (*CudaDeviceGetName)() = (int (*)())dlsym(cuda, "cuDeviceGetName");

  unsigned devices = 0;
  check("asked before nvmlInit: uninitialized", DeviceGetCount_v2(&devices) == 1);
  check("nvmlInit", Init_v2() == 0 && DeviceGetCount_v2(&devices) == 0);
  int cuda_devices = 0;
  DeviceGetCount(&cuda_devices);
  check("as many devices as CUDA has", (int)devices == cuda_devices && devices > 0);

  device_t device = NULL, again = NULL;
  check("a handle of the first", DeviceGetHandleByIndex_v2(0u, &device) == 0);
  check("none of one too many: invalid argument", DeviceGetHandleByIndex_v2(devices, &again) == 2);
  char name[96] = "", cuda_name[96] = "", uuid[96] = "";
  DeviceGetName(device, name, 96u);
  CudaDeviceGetName(cuda_name, 96, 0);
  check("the name that CUDA gives", strcmp(name, cuda_name) == 0 && name[0] != '\0');
  check("a name too long for its place: insufficient size", DeviceGetName(device, name, 2u) == 7);
  check("a UUID that leads back", DeviceGetUUID(device, uuid, 96u) == 0 &&
                                      strncmp(uuid, "GPU-", 4) == 0 &&
                                      DeviceGetHandleByUUID(uuid, &again) == 0 && again == device);
  check("a handle that is none: invalid argument",
        DeviceGetUUID((device_t)&failures, uuid, 96u) == 2);
  int rates[2];
  check("utilisation: not supported", DeviceGetUtilizationRates(device, rates) == 3);

  unsigned count = 4;
  process_t processes[4];
  check("no process without a context",
        DeviceGetComputeRunningProcesses_v3(device, &count, processes) == 0 && count == 0);
  void *context = NULL;
  unsigned long long address = 0;
  DevicePrimaryCtxRetain(&context, 0);
  CtxSetCurrent(context);
  check("CUDA takes 32 MiB", MemAlloc_v2(&address, (size_t)32 << 20) == 0);
  memory_t memory = {0, 0, 0};
  check("memory in use is counted", DeviceGetMemoryInfo(device, &memory) == 0 &&
                                        memory.used >= 32ull << 20 &&
                                        memory.used + memory.free == memory.total);
  printf("total %llu MiB\n", memory.total >> 20);
  count = 0;
  check("room for no process: insufficient size",
        DeviceGetComputeRunningProcesses_v3(device, &count, NULL) == 7 && count == 1);
  check("this process, and what it holds",
        DeviceGetComputeRunningProcesses_v3(device, &count, processes) == 0 && count == 1 &&
            processes[0].pid == (unsigned)getpid() && processes[0].used == memory.used);
  check("nvmlShutdown, once", Shutdown() == 0 && Shutdown() == 1);
  puts(failures == 0 ? "PASS" : "FAIL");
  return failures != 0;
}
