// Commands of extensions that are not offered. Programs are linked with them, or look them up and call them without a look at
// the extensions: libglvnd's libraries have an entry for each, whether a driver knows the command or not.
#include "gl/not_offered.h"

#include <stddef.h>
#include <stdint.h>

#include "gl/export.h"
#include "gl/stub.h"

// Declared without parameters, as nothing here looks at them. Whatever a command gives is 0, in the register where integers and
// pointers are returned.
#define GF_GL_NOT_OFFERED(symbol)                                                                  \
  GF_GL_EXPORT uintptr_t symbol(void) {                                                            \
    gf_gl_refuse(#symbol, "Its extension is not offered.");                                        \
    return 0;                                                                                      \
  }
#include "gl_not_offered.inc"
#undef GF_GL_NOT_OFFERED

#define GF_GL_NOT_OFFERED(symbol) {#symbol, (gf_gl_proc)symbol},
static const struct gf_gl_named_proc g_commands[] = {
#include "gl_not_offered.inc"
};
#undef GF_GL_NOT_OFFERED

gf_gl_proc gf_gl_not_offered(const char *name) {
  return gf_gl_proc_among(g_commands, sizeof g_commands / sizeof g_commands[0], name);
}
