// Loads libplugin.so (which brings its own cudart) from beside this program, uses it and unloads it, several times
// over: no CUDA is linked in here.
#include <cstdio>
#include <dlfcn.h>
#include <string>

int main(int, char **argv) {
  std::string path(argv[0]);
  path = path.substr(0, path.find_last_of('/') + 1) + "libplugin.so";
  bool right = true;
  for (int round = 0; round < 4; ++round) {
    void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      std::printf("%s\nFAIL\n", dlerror());
      return 1;
    }
    auto triple = reinterpret_cast<int (*)(int)>(dlsym(library, "plugin_triple"));
    const int result = triple == nullptr ? -1 : triple(round + 5);
    std::printf("  round %d: %d\n", round, result);
    right &= result == 3 * (round + 5);
    dlclose(library);
  }
  std::printf(right ? "PASS\n" : "FAIL\n");
  return right ? 0 : 1;
}
