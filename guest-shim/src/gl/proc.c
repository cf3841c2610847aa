#include "gl/proc.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "gl/egl/proc.h"
#include "gl/glx/proc.h"
#include "gl_api.h"

struct proc {
  const char *name;
  gf_gl_proc address;
};

#define GF_GL_PROC(name) {#name, (gf_gl_proc)name},
static const struct proc g_commands[] = {
#include "gl_procs.inc"
};
#undef GF_GL_PROC

static int compare(const void *name, const void *entry) {
  return strcmp(name, ((const struct proc *)entry)->name);
}

gf_gl_proc gf_gl_proc_of(const char *name) {
  if (strncmp(name, "glX", 3) == 0)
    return gf_glx_proc_of(name);
  if (strncmp(name, "egl", 3) == 0)
    return gf_egl_proc_of(name);
  const struct proc *found = bsearch(name, g_commands, sizeof g_commands / sizeof g_commands[0],
                                     sizeof g_commands[0], compare);
  return found != NULL ? found->address : NULL;
}
