// The private tables that cudart asks for, see protocol/cudart/export_tables.h. Everything in them is
// answered in the guest.
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cuda/asked.h"
#include "cuda/context.h"
#include "cuda/init.h"
#include "cuda/primary.h"
#include "cudart/export_tables.h"
#include "cudart/integrity.h"

typedef void (*slot_t)(void);

// A slot whose meaning we do not know fails loudly: what it was asked for cannot be guessed, and a null one would crash
// its caller.
static CUresult refuse(const char *table, int number, atomic_int *said) {
  if (!atomic_exchange_explicit(said, 1, memory_order_relaxed))
    gf_log(
        GF_LOG_WARN,
        "slot %d of the export table \"%s\" was called; gpuferry does not know what it does, and "
        "the call fails",
        number, table);
  return CUDA_ERROR_NOT_SUPPORTED;
}
#define GF_REFUSED(table, number)                                                                  \
  static CUresult refuse_##table##_##number(void) {                                                \
    static atomic_int said;                                                                        \
    return refuse(#table, number, &said);                                                          \
  }
GF_REFUSED(cudart, 1)
GF_REFUSED(cudart, 3)
GF_REFUSED(cudart, 4)
GF_REFUSED(cudart, 5)
GF_REFUSED(cudart, 8)
GF_REFUSED(cudart, 9)
GF_REFUSED(cudart, 10)
GF_REFUSED(cudart, 11)
GF_REFUSED(hooks, 1)
GF_REFUSED(hooks, 3)
GF_REFUSED(hooks, 4)
GF_REFUSED(hooks, 5)
GF_REFUSED(tls, 1)
GF_REFUSED(tls, 3)
GF_REFUSED(storage, 3)
GF_REFUSED(checks, 1)
GF_REFUSED(integrity, 2)

// cudart 13.2 asks this before it counts devices, without arguments, and goes no further unless the answer is 0.
static CUresult agree(void) { return CUDA_SUCCESS; }

static CUresult get_primary_context(CUcontext *out, CUdevice device) {
  CUcontext context = gf_primary_handle(device);
  if (context == NULL)
    return CUDA_ERROR_INVALID_DEVICE;
  *out = context;
  return CUDA_SUCCESS;
}

static CUresult load_module(CUmodule *out, const void *wrapper, void *unused_a, void *unused_b,
                            unsigned unused_c) {
  (void)unused_a, (void)unused_b, (void)unused_c;
  return cuModuleLoadData(out, wrapper);
}

static CUresult unload_module(CUmodule module) { return cuModuleUnload(module); }

static uint64_t g_hooks_a[GF_TOOLS_HOOKS_A_BYTES / 8];
static uint64_t g_hooks_b[(GF_TOOLS_HOOKS_B_BYTES + 7) / 8];

static void hooks_a(void **buffer, size_t *bytes) {
  *buffer = g_hooks_a;
  *bytes = GF_TOOLS_HOOKS_A_BYTES;
}
static void hooks_b(void **buffer, size_t *bytes) {
  *buffer = g_hooks_b;
  *bytes = GF_TOOLS_HOOKS_B_BYTES;
}

static struct gf_storage *storage_of(CUcontext context) {
  struct gf_context *record = context != NULL ? gf_context_of(context) : gf_context_current();
  return record != NULL ? &record->storage : NULL;
}
static CUresult storage_put(CUcontext context, void *key, void *value,
                            gf_storage_destructor destructor) {
  struct gf_storage *storage = storage_of(context);
  return storage != NULL ? gf_storage_put(storage, key, value, destructor)
                         : CUDA_ERROR_INVALID_CONTEXT;
}
static CUresult storage_delete(CUcontext context, void *key) {
  struct gf_storage *storage = storage_of(context);
  return storage != NULL ? gf_storage_delete(storage, key) : CUDA_ERROR_INVALID_CONTEXT;
}
static CUresult storage_get(void **value, CUcontext context, void *key) {
  struct gf_storage *storage = storage_of(context);
  return storage != NULL ? gf_storage_get(storage, key, value) : CUDA_ERROR_INVALID_CONTEXT;
}

static CUresult check_context(CUcontext context, uint32_t *answer, const void **unused) {
  (void)context, (void)unused;
  *answer = 0;
  return CUDA_SUCCESS;
}
static CUresult check_global(void) { return CUDA_SUCCESS; }

static CUresult answer_integrity(uint32_t version, uint64_t seconds, uint64_t answer[2]);

#define GF_SLOT(function) ((slot_t)(function))
#define GF_SIZE(count) ((slot_t)(uintptr_t)((count) * sizeof(slot_t)))

static const slot_t g_cudart[GF_CUDART_SLOTS] = {
    GF_SIZE(GF_CUDART_SLOTS),
    [GF_CUDART_GET_MODULE_FROM_CUBIN] = GF_SLOT(refuse_cudart_1),
    [GF_CUDART_GET_PRIMARY_CONTEXT] = GF_SLOT(get_primary_context),
    [3] = GF_SLOT(refuse_cudart_3),
    [4] = GF_SLOT(refuse_cudart_4),
    [5] = GF_SLOT(refuse_cudart_5),
    [GF_CUDART_LOAD_MODULE] = GF_SLOT(load_module),
    [GF_CUDART_UNLOAD_MODULE] = GF_SLOT(unload_module),
    [8] = GF_SLOT(refuse_cudart_8),
    [9] = GF_SLOT(refuse_cudart_9),
    [10] = GF_SLOT(refuse_cudart_10),
    [11] = GF_SLOT(refuse_cudart_11),
    [GF_CUDART_MAY_START] = GF_SLOT(agree),
};
static const slot_t g_hooks[GF_TOOLS_HOOKS_SLOTS] = {
    GF_SIZE(GF_TOOLS_HOOKS_SLOTS),
    [1] = GF_SLOT(refuse_hooks_1),
    [GF_TOOLS_HOOKS_BUFFER_A] = GF_SLOT(hooks_a),
    [3] = GF_SLOT(refuse_hooks_3),
    [4] = GF_SLOT(refuse_hooks_4),
    [5] = GF_SLOT(refuse_hooks_5),
    [GF_TOOLS_HOOKS_BUFFER_B] = GF_SLOT(hooks_b),
};
static CUresult current_context(CUcontext *context) {
  const CUresult result = cuCtxGetCurrent(context);
  return result == CUDA_SUCCESS && *context == NULL ? CUDA_ERROR_INVALID_CONTEXT : result;
}

static const slot_t g_tls[GF_TOOLS_TLS_SLOTS] = {
    GF_SIZE(GF_TOOLS_TLS_SLOTS),
    GF_SLOT(refuse_tls_1),
    [GF_TOOLS_TLS_CONTEXT] = GF_SLOT(current_context),
    [3] = GF_SLOT(refuse_tls_3),
};
static const slot_t g_storage[GF_STORAGE_SLOTS] = {
    [GF_STORAGE_PUT] = GF_SLOT(storage_put),
    [GF_STORAGE_DELETE] = GF_SLOT(storage_delete),
    [GF_STORAGE_GET] = GF_SLOT(storage_get),
    [3] = GF_SLOT(refuse_storage_3),
};
static const slot_t g_checks[GF_CHECKS_SLOTS] = {
    GF_SIZE(GF_CHECKS_SLOTS),
    [1] = GF_SLOT(refuse_checks_1),
    [GF_CHECKS_CONTEXT] = GF_SLOT(check_context),
    [GF_CHECKS_GLOBAL] = GF_SLOT(check_global),
};
static const slot_t g_integrity[GF_INTEGRITY_SLOTS] = {
    GF_SIZE(GF_INTEGRITY_SLOTS),
    [GF_INTEGRITY_ASK] = GF_SLOT(answer_integrity),
    [2] = GF_SLOT(refuse_integrity_2),
};

static CUresult context_number(CUcontext context, uint64_t *number) {
  unsigned long long id = 0;
  if (number == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  const CUresult result = cuCtxGetId(context, &id);
  if (result == CUDA_SUCCESS)
    *number = id;
  return result;
}

// Ten slots of which none is known, but for one.
#define GF_TEN(declare, tens)                                                                      \
  declare(tens##0) declare(tens##1) declare(tens##2) declare(tens##3) declare(tens##4)             \
      declare(tens##5) declare(tens##6) declare(tens##7) declare(tens##8) declare(tens##9)
#define GF_ALL_UNKNOWN(declare)                                                                    \
  declare(1) declare(2) declare(3) declare(5) declare(6) declare(7) declare(8) declare(9)          \
      GF_TEN(declare, 1) GF_TEN(declare, 2) GF_TEN(declare, 3) GF_TEN(declare, 4)                  \
          GF_TEN(declare, 5) GF_TEN(declare, 6) GF_TEN(declare, 7) GF_TEN(declare, 8) declare(90)  \
              declare(91) declare(92) declare(93) declare(94)
#define GF_DECLARE_REFUSAL(number) GF_REFUSED(tools_context, number)
#define GF_NAME_REFUSAL(number) [number] = GF_SLOT(refuse_tools_context_##number),
GF_ALL_UNKNOWN(GF_DECLARE_REFUSAL)
static const slot_t g_tools_context[GF_TOOLS_CONTEXT_SLOTS] = {
    GF_SIZE(GF_TOOLS_CONTEXT_SLOTS), [GF_TOOLS_CONTEXT_NUMBER] = GF_SLOT(context_number),
    GF_ALL_UNKNOWN(GF_NAME_REFUSAL)};

static CUresult answer_integrity(uint32_t version, uint64_t seconds, uint64_t answer[2]) {
  const int count = gf_device_count();
  struct gf_integrity_device *devices = calloc((size_t)count + 1, sizeof *devices);
  if (devices == NULL)
    return CUDA_ERROR_OUT_OF_MEMORY;
  for (int i = 0; i < count; i++) {
    const struct gf_device *device = gf_device(i);
    memcpy(devices[i].uuid, device->uuid.bytes, sizeof devices[i].uuid);
    devices[i].pci_domain = (uint32_t)device->attributes[CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID];
    devices[i].pci_bus = (uint32_t)device->attributes[CU_DEVICE_ATTRIBUTE_PCI_BUS_ID];
    devices[i].pci_device = (uint32_t)device->attributes[CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID];
  }
  int driver_version = 0;
  cuDriverGetVersion(&driver_version);
  const struct gf_integrity_record record = {
      .driver_version = (uint32_t)driver_version,
      .version = version,
      .pid = (uint32_t)getpid(),
      .thread_low = (uint32_t)(uintptr_t)pthread_self(),
      .cudart_interface_table = (uint64_t)(uintptr_t)g_cudart,
      .integrity_table = (uint64_t)(uintptr_t)g_integrity,
      .integrity_function = (uint64_t)(uintptr_t)answer_integrity,
      .seconds = seconds};
  gf_integrity_answer(&record, devices, (size_t)count, answer);
  free(devices);
  return CUDA_SUCCESS;
}

// CUPTI looks at a table's size before it calls a slot, and says of a table without any that it does not work here. Denied
// the table, it calls itself until the stack is used up, and takes JAX with it.
static const slot_t g_cupti[1] = {GF_SIZE(1)};

static const struct {
  uint8_t uuid[16];
  const slot_t *table;
} g_tables[] = {
    {GF_UUID_CUDART_INTERFACE, g_cudart},
    {GF_UUID_TOOLS_HOOKS, g_hooks},
    {GF_UUID_TOOLS_TLS, g_tls},
    {GF_UUID_CONTEXT_STORAGE, g_storage},
    {GF_UUID_CONTEXT_CHECKS, g_checks},
    {GF_UUID_INTEGRITY, g_integrity},
    {GF_UUID_TOOLS_CONTEXT, g_tools_context},
    {GF_UUID_CUPTI, g_cupti},
};

CUresult CUDAAPI cuGetExportTable(const void **ppExportTable, const CUuuid *pExportTableId) {
  if (ppExportTable == NULL || pExportTableId == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  for (size_t i = 0; i < sizeof g_tables / sizeof g_tables[0]; i++) {
    if (memcmp(g_tables[i].uuid, pExportTableId->bytes, 16) == 0) {
      *ppExportTable = g_tables[i].table;
      return CUDA_SUCCESS;
    }
  }
  *ppExportTable = NULL;
  char name[2 * sizeof pExportTableId->bytes + 1];
  for (size_t i = 0; i < sizeof pExportTableId->bytes; i++)
    snprintf(name + 2 * i, 3, "%02X", (unsigned char)pExportTableId->bytes[i]);
  gf_asked_in_vain("export table", name, 0);
  return CUDA_ERROR_NOT_FOUND;
}
