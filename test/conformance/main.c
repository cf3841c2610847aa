// Calls every function of the driver API with good and with bad arguments, and prints one line a call:
//
//   symbol <tab> case <tab> result [<tab> argument=what came out]…
//
// The same program, run straight on a driver and as a guest, must print the same. It needs no compiler and no file of
// the repository at run time. A call that crashes or does not return is a line too: calls are made in child processes,
// and the next child goes on behind the call that ended the last.
//
//   cuda-conformance [--library PATH] [--only PATTERN] [--seconds N]
#include <errno.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cases.h"

/// Where the worker is: what its parent needs to go on when it dies.
struct place {
  unsigned function, number;
  bool in_call;
};

static struct place *place;
static const char *only = "*";
static const char *library = "libcuda.so.1";
static unsigned call_seconds = 10;

enum { EXIT_DONE = 0, EXIT_SPENT = 3 };

static void set_off(enum cases_state state) {
  signal(SIGPIPE, SIG_DFL);
  world_open(library);
  if (state != CASES_BEFORE_INIT)
    world_begin();
  if (state == CASES_POISONED)
    cases_poison();
}

/// Runs cases from the place on.
static int work(enum cases_state state) {
  char name[CASES_NAME_BYTES];
  set_off(state);
  for (; place->function < table_function_count; place->function++, place->number = 0) {
    const struct table_function *function = &table_functions[place->function];
    if (fnmatch(only, function->symbol, 0) != 0)
      continue;
    for (; cases_name(function, state, place->number, name); place->number++) {
      printf("%s\t%s", function->symbol, name);
      fflush(stdout);
      place->in_call = true;
      alarm(call_seconds);
      const bool goes_on = cases_run(function, state, place->number);
      alarm(0);
      place->in_call = false;
      putchar('\n');
      fflush(stdout);
      if (!goes_on) {
        place->number++;
        return EXIT_SPENT;
      }
    }
  }
  return EXIT_DONE;
}

static int in_state(enum cases_state state) {
  *place = (struct place){0};
  for (;;) {
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0)
      _exit(work(state)); // no exit handlers: what they do is not what is tried here
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_DONE)
      return 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SPENT)
      continue;
    if (!place->in_call) {
      fprintf(stderr, "conformance: a worker ended between calls (status %x)\n", status);
      return 2;
    }
    if (WIFSIGNALED(status))
      printf("\t%s\n", WTERMSIG(status) == SIGALRM ? "hangs" : strsignal(WTERMSIG(status)));
    else
      printf("\tends the process with %d\n", WEXITSTATUS(status));
    place->in_call = false;
    place->number++;
  }
}

/// Calls that write files are given names of none: they find a directory of their own.
static char directory[] = "/tmp/conformance-XXXXXX";

static bool move_out(void) {
  if (strchr(library, '/') != NULL)
    library = realpath(library, NULL);
  return library != NULL && mkdtemp(directory) != NULL && chdir(directory) == 0;
}

static void clean_up(void) {
  unlink(CASES_UNKNOWN_TEXT);
  if (chdir("/") == 0)
    rmdir(directory);
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i += 2) {
    const char *value = i + 1 < argc ? argv[i + 1] : NULL;
    if (value != NULL && strcmp(argv[i], "--only") == 0) {
      only = value;
    } else if (value != NULL && strcmp(argv[i], "--library") == 0) {
      library = value;
    } else if (value != NULL && strcmp(argv[i], "--seconds") == 0) {
      call_seconds = (unsigned)atoi(value);
    } else {
      fprintf(stderr, "usage: cuda-conformance [--library PATH] [--only PATTERN] [--seconds N]\n");
      return 2;
    }
  }
  place = mmap(NULL, sizeof *place, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED || !move_out())
    return 2;
  int result = in_state(CASES_BEFORE_INIT);
  if (result == 0)
    result = in_state(CASES_READY);
  if (result == 0)
    result = in_state(CASES_POISONED);
  clean_up();
  return result;
}
