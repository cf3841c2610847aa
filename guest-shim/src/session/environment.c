#include "session/environment.h"

#include <stdlib.h>
#include <string.h>

static struct {
  const char *name;
  char *value;
} g_kept[] = {
    {"GPUFERRY_HOST", NULL},
    {"GPUFERRY_TENANT", NULL},
    {"GPUFERRY_WEIGHT", NULL},
    {"XDG_RUNTIME_DIR", NULL},
};

enum { KEPT_COUNT = sizeof g_kept / sizeof g_kept[0] };

__attribute__((constructor)) static void keep(void) {
  for (int i = 0; i < KEPT_COUNT; i++) {
    const char *value = getenv(g_kept[i].name);
    if (value != NULL)
      g_kept[i].value = strdup(value);
  }
}

const char *gf_environment(const char *name) {
  const char *value = getenv(name);
  for (int i = 0; i < KEPT_COUNT && value == NULL; i++) {
    if (strcmp(g_kept[i].name, name) == 0)
      value = g_kept[i].value;
  }
  return value;
}
