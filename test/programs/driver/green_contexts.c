// Green contexts: a device's multiprocessors split in two, a context and streams for each part, which share the primary
// context's memory and modules.
#include "driver.h"

#include <string.h>

typedef struct CUgreen_st *Green;
typedef struct CUdesc_st *Desc;
typedef struct {
  int type;
  unsigned char internal[92];
  union {
    struct {
      unsigned count, smallest, alignment;
    } sm;
    unsigned char size[48];
  };
} Resource;

enum { SM = 1, DEFAULT_STREAM = 1, NON_BLOCKING = 1, N = 4096 };
enum { INVALID_TYPE = 914, INVALID_CONFIGURATION = 915 };

static CUresult (*of_device)(CUdevice, Resource *, int);
static CUresult (*of_context)(CUcontext, Resource *, int);
static CUresult (*of_green)(Green, Resource *, int);
static CUresult (*split)(Resource *, unsigned *, const Resource *, Resource *, unsigned, unsigned);
static CUresult (*describe)(Desc *, Resource *, unsigned);
static CUresult (*create)(Green *, Desc, CUdevice, unsigned);
static CUresult (*destroy)(Green);
static CUresult (*context_of)(CUcontext *, Green);
static CUresult (*stream_create)(CUstream *, Green, unsigned, int);
static CUresult (*green_of)(CUstream, Green *);
static CUresult (*record)(Green, CUevent);
static CUresult (*wait)(Green, CUevent);
static CUresult (*get_id)(Green, unsigned long long *);
static CUresult (*retain)(CUcontext *, CUdevice);
static CUresult (*release)(CUdevice);

static void load_green(void) {
  void *library = dlopen("libcuda.so.1", RTLD_NOW);
  *(void **)&of_device = dlsym(library, "cuDeviceGetDevResource");
  *(void **)&of_context = dlsym(library, "cuCtxGetDevResource");
  *(void **)&of_green = dlsym(library, "cuGreenCtxGetDevResource");
  *(void **)&split = dlsym(library, "cuDevSmResourceSplitByCount");
  *(void **)&describe = dlsym(library, "cuDevResourceGenerateDesc");
  *(void **)&create = dlsym(library, "cuGreenCtxCreate");
  *(void **)&destroy = dlsym(library, "cuGreenCtxDestroy");
  *(void **)&context_of = dlsym(library, "cuCtxFromGreenCtx");
  *(void **)&stream_create = dlsym(library, "cuGreenCtxStreamCreate");
  *(void **)&green_of = dlsym(library, "cuStreamGetGreenCtx");
  *(void **)&record = dlsym(library, "cuGreenCtxRecordEvent");
  *(void **)&wait = dlsym(library, "cuGreenCtxWaitEvent");
  *(void **)&get_id = dlsym(library, "cuGreenCtxGetId");
  *(void **)&retain = dlsym(library, "cuDevicePrimaryCtxRetain");
  *(void **)&release = dlsym(library, "cuDevicePrimaryCtxRelease_v2");
}

static void split_it(Resource *parts, Resource *rest) {
  Resource whole, none, changed;
  unsigned groups = 0;
  Desc desc;
  CU_OK(of_device(0, &whole, SM));
  expect(whole.type == SM && whole.sm.count > 1, "the device has multiprocessors");
  expect(of_device(0, &none, SM + 1) == INVALID_TYPE, "and nothing else to split");
  CU_OK(split(NULL, &groups, &whole, NULL, 0, whole.sm.count / 2));
  expect(groups == 2, "in two halves, if asked");
  expect(split(parts, &groups, &whole, rest, 0, whole.sm.count + 1) == INVALID_CONFIGURATION,
         "no more than there are");
  groups = 1;
  CU_OK(split(parts, &groups, &whole, rest, 0, whole.sm.count / 2));
  expect(groups == 1 && parts->sm.count + rest->sm.count == whole.sm.count,
         "one half, and what is left");
  changed = *parts;
  changed.sm.count++;
  expect(describe(&desc, &changed, 1) != CUDA_SUCCESS, "a number that was changed is no resource");
  changed = *parts;
  memset(changed.internal, 0x5a, sizeof changed.internal);
  expect(describe(&desc, &changed, 1) != CUDA_SUCCESS, "nor are bytes that were made up");
  memset(&none, 0, sizeof none);
  expect(describe(&desc, &none, 1) == INVALID_TYPE, "nor is nothing");
}

static Green green_with(Resource *resource) {
  Desc desc;
  Green green;
  CU_OK(describe(&desc, resource, 1));
  expect(create(&green, desc, 0, 0) == CUDA_ERROR_INVALID_VALUE, "a green context has streams");
  CU_OK(create(&green, desc, 0, DEFAULT_STREAM));
  return green;
}

int main(int argc, char **argv) {
  (void)argc;
  Resource parts[2], seen;
  unsigned long long ids[2];
  CUcontext primary, contexts[2], current;
  CUdeviceptr a, b, c;
  CUstream stream;
  CUevent event;
  CUfunction add;
  Green greens[2], its;
  int n = N;
  static float ones[N], sums[N];
  load_driver();
  load_green();
  CU_OK(cuInit(0));
  CU_OK(retain(&primary, 0));
  CU_OK(cuCtxSetCurrent(primary));
  CUmodule module = load_beside(argv[0], "kernels.ptx");
  CU_OK(cuModuleGetFunction(&add, module, "add"));

  split_it(&parts[0], &parts[1]);
  for (int i = 0; i < 2; i++) {
    greens[i] = green_with(&parts[i]);
    CU_OK(context_of(&contexts[i], greens[i]));
    CU_OK(of_green(greens[i], &seen, SM));
    expect(seen.sm.count == parts[i].sm.count, "it has its part");
    CU_OK(of_context(contexts[i], &seen, SM));
    expect(seen.sm.count == parts[i].sm.count, "as an ordinary context too");
    CU_OK(get_id(greens[i], &ids[i]));
  }
  expect(ids[0] != ids[1] && contexts[0] != contexts[1] && contexts[0] != primary,
         "they are different");
  CU_OK(cuCtxGetCurrent(&current));
  expect(current == primary, "and not current by themselves");

  // Memory of the first, a module of the primary context, work in the second.
  CU_OK(cuCtxSetCurrent(contexts[0]));
  CU_OK(cuMemAlloc(&a, sizeof ones));
  CU_OK(cuMemAlloc(&b, sizeof ones));
  CU_OK(cuMemAlloc(&c, sizeof ones));
  CU_OK(cuMemsetD32(a, 0x3f800000, N));
  CU_OK(cuMemsetD32(b, 0x40000000, N));
  CU_OK(cuEventCreate(&event, 0));
  CU_OK(record(greens[0], event));
  CU_OK(wait(greens[1], event));
  expect(stream_create(&stream, greens[1], 0, 0) == CUDA_ERROR_INVALID_VALUE,
         "streams of green contexts do not block");
  CU_OK(stream_create(&stream, greens[1], NON_BLOCKING, 0));
  CU_OK(green_of(stream, &its));
  expect(its == greens[1], "a stream knows its green context");
  void *parameters[] = {&a, &b, &c, &n};
  CU_OK(cuLaunchKernel(add, N / 256, 1, 1, 256, 1, 1, 0, stream, parameters, NULL));
  CU_OK(cuStreamSynchronize(stream));
  CU_OK(green_of(NULL, &its));
  expect(its == greens[0], "so does the default stream");
  CU_OK(cuStreamDestroy(stream));
  CU_OK(destroy(greens[1]));
  expect(cuCtxSetCurrent(contexts[1]) == CUDA_ERROR_INVALID_CONTEXT, "what was destroyed is gone");
  expect(context_of(&current, greens[1]) == CUDA_ERROR_INVALID_CONTEXT, "by both its names");
  CU_OK(destroy(greens[0]));
  CU_OK(cuCtxSetCurrent(primary));
  CU_OK(cuMemcpyDtoH(sums, c, sizeof sums));
  int right = 1;
  for (int i = 0; i < N; i++)
    right &= sums[i] == 3.0f;
  expect(right, "memory outlives the green context");
  CU_OK(cuEventDestroy(event));
  CU_OK(cuMemFree(a));
  CU_OK(cuMemFree(b));
  CU_OK(cuMemFree(c));
  CU_OK(green_of(NULL, &its));
  expect(its == NULL, "an ordinary stream has none");
  CU_OK(release(0));
  return verdict();
}
