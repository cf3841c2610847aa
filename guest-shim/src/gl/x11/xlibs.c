#include "gl/x11/xlibs.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

#include "base/log.h"

struct gf_x_functions gf_x;

static pthread_once_t g_once = PTHREAD_ONCE_INIT;
static int g_loaded;

struct x_symbol {
  const char *name;
  size_t offset_bytes; ///< in gf_x
};

#define GF_X_SYMBOL(name) {#name, offsetof(struct gf_x_functions, name)},
static const struct x_symbol g_xlib[] = {GF_XLIB_FUNCTIONS(GF_X_SYMBOL)};
static const struct x_symbol g_xcb[] = {GF_XCB_FUNCTIONS(GF_X_SYMBOL)};
#undef GF_X_SYMBOL

static int resolve(void *library, const struct x_symbol *symbols, size_t count) {
  for (size_t i = 0; i < count; i++) {
    void *address = library != NULL ? dlsym(library, symbols[i].name) : NULL;
    if (address == NULL) {
      gf_log(GF_LOG_ERROR, "no windows: %s is not to be found in this guest's X libraries",
             symbols[i].name);
      return 0;
    }
    *(void **)((char *)&gf_x + symbols[i].offset_bytes) = address;
  }
  return 1;
}

static void load(void) {
  void *xlib = dlopen("libX11.so.6", RTLD_LAZY | RTLD_LOCAL);
  void *xcb = dlopen("libxcb.so.1", RTLD_LAZY | RTLD_LOCAL);
  g_loaded = resolve(xlib, g_xlib, sizeof g_xlib / sizeof g_xlib[0]) &&
             resolve(xcb, g_xcb, sizeof g_xcb / sizeof g_xcb[0]);
  if (g_loaded)
    gf_x.xcb_send_request_with_fds = dlsym(xcb, "xcb_send_request_with_fds");
}

const struct gf_x_functions *gf_x_load(void) {
  pthread_once(&g_once, load);
  return g_loaded ? &gf_x : NULL;
}
