// Puts our GL libraries where the program will look for them, when libgpuferry.so is preloaded by
// itself. (`gpuferry run` also sets LD_LIBRARY_PATH; then there is nothing to do here.)
//
// No GL library is loaded yet: ours are, by path, and a later dlopen("libGL.so.1") of SDL, GLFW, glad …
// finds them by SONAME. A GL library is loaded already, because the program is linked with libglvnd's, or
// will be, because the program opens "libEGL.so": that one stays, and is told that its vendor is we.
//
// Runs in every process under LD_PRELOAD, shells and CUDA programs too, so it does no more than look at
// the list of loaded libraries and map a few.
#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const g_thin[] = {"libGL.so.1",  "libGLX.so.0",       "libOpenGL.so.0",
                                     "libEGL.so.1", "libGLESv1_CM.so.1", "libGLESv2.so.2"};

struct gl_seen {
  const char *directory; ///< ours
  int glvnd;             ///< somebody else's GL library is loaded
};

static int look_at(struct dl_phdr_info *info, size_t size, void *argument) {
  (void)size;
  struct gl_seen *seen = argument;
  const char *slash = strrchr(info->dlpi_name, '/');
  const char *name = slash != NULL ? slash + 1 : info->dlpi_name;
  if (strncmp(name, "libGL", 5) != 0 && strncmp(name, "libEGL", 6) != 0 &&
      strncmp(name, "libOpenGL", 9) != 0)
    return 0;
  static const char *const others[] = {"libGL.so",  "libGLX.so", "libOpenGL.so",
                                       "libEGL.so", "libGLES",   "libGLdispatch.so"};
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    if (strncmp(name, others[i], strlen(others[i])) != 0)
      continue;
    char real[PATH_MAX];
    const size_t length = strlen(seen->directory);
    if (realpath(info->dlpi_name, real) == NULL || strncmp(real, seen->directory, length) != 0 ||
        real[length] != '/')
      seen->glvnd = 1;
  }
  return 0;
}

/// Whether the loader will look in `directory` anyway.
static int on_library_path(const char *directory) {
  const char *path = getenv("LD_LIBRARY_PATH");
  const size_t length = strlen(directory);
  while (path != NULL && *path != '\0') {
    const size_t part = strcspn(path, ":;");
    if (part == length && memcmp(path, directory, length) == 0)
      return 1;
    path += part + (path[part] != '\0');
  }
  return 0;
}

/// Non-zero if it is loaded now.
static int load(const char *directory, const char *name) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  return dlopen(path, RTLD_LAZY | RTLD_LOCAL) != NULL;
}

/// libglvnd asks the environment for its vendor when the first display is used, so this is early enough.
static void become_vendor(const char *directory) {
  if (!load(directory, "libGLX_gpuferry.so.0") || !load(directory, "libEGL_gpuferry.so.0"))
    return;
  char path[PATH_MAX + 32];
  snprintf(path, sizeof path, "%s/egl_vendor.d/10_gpuferry.json", directory);
  setenv("__GLX_VENDOR_LIBRARY_NAME", "gpuferry", 1);
  setenv("__EGL_VENDOR_LIBRARY_FILENAMES", path, 1);
}

__attribute__((constructor)) static void load_gl_libraries(void) {
  Dl_info self;
  char real[PATH_MAX];
  if (dladdr((void *)&g_thin, &self) == 0 || realpath(self.dli_fname, real) == NULL)
    return;
  *strrchr(real, '/') = '\0';
  struct gl_seen seen = {.directory = real};
  dl_iterate_phdr(look_at, &seen);
  if (!seen.glvnd && on_library_path(real))
    return;
  if (!on_library_path(real))
    load(real, "libnvidia-ml.so.1");
  // By its path, before the thin ones ask for it by name: the search for a name tries a dozen directories.
  if (!load(real, "libgpuferry-gl.so.1"))
    return; // a guest that has CUDA's half alone
  for (size_t i = 0; !seen.glvnd && i < sizeof g_thin / sizeof g_thin[0]; i++) {
    load(real, g_thin[i]);
  }
  become_vendor(real);
}
