#include "gl/proc.h"

#include <stdlib.h>
#include <string.h>

#include "gl/egl/proc.h"
#include "gl/glx/proc.h"
#include "gl/not_offered.h"
#include "gl_api.h"

#define GF_GL_PROC(name) {#name, (gf_gl_proc)name},
static const struct gf_gl_named_proc g_commands[] = {
#include "gl_procs.inc"
};
#undef GF_GL_PROC

static int compare(const void *name, const void *entry) {
  return strcmp(name, ((const struct gf_gl_named_proc *)entry)->name);
}

gf_gl_proc gf_gl_proc_among(const struct gf_gl_named_proc *table, size_t count, const char *name) {
  const struct gf_gl_named_proc *found = bsearch(name, table, count, sizeof *table, compare);
  return found != NULL ? found->address : NULL;
}

gf_gl_proc gf_gl_proc_of(const char *name) {
  if (strncmp(name, "glX", 3) == 0)
    return gf_glx_proc_of(name);
  if (strncmp(name, "egl", 3) == 0)
    return gf_egl_proc_of(name);
  const gf_gl_proc command =
      gf_gl_proc_among(g_commands, sizeof g_commands / sizeof g_commands[0], name);
  return command != NULL ? command : gf_gl_not_offered(name);
}
