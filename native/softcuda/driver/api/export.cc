// The tables that cudart asks for. See cudart/export_tables.h.
#include "../entry.h"
#include "../jit_options.h"
#include "../module.h"
#include "cudart/export_tables.h"
#include "cudart/integrity.h"

#include <cstring>
#include <pthread.h>

using namespace softcuda;

namespace {

template <class Function> const void *entry(Function *function) {
  return reinterpret_cast<const void *>(function);
}

CUresult not_supported() { return CUDA_ERROR_NOT_SUPPORTED; }

// Callers do not look whether a slot is null: one that we do not know fails, and does not crash.
template <size_t kSlots> struct Table {
  const void *slot[kSlots];
  explicit Table(bool sized = true) {
    for (const void *&each : slot)
      each = entry(not_supported);
    if (sized)
      slot[0] = reinterpret_cast<const void *>(sizeof slot);
  }
};

CUresult get_primary(CUcontext *out, CUdevice dev) {
  Device *device;
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(out);
  *out = device->primary_handle();
  return CUDA_SUCCESS;
}

CUresult load_module(CUmodule *out, const void *wrapper, void *, void *, unsigned) {
  return cuModuleLoadData(out, wrapper);
}

CUresult unload_module(CUmodule module) { return cuModuleUnload(module); }

void hooks_a(void **buffer, size_t *size) {
  alignas(16) static char zeroes[GF_TOOLS_HOOKS_A_BYTES];
  *buffer = zeroes;
  *size = GF_TOOLS_HOOKS_A_SIZE;
}

void hooks_b(void **buffer, size_t *size) {
  alignas(16) static char zeroes[GF_TOOLS_HOOKS_B_BYTES];
  *buffer = zeroes;
  *size = GF_TOOLS_HOOKS_B_SIZE;
}

// A primary context that does not live yet is a context in which nothing is stored.
CUresult storage_context(CUcontext handle, Context **context) {
  if (!handle && !context_stack().empty())
    handle = handle_of<CUcontext>(context_stack().back());
  if (!handle || !may_be_current(handle))
    return CUDA_ERROR_INVALID_CONTEXT;
  *context = Context::from(handle);
  return *context ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUresult storage_put(CUcontext handle, void *key, void *value,
                     void (*destructor)(CUcontext, void *, void *)) {
  Context *context;
  GF_TRY(storage_context(handle, &context));
  std::lock_guard lock(context->mutex);
  context->storage[key] = {value, destructor};
  return CUDA_SUCCESS;
}

CUresult storage_delete(CUcontext handle, void *key) {
  Context *context;
  GF_TRY(storage_context(handle, &context));
  std::lock_guard lock(context->mutex);
  return context->storage.erase(key) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUresult storage_get(void **value, CUcontext handle, void *key) {
  Context *context;
  GF_TRY(storage_context(handle, &context));
  std::lock_guard lock(context->mutex);
  auto found = context->storage.find(key);
  if (found == context->storage.end())
    return CUDA_ERROR_INVALID_HANDLE;
  *value = found->second.value;
  return CUDA_SUCCESS;
}

CUresult check_context(CUcontext, uint32_t *answer, const void **) {
  *answer = 0;
  return CUDA_SUCCESS;
}

CUresult check_global() { return CUDA_SUCCESS; }

CUresult current_context(CUcontext *context) {
  GF_TRY(cuCtxGetCurrent(context));
  return *context ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT;
}

CUresult context_number(CUcontext context, uint64_t *number) {
  unsigned long long id = 0;
  GF_REQUIRE(number);
  GF_TRY(cuCtxGetId(context, &id));
  *number = id;
  return CUDA_SUCCESS;
}

CUresult ask_integrity(uint32_t version, uint64_t seconds, uint64_t *answer);

struct Tables {
  Table<GF_CUDART_SLOTS> cudart;
  Table<GF_TOOLS_HOOKS_SLOTS> hooks;
  Table<GF_TOOLS_TLS_SLOTS> tls;
  Table<GF_STORAGE_SLOTS> storage{false};
  Table<GF_CHECKS_SLOTS> checks;
  Table<GF_INTEGRITY_SLOTS> integrity;
  Table<GF_TOOLS_CONTEXT_SLOTS> tools_context;
  Table<1> cupti; // it looks at the size, and does without; denied, it crashes

  Tables() {
    cudart.slot[GF_CUDART_GET_PRIMARY_CONTEXT] = entry(get_primary);
    cudart.slot[GF_CUDART_LOAD_MODULE] = entry(load_module);
    cudart.slot[GF_CUDART_UNLOAD_MODULE] = entry(unload_module);
    cudart.slot[GF_CUDART_MAY_START] = entry(check_global);
    hooks.slot[GF_TOOLS_HOOKS_BUFFER_A] = entry(hooks_a);
    hooks.slot[GF_TOOLS_HOOKS_BUFFER_B] = entry(hooks_b);
    storage.slot[GF_STORAGE_PUT] = entry(storage_put);
    storage.slot[GF_STORAGE_DELETE] = entry(storage_delete);
    storage.slot[GF_STORAGE_GET] = entry(storage_get);
    checks.slot[GF_CHECKS_CONTEXT] = entry(check_context);
    checks.slot[GF_CHECKS_GLOBAL] = entry(check_global);
    integrity.slot[GF_INTEGRITY_ASK] = entry(ask_integrity);
    tls.slot[GF_TOOLS_TLS_CONTEXT] = entry(current_context);
    tools_context.slot[GF_TOOLS_CONTEXT_NUMBER] = entry(context_number);
  }
};

const Tables &tables() {
  static const Tables *instance = new Tables;
  return *instance;
}

CUresult ask_integrity(uint32_t version, uint64_t seconds, uint64_t *answer) {
  gf_integrity_record record{};
  record.driver_version = kDriverVersion;
  record.version = version;
  record.pid = static_cast<uint32_t>(getpid());
  record.thread_low = static_cast<uint32_t>(pthread_self());
  record.cudart_interface_table = reinterpret_cast<uint64_t>(tables().cudart.slot);
  record.integrity_table = reinterpret_cast<uint64_t>(tables().integrity.slot);
  record.integrity_function = reinterpret_cast<uint64_t>(&ask_integrity);
  record.seconds = seconds;
  std::vector<gf_integrity_device> devices;
  for (auto &device : Process::instance().devices()) {
    gf_integrity_device facts{};
    memcpy(facts.uuid, device->uuid().bytes, sizeof facts.uuid);
    facts.pci_bus = device->pci_bus();
    devices.push_back(facts);
  }
  gf_integrity_answer(&record, devices.data(), devices.size(), answer);
  return CUDA_SUCCESS;
}

} // namespace

GF_API cuGetExportTable(const void **table, const CUuuid *id) {
  GF_REQUIRE(table && id);
  const struct {
    unsigned char id[16];
    const void *table;
  } known[] = {
      {GF_UUID_CUDART_INTERFACE, tables().cudart.slot},
      {GF_UUID_TOOLS_HOOKS, tables().hooks.slot},
      {GF_UUID_TOOLS_TLS, tables().tls.slot},
      {GF_UUID_CONTEXT_STORAGE, tables().storage.slot},
      {GF_UUID_CONTEXT_CHECKS, tables().checks.slot},
      {GF_UUID_INTEGRITY, tables().integrity.slot},
      {GF_UUID_TOOLS_CONTEXT, tables().tools_context.slot},
      {GF_UUID_CUPTI, tables().cupti.slot},
  };
  for (auto &row : known) {
    if (memcmp(row.id, id->bytes, sizeof row.id) == 0) {
      *table = row.table;
      return CUDA_SUCCESS;
    }
  }
  return CUDA_ERROR_NOT_FOUND;
}
