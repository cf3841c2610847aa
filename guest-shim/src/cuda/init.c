#include "cuda/init.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cuda/allocations.h"
#include "cuda/progress.h"
#include "cuda/stub.h"
#include "session/session.h"

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
/// GF_FORKED: in a child of a process that had called cuInit, where CUDA is of no use any more.
enum { GF_NOT_YET, GF_READY, GF_FORKED };
static int g_initialised;
static int g_driver_version;
static int g_device_count;
static struct gf_device *g_devices;

int gf_initialised(void) { return __atomic_load_n(&g_initialised, __ATOMIC_ACQUIRE) == GF_READY; }
int gf_device_count(void) { return g_device_count; }
int gf_driver_version(void) { return g_driver_version; }

const struct gf_device *gf_device(CUdevice device) {
  return device >= 0 && device < g_device_count ? &g_devices[device] : NULL;
}

/// docs/design/errors.md tells the same to people.
static CUresult code_of(enum gf_connect_status status) {
  switch (status) {
  case GF_CONNECT_OK:
    return CUDA_SUCCESS;
  case GF_CONNECT_MISMATCH:
    return CUDA_ERROR_SYSTEM_DRIVER_MISMATCH;
  case GF_CONNECT_REFUSED:
    return CUDA_ERROR_NOT_PERMITTED;
  case GF_CONNECT_NO_DEVICE:
    return CUDA_ERROR_NO_DEVICE;
  case GF_CONNECT_NO_SERVER:
  case GF_CONNECT_BROKEN:
    break;
  }
  return CUDA_ERROR_SYSTEM_NOT_READY;
}

static CUresult ask_device(struct gf_lane_client *lane, int ordinal, struct gf_device *device) {
  struct gf_gfDeviceInfo_args *args = gf_begin(lane, GF_OP_gfDeviceInfo, sizeof *args);
  args->device = ordinal;
  args->attribute_count = GF_ATTRIBUTE_COUNT;
  const void *data;
  CUresult result = gf_call(
      lane, &data, sizeof(struct gf_gfDeviceInfo_reply) + GF_ATTRIBUTE_COUNT * sizeof(int32_t));
  if (result != CUDA_SUCCESS)
    return result;
  const struct gf_gfDeviceInfo_reply *reply = data;
  device->total_bytes = reply->total_bytes;
  memcpy(&device->uuid, reply->uuid, sizeof device->uuid);
  memcpy(device->luid, reply->luid, sizeof device->luid);
  device->luid_node_mask = reply->luid_node_mask;
  device->luid_result = (CUresult)reply->luid_result;
  memcpy(device->name, reply->name, sizeof device->name);
  device->name[sizeof device->name - 1] = '\0';
  memcpy(device->attributes, reply + 1, sizeof device->attributes);
  return CUDA_SUCCESS;
}

/// The session's first calls. The lock is held.
static CUresult learn_devices(void) {
  if (gf_thread.lane == NULL && gf_thread_open_lane() != 0)
    return CUDA_ERROR_OUT_OF_MEMORY;
  struct gf_lane_client *lane = gf_thread.lane;
  (void)gf_begin(lane, GF_OP_gfOpen, 0);
  const void *data;
  CUresult result = gf_call(lane, &data, sizeof(struct gf_gfOpen_reply));
  if (result != CUDA_SUCCESS)
    return result;
  const struct gf_gfOpen_reply opened = *(const struct gf_gfOpen_reply *)data;
  if (!opened.heap_at_same_address)
    gf_session.heap_at_address = 0;
  if (g_devices != NULL) // a child forked before cuInit: the answers hold
    return CUDA_SUCCESS;
  if (opened.device_count == 0 || opened.device_count > 1024)
    return CUDA_ERROR_NO_DEVICE;
  struct gf_device *devices = calloc(opened.device_count, sizeof *devices);
  if (devices == NULL)
    return CUDA_ERROR_OUT_OF_MEMORY;
  for (uint32_t i = 0; i < opened.device_count && result == CUDA_SUCCESS; i++)
    result = ask_device(lane, (int)i, &devices[i]);
  if (result != CUDA_SUCCESS) {
    free(devices);
    return result;
  }
  g_driver_version = opened.driver_version;
  g_devices = devices;
  g_device_count = (int)opened.device_count;
  return CUDA_SUCCESS;
}

/// What a process began, its children cannot use, as with NVIDIA's driver: they have neither its
/// threads nor its session. Where nothing was begun, a child starts afresh.
static void forget_session(void) {
  if (g_initialised == GF_READY)
    g_initialised = GF_FORKED;
  gf_allocations_reset();
  gf_progress_forget();
  pthread_mutex_init(&g_mutex, NULL);
}

/// Opens the session and asks about the devices, once. The lock is held.
static CUresult open_session(void) {
  if (g_devices != NULL && gf_session_is_open())
    return CUDA_SUCCESS;
  static int has_hook;
  if (!has_hook) {
    gf_session_on_fork_child(forget_session);
    has_hook = 1;
  }
  CUresult result = code_of(gf_session_open(0));
  return result == CUDA_SUCCESS ? learn_devices() : result;
}

CUresult CUDAAPI cuInit(unsigned int flags) {
  if (flags != 0)
    return CUDA_ERROR_INVALID_VALUE;
  if (gf_initialised())
    return CUDA_SUCCESS;
  const int before = errno;
  pthread_mutex_lock(&g_mutex);
  CUresult result = CUDA_SUCCESS;
  if (g_initialised == GF_FORKED) {
    result = CUDA_ERROR_NOT_INITIALIZED;
  } else if (g_initialised == GF_NOT_YET) {
    result = open_session();
    if (result == CUDA_SUCCESS) {
      atexit(gf_session_leave); // runs before the runtime's own handlers, which were there earlier
      __atomic_store_n(&g_initialised, GF_READY, __ATOMIC_RELEASE);
    }
  }
  pthread_mutex_unlock(&g_mutex);
  errno = before;
  return result;
}

CUresult CUDAAPI cuDriverGetVersion(int *driverVersion) {
  if (driverVersion == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  // Programs may ask before cuInit, which this is not. Without a server the answer is what this shim
  // speaks.
  CUresult result = CUDA_SUCCESS;
  if (!gf_initialised() && g_initialised != GF_FORKED) {
    pthread_mutex_lock(&g_mutex);
    result = open_session();
    pthread_mutex_unlock(&g_mutex);
    // The lane is there and CUDA is not begun: gf_enter() is to look twice.
    if (gf_thread.lane != NULL && !gf_initialised())
      gf_thread.lane->told_context = UINT64_MAX;
  }
  *driverVersion =
      result == CUDA_SUCCESS && g_driver_version != 0 ? g_driver_version : CUDA_VERSION;
  return CUDA_SUCCESS;
}
