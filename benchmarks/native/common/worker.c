#include "common/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static long voluntary_switches(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_nvcsw;
}

static const struct bench_case *find(const struct bench_case *cases, const char *name) {
  for (; cases->name != NULL; cases++) {
    if (strcmp(cases->name, name) == 0)
      return cases;
  }
  return NULL;
}

static void report(const char *name, const struct bench_run *run, long switches) {
  printf("{\"name\":\"%s\",", name);
  if (run->error != NULL) {
    printf("\"error\":\"%s\"}\n", run->error);
    return;
  }
  printf("\"samples_ns\":[");
  for (size_t i = 0; i < run->taken; i++)
    printf("%s%.1f", i > 0 ? "," : "", run->samples_ns[i]);
  printf("],\"calls\":%llu,\"voluntary_switches\":%ld}\n", (unsigned long long)run->calls,
         switches);
}

int bench_serve(const struct bench_case *cases) {
  char line[256];
  while (fgets(line, sizeof line, stdin) != NULL) {
    char name[64], argument[64] = "";
    struct bench_run run = {.argument = argument};
    if (sscanf(line, "%63s %zu %63s", name, &run.samples, argument) < 2)
      continue;
    const struct bench_case *wanted = find(cases, name);
    run.samples_ns = calloc(run.samples + 1, sizeof *run.samples_ns);
    const long before = voluntary_switches();
    if (run.samples_ns == NULL)
      run.error = "no memory for the samples";
    else if (wanted == NULL)
      run.error = "not measured in this mode";
    else
      wanted->measure(&run);
    report(name, &run, voluntary_switches() - before);
    fflush(stdout);
    free(run.samples_ns);
  }
  return 0;
}
