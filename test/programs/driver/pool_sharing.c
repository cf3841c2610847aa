// A memory pool that two processes share: the pool by a descriptor, what one allocates from it by 64 bytes. The child is
// forked before either uses CUDA. `pool_sharing strangers`: the child belongs to another tenant; a descriptor is a
// descriptor, but the names of allocations are nothing to it.
#include "driver.h"
#include "two_processes.h"

#include <sys/wait.h>

typedef struct CUpool_st *Pool;
typedef struct {
  char bytes[64];
} PointerData;
typedef struct {
  int type, id;
} Location;
typedef struct {
  int type, handle_types;
  Location location;
  void *security;
  size_t most_bytes;
  unsigned short usage;
  unsigned char reserved[54];
} Properties;

enum { WORDS = 300000, SECOND_WORDS = 1000, PINNED = 1, DESCRIPTOR = 1, DEVICE = 1 };
enum { USED_BYTES = 7, HANDLE_TYPES = 119 };

static CUresult (*create)(Pool *, const Properties *);
static CUresult (*destroy)(Pool);
static CUresult (*allocate)(CUdeviceptr *, size_t, Pool, CUstream);
static CUresult (*free_async)(CUdeviceptr, CUstream);
static CUresult (*export_pool)(void *, Pool, int, unsigned long long);
static CUresult (*import_pool)(Pool *, void *, int, unsigned long long);
static CUresult (*export_pointer)(PointerData *, CUdeviceptr);
static CUresult (*import_pointer)(CUdeviceptr *, Pool, PointerData *);
static CUresult (*get_attribute)(Pool, int, void *);
static CUresult (*set_pool)(CUdevice, Pool);

static void load_pools(void) {
  void *library = dlopen("libcuda.so.1", RTLD_NOW);
  *(void **)&create = dlsym(library, "cuMemPoolCreate");
  *(void **)&destroy = dlsym(library, "cuMemPoolDestroy");
  *(void **)&allocate = dlsym(library, "cuMemAllocFromPoolAsync");
  *(void **)&free_async = dlsym(library, "cuMemFreeAsync");
  *(void **)&export_pool = dlsym(library, "cuMemPoolExportToShareableHandle");
  *(void **)&import_pool = dlsym(library, "cuMemPoolImportFromShareableHandle");
  *(void **)&export_pointer = dlsym(library, "cuMemPoolExportPointer");
  *(void **)&import_pointer = dlsym(library, "cuMemPoolImportPointer");
  *(void **)&get_attribute = dlsym(library, "cuMemPoolGetAttribute");
  *(void **)&set_pool = dlsym(library, "cuDeviceSetMemPool");
}

static int all_are(CUdeviceptr address, unsigned value, size_t words) {
  unsigned *seen = malloc(words * sizeof *seen);
  CU_OK(cuMemcpyDtoH(seen, address, words * sizeof *seen));
  int same = 1;
  for (size_t i = 0; i < words; i++)
    same &= seen[i] == value;
  free(seen);
  return same;
}

// Ends with the number of what went wrong.
static int child(int parent) {
  PointerData first_data, second_data, noise;
  CUdeviceptr first, second, none;
  Pool pool, wrong;
  int fd = -1;
  start_driver();
  load_pools();
  pass(parent, &fd, 1);
  receive_all(parent, &first_data, sizeof first_data);
  receive_all(parent, &second_data, sizeof second_data);
  if (import_pool(&wrong, (void *)(long)parent, DESCRIPTOR, 0) != CUDA_ERROR_INVALID_VALUE)
    return 11;
  CU_OK(import_pool(&pool, (void *)(long)fd, DESCRIPTOR, 0));
  close(fd);
  memset(&noise, 0x5a, sizeof noise);
  if (import_pointer(&none, pool, &noise) != CUDA_ERROR_INVALID_VALUE)
    return 12;
  if (allocate(&none, 4096, pool, NULL) != CUDA_ERROR_INVALID_VALUE)
    return 13; // only who made it allocates
  if (set_pool(0, pool) != CUDA_ERROR_INVALID_VALUE)
    return 14;
  CU_OK(import_pointer(&first, pool, &first_data));
  CU_OK(import_pointer(&second, pool, &second_data));
  if (!all_are(first, 0x01020304, WORDS) || !all_are(second, 7, SECOND_WORDS))
    return 15;
  CU_OK(cuMemsetD32(first + 4096, 0x05060708, WORDS - 1024));
  CU_OK(cuCtxSynchronize());
  if (export_pointer(&noise, first) != CUDA_ERROR_INVALID_VALUE)
    return 16; // it is not ours to pass on
  CU_OK(free_async(second, NULL));
  CU_OK(cuMemFree(first));
  CU_OK(cuCtxSynchronize());
  CU_OK(destroy(pool));
  send_all(parent, "f", 1);
  return 0;
}

static int stranger(int parent) {
  PointerData data;
  CUdeviceptr address;
  Pool pool;
  int fd = -1;
  setenv("GPUFERRY_TENANT", "stranger", 1);
  start_driver();
  load_pools();
  pass(parent, &fd, 1);
  receive_all(parent, &data, sizeof data);
  CU_OK(import_pool(&pool, (void *)(long)fd, DESCRIPTOR, 0));
  return import_pointer(&address, pool, &data) == CUDA_ERROR_INVALID_VALUE ? 0 : 21;
}

int main(int argc, char **argv) {
  const int has_stranger = argc > 1 && strcmp(argv[1], "strangers") == 0;
  int pair[2], status = 0, fd = -1, types = 0;
  char byte;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
    return 1;
  const pid_t process = fork();
  if (process == 0) {
    close(pair[0]); // so that this process sees its parent's end
    _exit(has_stranger ? stranger(pair[1]) : child(pair[1]));
  }
  close(pair[1]);

  const Properties plain = {.type = PINNED, .location = {DEVICE, 0}};
  Properties shared = plain;
  shared.handle_types = DESCRIPTOR;
  Pool pool, own;
  PointerData data;
  CUdeviceptr first, second, third;
  unsigned long long used = 0;
  start_driver();
  load_pools();
  CU_OK(cuDeviceGetAttribute(&types, HANDLE_TYPES, 0));
  expect(types == DESCRIPTOR, "pools can be shared by descriptor");
  CU_OK(create(&own, &plain));
  CU_OK(create(&pool, &shared));
  expect(export_pool(&fd, own, DESCRIPTOR, 0) == CUDA_ERROR_INVALID_VALUE,
         "not those that nobody asked it for");
  CU_OK(allocate(&third, 4096, own, NULL));
  expect(export_pointer(&data, third) == CUDA_ERROR_INVALID_VALUE, "nor what comes out of them");
  CU_OK(allocate(&first, WORDS * 4, pool, NULL));
  CU_OK(allocate(&second, SECOND_WORDS * 4, pool, NULL));
  CU_OK(cuMemsetD32(first, 0x01020304, WORDS));
  CU_OK(cuMemsetD32(second, 7, SECOND_WORDS));
  CU_OK(cuCtxSynchronize());
  CU_OK(export_pool(&fd, pool, DESCRIPTOR, 0));
  pass(pair[0], &fd, 0);
  close(fd);
  CU_OK(export_pointer(&data, first));
  send_all(pair[0], &data, sizeof data);
  if (!has_stranger) {
    CU_OK(export_pointer(&data, second));
    send_all(pair[0], &data, sizeof data);
    receive_all(pair[0], &byte, 1);
    expect(all_are(first, 0x01020304, 1024), "what nobody wrote");
    expect(all_are(first + 4096, 0x05060708, WORDS - 1024), "what the other process wrote");
  }
  waitpid(process, &status, 0);
  if (!expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the other process is content"))
    printf("  it ended with %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
  CU_OK(get_attribute(pool, USED_BYTES, &used));
  expect(used == (WORDS + SECOND_WORDS) * 4, "it is counted where it was allocated");
  CU_OK(free_async(second, NULL));
  CU_OK(destroy(pool)); // what is left lives on
  expect(all_are(first, 0x01020304, 1024), "memory outlives its pool");
  CU_OK(free_async(first, NULL));
  CU_OK(free_async(third, NULL));
  CU_OK(cuCtxSynchronize());
  CU_OK(destroy(own));
  return verdict();
}
