// `sharing strangers`: the child belongs to another tenant, and must find nothing behind the same handles.
// Two processes share what one of them has: memory by an interprocess handle, the order of their work by an event,
// and physical memory by a descriptor that travels over a socket. The child is forked before either uses CUDA.
#include "driver.h"
#include "two_processes.h"

#include <sys/wait.h>

typedef struct {
  char bytes[64];
} Handle;
typedef unsigned long long Allocation;
typedef struct {
  int type, id;
} Location;
typedef struct {
  int type, requested;
  Location location;
  void *security;
  unsigned char flags[8];
} Properties;
typedef struct {
  Location location;
  int flags;
} Access;

enum { BYTES = 300000, GRANULE = 2 << 20, DESCRIPTOR = 1, LAZY_PEER = 1, INTERPROCESS = 4 | 2 };

static CUresult (*get_memory)(Handle *, CUdeviceptr);
static CUresult (*open_memory)(CUdeviceptr *, Handle, unsigned);
static CUresult (*close_memory)(CUdeviceptr);
static CUresult (*get_event)(Handle *, CUevent);
static CUresult (*open_event)(CUevent *, Handle);
static CUresult (*create)(Allocation *, size_t, const Properties *, unsigned long long);
static CUresult (*export_to)(void *, Allocation, int, unsigned long long);
static CUresult (*import_from)(Allocation *, void *, int);
static CUresult (*release)(Allocation);
static CUresult (*reserve)(CUdeviceptr *, size_t, size_t, CUdeviceptr, unsigned long long);
static CUresult (*map)(CUdeviceptr, size_t, size_t, Allocation, unsigned long long);
static CUresult (*set_access)(CUdeviceptr, size_t, const Access *, size_t);

static void load_sharing(void) {
  void *library = dlopen("libcuda.so.1", RTLD_NOW);
  *(void **)&get_memory = dlsym(library, "cuIpcGetMemHandle");
  *(void **)&open_memory = dlsym(library, "cuIpcOpenMemHandle_v2");
  *(void **)&close_memory = dlsym(library, "cuIpcCloseMemHandle");
  *(void **)&get_event = dlsym(library, "cuIpcGetEventHandle");
  *(void **)&open_event = dlsym(library, "cuIpcOpenEventHandle");
  *(void **)&create = dlsym(library, "cuMemCreate");
  *(void **)&export_to = dlsym(library, "cuMemExportToShareableHandle");
  *(void **)&import_from = dlsym(library, "cuMemImportFromShareableHandle");
  *(void **)&release = dlsym(library, "cuMemRelease");
  *(void **)&reserve = dlsym(library, "cuMemAddressReserve");
  *(void **)&map = dlsym(library, "cuMemMap");
  *(void **)&set_access = dlsym(library, "cuMemSetAccess");
}

static CUdeviceptr mapped(Allocation memory) {
  CUdeviceptr address;
  const Access access = {{1, 0}, 3};
  CU_OK(reserve(&address, GRANULE, 0, 0, 0));
  CU_OK(map(address, GRANULE, 0, memory, 0));
  CU_OK(set_access(address, GRANULE, &access, 1));
  return address;
}

// Ends with the number of what went wrong.
static int child(int parent) {
  Handle memory_handle, event_handle, noise;
  CUdeviceptr memory, again;
  CUevent event;
  CUstream stream;
  int fd = -1;
  unsigned words[BYTES / 4];
  start_driver();
  load_sharing();
  receive_all(parent, &memory_handle, sizeof memory_handle);
  receive_all(parent, &event_handle, sizeof event_handle);
  if (open_memory(&memory, memory_handle, 0) != CUDA_ERROR_INVALID_VALUE)
    return 11;
  memset(&noise, 0x5a, sizeof noise);
  if (open_memory(&memory, noise, LAZY_PEER) != CUDA_ERROR_INVALID_VALUE)
    return 12;
  CU_OK(open_memory(&memory, memory_handle, LAZY_PEER));
  CU_OK(open_memory(&again, memory_handle, LAZY_PEER));
  if (again != memory)
    return 13;
  CU_OK(close_memory(again));
  CU_OK(open_event(&event, event_handle));
  CU_OK(cuStreamCreate(&stream, 1));
  // What the parent has recorded comes before what this stream does.
  CU_OK(cuStreamWaitEvent(stream, event, 0));
  CU_OK(cuMemcpyDtoHAsync(words, memory, BYTES, stream));
  CU_OK(cuStreamSynchronize(stream));
  for (unsigned i = 0; i < BYTES / 4; i++)
    if (words[i] != 0x01020304)
      return 14;
  CU_OK(cuEventSynchronize(event));
  CU_OK(cuMemsetD32(memory, 0x05060708, BYTES / 4));
  CU_OK(cuEventRecord(event, NULL));
  send_all(parent, "m", 1);

  pass(parent, &fd, 1);
  Allocation allocation;
  CU_OK(import_from(&allocation, (void *)(long)fd, DESCRIPTOR));
  close(fd);
  const CUdeviceptr address = mapped(allocation);
  CU_OK(release(allocation));
  CU_OK(cuMemcpyDtoH(words, address, 4096));
  for (unsigned i = 0; i < 1024; i++)
    if (words[i] != 77)
      return 15;
  CU_OK(cuMemsetD32(address + GRANULE - 4096, 88, 1024));
  CU_OK(cuCtxSynchronize());
  send_all(parent, "v", 1);
  CU_OK(close_memory(memory));
  if (close_memory(memory) != CUDA_ERROR_INVALID_VALUE)
    return 16;
  CU_OK(cuEventDestroy(event));
  return 0;
}

// Of another tenant: handles that are good for kin are nothing here.
static int stranger(int parent) {
  Handle memory_handle, event_handle;
  CUdeviceptr memory;
  CUevent event;
  setenv("GPUFERRY_TENANT", "stranger", 1);
  start_driver();
  load_sharing();
  receive_all(parent, &memory_handle, sizeof memory_handle);
  receive_all(parent, &event_handle, sizeof event_handle);
  if (open_memory(&memory, memory_handle, LAZY_PEER) != CUDA_ERROR_INVALID_VALUE)
    return 21;
  return open_event(&event, event_handle) == CUDA_ERROR_INVALID_VALUE ? 0 : 22;
}

static int tell_stranger(int child, pid_t process, const Handle *memory, const Handle *event) {
  int status = 0;
  send_all(child, memory, sizeof *memory);
  send_all(child, event, sizeof *event);
  waitpid(process, &status, 0);
  expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a stranger finds nothing");
  return verdict();
}

int main(int argc, char **argv) {
  const int has_stranger = argc > 1 && strcmp(argv[1], "strangers") == 0;
  int pair[2], status = 0, fd = -1;
  char byte;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
    return 1;
  const pid_t process = fork();
  if (process == 0) {
    close(pair[0]); // so that this process sees its parent's end
    _exit(has_stranger ? stranger(pair[1]) : child(pair[1]));
  }
  close(pair[1]);

  Handle memory_handle, event_handle;
  CUdeviceptr memory, other;
  CUevent event, plain;
  unsigned words[1024];
  start_driver();
  load_sharing();
  CU_OK(cuMemAlloc(&memory, BYTES));
  CU_OK(cuMemsetD32(memory, 0x01020304, BYTES / 4));
  CU_OK(get_memory(&memory_handle, memory));
  CU_OK(cuEventCreate(&plain, 0));
  expect(get_event(&event_handle, plain) == CUDA_ERROR_INVALID_HANDLE,
         "a plain event has no handle");
  expect(get_memory(&memory_handle, 0x1234) == CUDA_ERROR_INVALID_VALUE, "nor has wild memory");
  CU_OK(get_memory(&memory_handle, memory));
  expect(open_memory(&other, memory_handle, LAZY_PEER) != CUDA_SUCCESS, "not for who made it");
  CU_OK(cuEventCreate(&event, INTERPROCESS));
  CU_OK(get_event(&event_handle, event));
  CU_OK(cuEventRecord(event, NULL));
  if (has_stranger)
    return tell_stranger(pair[0], process, &memory_handle, &event_handle);
  send_all(pair[0], &memory_handle, sizeof memory_handle);
  send_all(pair[0], &event_handle, sizeof event_handle);
  receive_all(pair[0], &byte, 1);
  CU_OK(cuEventSynchronize(event));
  CU_OK(cuMemcpyDtoH(words, memory + BYTES - sizeof words, sizeof words));
  int same = 1;
  for (int i = 0; i < 1024; i++)
    same &= words[i] == 0x05060708;
  expect(same, "what the other process wrote, after its event");

  Allocation allocation;
  const Properties properties = {.type = 1, .requested = DESCRIPTOR, .location = {1, 0}};
  CU_OK(create(&allocation, GRANULE, &properties, 0));
  CU_OK(export_to(&fd, allocation, DESCRIPTOR, 0));
  const CUdeviceptr address = mapped(allocation);
  CU_OK(cuMemsetD32(address, 77, GRANULE / 4));
  CU_OK(cuCtxSynchronize());
  pass(pair[0], &fd, 0);
  close(fd);
  receive_all(pair[0], &byte, 1);
  CU_OK(cuMemcpyDtoH(words, address + GRANULE - 4096, 4096));
  same = 1;
  for (int i = 0; i < 1024; i++)
    same &= words[i] == 88;
  expect(same, "physical memory by descriptor");
  waitpid(process, &status, 0);
  if (!expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the other process is content"))
    printf("  it ended with %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
  CU_OK(cuMemFree(memory));
  return verdict();
}
