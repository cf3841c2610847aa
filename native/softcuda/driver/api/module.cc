// Modules and functions.
#include "../module.h"
#include "../entry.h"
#include "../jit_options.h"

#include <cstdio>
#include <memory>

using namespace softcuda;

namespace {

CUresult enter_module(CUmodule handle, Module **module) {
  Context *context;
  GF_TRY(enter(&context));
  *module = Module::from(handle);
  return *module ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUresult enter_function(CUfunction handle, Function **function) {
  Context *context;
  GF_TRY(enter(&context));
  return resolve_function(handle, *context, function);
}

/// For questions that need no context.
CUresult find_function(CUfunction handle, Function **function) {
  GF_TRY(enter());
  *function = Function::from(handle);
  return *function ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUresult load(CUmodule *out, const void *image, const JitOptions &options) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(out && image);
  std::vector<PtxText> sources;
  std::string log;
  Module *module = nullptr;
  CUresult result = read_image(image, sources, log);
  options.limit_registers(sources);
  if (!result)
    result = Module::load(*context, sources, nullptr, log, &module);
  options.report(result, log);
  if (result)
    return result;
  *out = handle_of<CUmodule>(module);
  return CUDA_SUCCESS;
}

} // namespace

GF_API cuModuleLoadData(CUmodule *out, const void *image) { return load(out, image, {}); }

GF_API cuModuleLoadDataEx(CUmodule *out, const void *image, unsigned int count,
                          CUjit_option *options, void **values) {
  return load(out, image, JitOptions(count, options, values));
}

GF_API cuModuleLoadFatBinary(CUmodule *out, const void *image) { return load(out, image, {}); }

GF_API cuModuleLoad(CUmodule *out, const char *path) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(out && path);
  std::string image;
  GF_TRY(read_file(path, image));
  return load(out, image.c_str(), {});
}

GF_API cuModuleUnload(CUmodule handle) {
  Module *module;
  GF_TRY(enter_module(handle, &module));
  if (module->library)
    return CUDA_ERROR_NOT_PERMITTED; // cuLibraryUnload takes it away
  delete module;
  return CUDA_SUCCESS;
}

GF_API cuModuleGetFunction(CUfunction *out, CUmodule handle, const char *name) {
  Module *module;
  GF_TRY(enter_module(handle, &module));
  GF_REQUIRE(out && name);
  Function *function = module->function(name);
  if (!function)
    return CUDA_ERROR_NOT_FOUND;
  *out = handle_of<CUfunction>(function);
  return CUDA_SUCCESS;
}

GF_API cuModuleGetFunctionCount(unsigned int *count, CUmodule handle) {
  Module *module;
  GF_TRY(enter_module(handle, &module));
  GF_REQUIRE(count);
  *count = static_cast<unsigned>(module->functions().size());
  return CUDA_SUCCESS;
}

GF_API cuModuleEnumerateFunctions(CUfunction *out, unsigned int count, CUmodule handle) {
  Module *module;
  GF_TRY(enter_module(handle, &module));
  GF_REQUIRE(out && count);
  for (unsigned i = 0; i < count && i < module->functions().size(); i++)
    out[i] = handle_of<CUfunction>(module->functions()[i].get());
  return CUDA_SUCCESS;
}

GF_API cuModuleGetGlobal_v2(CUdeviceptr *address, size_t *bytes, CUmodule handle,
                            const char *name) {
  Module *module;
  GF_TRY(enter_module(handle, &module));
  GF_REQUIRE(name && (address || bytes));
  const jit::GlobalInfo *global = module->global(name);
  if (!global)
    return CUDA_ERROR_NOT_FOUND;
  if (address)
    *address = global->address;
  if (bytes)
    *bytes = global->size_bytes;
  return CUDA_SUCCESS;
}

GF_API cuModuleGetLoadingMode(CUmoduleLoadingMode *mode) {
  GF_TRY(enter());
  GF_REQUIRE(mode);
  const char *wanted = getenv("CUDA_MODULE_LOADING");
  *mode = wanted && std::string_view(wanted) == "EAGER" ? CU_MODULE_EAGER_LOADING
                                                        : CU_MODULE_LAZY_LOADING;
  return CUDA_SUCCESS;
}

GF_API cuFuncGetModule(CUmodule *out, CUfunction handle) {
  Function *function;
  GF_TRY(enter_function(handle, &function));
  GF_REQUIRE(out);
  *out = handle_of<CUmodule>(&function->module);
  return CUDA_SUCCESS;
}

GF_API cuFuncGetAttribute(int *value, CUfunction_attribute which, CUfunction handle) {
  Function *function;
  GF_TRY(enter_function(handle, &function));
  GF_REQUIRE(value);
  return function->attribute(which, value);
}

GF_API cuFuncSetAttribute(CUfunction handle, CUfunction_attribute which, int value) {
  Function *function;
  GF_TRY(enter_function(handle, &function));
  return function->set_attribute(which, value);
}

GF_API cuFuncSetCacheConfig(CUfunction handle, CUfunc_cache config) {
  Function *function;
  GF_TRY(enter_function(handle, &function));
  GF_REQUIRE(config <= CU_FUNC_CACHE_PREFER_EQUAL);
  return CUDA_SUCCESS;
}

GF_API cuFuncSetSharedMemConfig(CUfunction handle, CUsharedconfig config) {
  Function *function;
  GF_TRY(enter_function(handle, &function));
  GF_REQUIRE(config <= CU_SHARED_MEM_CONFIG_EIGHT_BYTE_BANK_SIZE);
  return CUDA_SUCCESS;
}

GF_API cuFuncGetName(const char **name, CUfunction handle) {
  Function *function;
  GF_TRY(find_function(handle, &function));
  GF_REQUIRE(name);
  *name = function->info.name.c_str();
  return CUDA_SUCCESS;
}

GF_API cuFuncGetParamInfo(CUfunction handle, size_t index, size_t *offset, size_t *bytes) {
  Function *function;
  GF_TRY(find_function(handle, &function));
  GF_REQUIRE(offset && index < function->info.params.size());
  *offset = function->info.params[index].offset_bytes;
  if (bytes)
    *bytes = function->info.params[index].size_bytes;
  return CUDA_SUCCESS;
}

GF_API cuFuncIsLoaded(CUfunctionLoadingState *state, CUfunction handle) {
  Function *function;
  GF_TRY(enter_function(handle, &function));
  GF_REQUIRE(state);
  *state = function->ready ? CU_FUNCTION_LOADING_STATE_LOADED : CU_FUNCTION_LOADING_STATE_UNLOADED;
  return CUDA_SUCCESS;
}

GF_API cuFuncLoad(CUfunction handle) {
  Function *function;
  GF_TRY(enter_function(handle, &function));
  return function->prepare();
}

GF_API cuModuleGetTexRef(CUtexref *out, CUmodule handle, const char *name) {
  Module *module;
  GF_TRY(enter_module(handle, &module));
  GF_REQUIRE(out && name);
  TexRef *reference = module->texref(name);
  if (!reference)
    return CUDA_ERROR_NOT_FOUND;
  *out = handle_of<CUtexref>(reference);
  return CUDA_SUCCESS;
}

GF_API cuModuleGetSurfRef(CUsurfref *out, CUmodule handle, const char *name) {
  Module *module;
  GF_TRY(enter_module(handle, &module));
  GF_REQUIRE(out && name);
  SurfRef *reference = module->surfref(name);
  if (!reference)
    return CUDA_ERROR_NOT_FOUND;
  *out = handle_of<CUsurfref>(reference);
  return CUDA_SUCCESS;
}
