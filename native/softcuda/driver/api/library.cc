// Libraries and kernels.
#include "../entry.h"
#include "../jit_options.h"
#include "../module.h"

using namespace softcuda;

namespace {

CUresult enter_library(CUlibrary handle, Library **library) {
  GF_TRY(enter());
  *library = Library::from(handle);
  return *library ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUresult enter_kernel(CUkernel handle, KernelObject **kernel) {
  GF_TRY(enter());
  *kernel = KernelObject::from(handle);
  return *kernel ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

// A kernel's attributes belong to a device: to the current context if it is on that device, else to
// the device's primary context.
CUresult function_on(KernelObject &kernel, CUdevice dev, Function **function) {
  Device *device;
  GF_TRY(enter(dev, &device));
  Context *context;
  if (!current_context(&context) && &context->device == device)
    return kernel.function_in(*context, function);
  context = Context::from(device->primary_handle());
  return context ? kernel.function_in(*context, function) : CUDA_ERROR_INVALID_CONTEXT;
}

CUresult load(CUlibrary *out, const void *image, const JitOptions &options) {
  GF_TRY(enter());
  GF_REQUIRE(out && image);
  std::vector<PtxText> sources;
  std::string log;
  CUresult result = read_image(image, sources, log);
  options.limit_registers(sources);
  options.report(result, log);
  if (result)
    return result;
  *out = handle_of<CUlibrary>(new Library(std::move(sources)));
  return CUDA_SUCCESS;
}

} // namespace

GF_API cuLibraryLoadData(CUlibrary *out, const void *code, CUjit_option *options, void **values,
                         unsigned int count, CUlibraryOption *library_options, void **,
                         unsigned int library_count) {
  GF_TRY(enter());
  GF_REQUIRE((count == 0 || options) && (library_count == 0 || library_options));
  return load(out, code, JitOptions(count, options, values));
}

GF_API cuLibraryLoadFromFile(CUlibrary *out, const char *path, CUjit_option *options, void **values,
                             unsigned int count, CUlibraryOption *library_options, void **,
                             unsigned int library_count) {
  GF_TRY(enter());
  GF_REQUIRE((count == 0 || options) && (library_count == 0 || library_options));
  GF_TRY(enter());
  GF_REQUIRE(out && path);
  std::string image;
  GF_TRY(read_file(path, image));
  return load(out, image.c_str(), JitOptions(count, options, values));
}

GF_API cuLibraryUnload(CUlibrary handle) {
  Library *library;
  GF_TRY(enter_library(handle, &library));
  delete library;
  return CUDA_SUCCESS;
}

GF_API cuLibraryGetKernel(CUkernel *out, CUlibrary handle, const char *name) {
  Library *library;
  GF_TRY(enter_library(handle, &library));
  GF_REQUIRE(out && name);
  KernelObject *kernel = library->kernel(name);
  if (!kernel)
    return CUDA_ERROR_NOT_FOUND;
  *out = handle_of<CUkernel>(kernel);
  return CUDA_SUCCESS;
}

GF_API cuLibraryGetKernelCount(unsigned int *count, CUlibrary handle) {
  Library *library;
  GF_TRY(enter_library(handle, &library));
  GF_REQUIRE(count);
  *count = static_cast<unsigned>(library->kernels().size());
  return CUDA_SUCCESS;
}

GF_API cuLibraryEnumerateKernels(CUkernel *out, unsigned int count, CUlibrary handle) {
  Library *library;
  GF_TRY(enter_library(handle, &library));
  GF_REQUIRE(out && count);
  for (unsigned i = 0; i < count && i < library->kernels().size(); i++)
    out[i] = handle_of<CUkernel>(library->kernels()[i].get());
  return CUDA_SUCCESS;
}

GF_API cuLibraryGetModule(CUmodule *out, CUlibrary handle) {
  Context *context;
  Library *library;
  Module *module;
  GF_TRY(enter(&context));
  GF_TRY(enter_library(handle, &library));
  GF_REQUIRE(out);
  GF_TRY(library->module_in(*context, &module));
  *out = handle_of<CUmodule>(module);
  return CUDA_SUCCESS;
}

GF_API cuLibraryGetGlobal(CUdeviceptr *address, size_t *bytes, CUlibrary handle, const char *name) {
  Context *context;
  Library *library;
  Module *module;
  GF_TRY(enter(&context));
  GF_TRY(enter_library(handle, &library));
  GF_REQUIRE(name && (address || bytes));
  GF_TRY(library->module_in(*context, &module));
  const jit::GlobalInfo *global = module->global(name);
  if (!global)
    return CUDA_ERROR_NOT_FOUND;
  if (address)
    *address = global->address;
  if (bytes)
    *bytes = global->size_bytes;
  return CUDA_SUCCESS;
}

GF_API cuLibraryGetManaged(CUdeviceptr *address, size_t *bytes, CUlibrary handle,
                           const char *name) {
  Library *library;
  Module *module;
  GF_TRY(enter_library(handle, &library));
  GF_REQUIRE(name && (address || bytes));
  GF_TRY(library->any_module(&module));
  const jit::GlobalInfo *global = module->global(name);
  if (!global || !global->is_managed)
    return CUDA_ERROR_NOT_FOUND;
  if (address)
    *address = global->address;
  if (bytes)
    *bytes = global->size_bytes;
  return CUDA_SUCCESS;
}

// A pointer that host and device could both call: no PTX makes one.
GF_API cuLibraryGetUnifiedFunction(void **, CUlibrary handle, const char *) {
  Library *library;
  GF_TRY(enter_library(handle, &library));
  return CUDA_ERROR_NOT_FOUND;
}

GF_API cuKernelGetFunction(CUfunction *out, CUkernel handle) {
  Context *context;
  KernelObject *kernel;
  Function *function;
  GF_TRY(enter(&context));
  GF_TRY(enter_kernel(handle, &kernel));
  GF_REQUIRE(out);
  GF_TRY(kernel->function_in(*context, &function));
  *out = handle_of<CUfunction>(function);
  return CUDA_SUCCESS;
}

GF_API cuKernelGetLibrary(CUlibrary *out, CUkernel handle) {
  KernelObject *kernel;
  GF_TRY(enter_kernel(handle, &kernel));
  GF_REQUIRE(out);
  *out = handle_of<CUlibrary>(&kernel->library);
  return CUDA_SUCCESS;
}

GF_API cuKernelGetName(const char **name, CUkernel handle) {
  KernelObject *kernel;
  GF_TRY(enter_kernel(handle, &kernel));
  GF_REQUIRE(name);
  *name = kernel->name.c_str();
  return CUDA_SUCCESS;
}

GF_API cuKernelGetAttribute(int *value, CUfunction_attribute which, CUkernel handle, CUdevice dev) {
  KernelObject *kernel;
  Function *function;
  GF_TRY(enter_kernel(handle, &kernel));
  GF_REQUIRE(value);
  GF_TRY(function_on(*kernel, dev, &function));
  return function->attribute(which, value);
}

GF_API cuKernelSetAttribute(CUfunction_attribute which, int value, CUkernel handle, CUdevice dev) {
  KernelObject *kernel;
  Function *function;
  GF_TRY(enter_kernel(handle, &kernel));
  GF_TRY(function_on(*kernel, dev, &function));
  return function->set_attribute(which, value);
}

GF_API cuKernelSetCacheConfig(CUkernel handle, CUfunc_cache config, CUdevice dev) {
  KernelObject *kernel;
  Device *device;
  GF_TRY(enter_kernel(handle, &kernel));
  GF_TRY(enter(dev, &device));
  GF_REQUIRE(config <= CU_FUNC_CACHE_PREFER_EQUAL);
  return CUDA_SUCCESS;
}

GF_API cuKernelGetParamInfo(CUkernel handle, size_t index, size_t *offset, size_t *bytes) {
  Context *context = nullptr;
  KernelObject *kernel;
  Function *function;
  // A kernel is no context's own: one that broke does not take the answer with it.
  if (const CUresult state = enter(&context); !context)
    return state;
  GF_TRY(enter_kernel(handle, &kernel));
  GF_TRY(kernel->function_in(*context, &function));
  GF_REQUIRE(offset && index < function->info.params.size());
  *offset = function->info.params[index].offset_bytes;
  if (bytes)
    *bytes = function->info.params[index].size_bytes;
  return CUDA_SUCCESS;
}
