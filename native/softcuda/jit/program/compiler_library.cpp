#include "program/compiler_library.h"

#include <dlfcn.h>
#include <mutex>

namespace softcuda::jit {

const std::string &compiler_library_path() {
  static const std::string path = [] {
    if (const char *own = std::getenv("GPUFERRY_PTX_COMPILER"))
      return std::string(own);
    Dl_info here{};
    dladdr(reinterpret_cast<const void *>(&compiler_library_path), &here);
    std::string file = here.dli_fname ? here.dli_fname : "";
    return file.substr(0, file.rfind('/') + 1) + "libgpuferry-ptx.so";
  }();
  return path;
}

CompileFunction compiler(std::string &log) {
  static std::mutex mutex;
  static CompileFunction function = nullptr;
  std::lock_guard lock(mutex);
  if (function)
    return function;
  void *library = dlopen(compiler_library_path().c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library)
    function = reinterpret_cast<CompileFunction>(dlsym(library, kCompileSymbol));
  if (!function)
    log = "the PTX compiler cannot be loaded: " + std::string(dlerror());
  return function;
}

} // namespace softcuda::jit
