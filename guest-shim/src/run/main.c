// gpuferry-run: starts a command as a guest of a server that runs already. It is all that a guest's machine needs beside
// the shim: no Node, no configuration. What it prints goes to stderr.
//
//   gpuferry-run [--host ADDRESS] [--tenant NAME] [--weight N] [--] COMMAND…
//   gpuferry-run [--host ADDRESS] [--tenant NAME] --check
//
// The shim is looked for beside this file: ../lib/guest/libgpuferry.so.
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/preloadable.h"
#include "run/server.h"

// As docs/cli.md has them; the last two as shells and env(1) do.
enum {
  EXIT_USAGE = 2,
  EXIT_NO_SERVER = 4,
  EXIT_NO_SHIM = 6,
  EXIT_NO_DEVICE = 8,
  EXIT_NOT_ALLOWED = 10,
  EXIT_VERSION_MISMATCH = 12,
  EXIT_NOT_EXECUTABLE = 126,
  EXIT_NOT_FOUND = 127,
};

struct options {
  const char *host;
  int check;
};

static const char usage[] =
    "usage: gpuferry-run [--host ADDRESS] [--tenant NAME] [--weight N] [--] COMMAND…\n"
    "       gpuferry-run [--host ADDRESS] [--tenant NAME] --check\n"
    "Runs COMMAND as a guest of the gpuferry server at ADDRESS (unix:/PATH), or of the one found "
    "in\n"
    "GPUFERRY_HOST, XDG_RUNTIME_DIR/gpuferry, /run/gpuferry or /tmp/gpuferry-UID.\n"
    "--check opens a session, says whether it was granted, and runs nothing.\n";

static void set(const char *name, const char *value) {
  if (setenv(name, value, 1) != 0) {
    perror("gpuferry-run");
    exit(1);
  }
}

/// Puts `entry` before what the colon-separated variable `name` holds.
static void set_ahead(const char *name, const char *entry) {
  const char *list = getenv(name);
  if (list == NULL || list[0] == '\0') {
    set(name, entry);
    return;
  }
  const size_t capacity_bytes = strlen(entry) + strlen(list) + 2;
  char *joined = malloc(capacity_bytes);
  if (joined == NULL)
    exit(1);
  snprintf(joined, capacity_bytes, "%s:%s", entry, list);
  set(name, joined);
  free(joined);
}

/// Takes options off the front of the command line. The index of the command's first word.
static int parse(int argc, char **argv, struct options *options) {
  static const struct option known[] = {
      {"host", required_argument, NULL, 'H'},
      {"tenant", required_argument, NULL, 't'},
      {"weight", required_argument, NULL, 'w'},
      {"check", no_argument, NULL, 'c'},
      {"version", no_argument, NULL, 'V'},
      {"help", no_argument, NULL, 'h'},
      {NULL, 0, NULL, 0},
  };
  for (;;) {
    switch (getopt_long(argc, argv, "+h", known, NULL)) {
    case -1:
      return optind;
    case 'H':
      options->host = optarg;
      break;
    case 't':
      set("GPUFERRY_TENANT", optarg);
      break;
    case 'w':
      set("GPUFERRY_WEIGHT", optarg);
      break;
    case 'c':
      options->check = 1;
      break;
    case 'V':
      fputs("gpuferry-run " GF_VERSION "\n", stderr);
      exit(0);
    case 'h':
      fputs(usage, stderr);
      exit(0);
    default:
      fputs(usage, stderr);
      exit(EXIT_USAGE);
    }
  }
}

/// Sets LD_PRELOAD and LD_LIBRARY_PATH, so that the machine's own libGL.so.1 is not found before ours.
static void preload(void) {
  char self[PATH_MAX];
  const ssize_t bytes = readlink("/proc/self/exe", self, sizeof self - 1);
  char directory[PATH_MAX], shim[PATH_MAX + 16];
  if (bytes > 0) {
    self[bytes] = '\0';
    *strrchr(self, '/') = '\0';
  }
  if (bytes <= 0 ||
      (size_t)snprintf(directory, sizeof directory, "%s/../lib/guest", self) >= sizeof directory) {
    fputs("gpuferry-run: cannot find where it lies: /proc/self/exe cannot be read\n", stderr);
    exit(EXIT_NO_SHIM);
  }
  snprintf(shim, sizeof shim, "%s/libgpuferry.so", directory);
  if (access(shim, R_OK) != 0) {
    fprintf(stderr, "gpuferry-run: no shim at %s (%s): unpack the whole guest archive\n", shim,
            strerror(errno));
    exit(EXIT_NO_SHIM);
  }
  if (strpbrk(shim, ":;") != NULL) {
    fprintf(stderr, "gpuferry-run: LD_LIBRARY_PATH cannot hold a path with a colon: %s\n", shim);
    exit(EXIT_NO_SHIM);
  }
  // LD_PRELOAD has no way to quote a blank, but finds a mere name where LD_LIBRARY_PATH says.
  set_ahead("LD_PRELOAD", strpbrk(shim, " \t\n") != NULL ? "libgpuferry.so" : shim);
  set_ahead("LD_LIBRARY_PATH", directory);
}

static int exit_code_of(enum gf_server_answer answer) {
  switch (answer) {
  case GF_SERVER_ANSWERS:
    return 0;
  case GF_SERVER_FORBIDDEN:
  case GF_SERVER_REFUSES:
    return EXIT_NOT_ALLOWED;
  case GF_SERVER_MISMATCH:
    return EXIT_VERSION_MISMATCH;
  case GF_SERVER_NO_DEVICE:
    return EXIT_NO_DEVICE;
  case GF_SERVER_ABSENT:
    break;
  }
  return EXIT_NO_SERVER;
}

int main(int argc, char **argv) {
  struct options options = {NULL, 0};
  char **command = argv + parse(argc, argv, &options);
  if (*command == NULL && !options.check) {
    fputs(usage, stderr);
    return EXIT_USAGE;
  }
  struct gf_server server;
  enum gf_server_answer answer = gf_server_find(options.host, &server);
  if (answer == GF_SERVER_ANSWERS && options.check)
    answer = gf_server_open_session(&server);
  if (answer != GF_SERVER_ANSWERS) {
    fprintf(stderr, "gpuferry-run: %s\n", server.why);
    return exit_code_of(answer);
  }
  if (options.check) {
    fprintf(stderr, "gpuferry-run: the server at %s grants sessions\n", server.path);
    return 0;
  }
  preload();
  char host[sizeof server.path + 8];
  snprintf(host, sizeof host, "unix:%s", server.path);
  set("GPUFERRY_HOST", host);
  char why[PATH_MAX + 128];
  if (gf_why_not_preloadable(command[0], why, sizeof why))
    fprintf(stderr,
            "gpuferry-run: %s %s: its own GPU calls are not forwarded, only those of programs it "
            "starts\n",
            command[0], why);
  execvp(command[0], command);
  const int missing = errno == ENOENT;
  fprintf(stderr, "gpuferry-run: %s: %s\n", command[0], strerror(errno));
  return missing ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
}
