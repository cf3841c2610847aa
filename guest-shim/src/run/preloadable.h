// Whether a command can be a guest at all: a program without a dynamic loader, or with one that ignores LD_PRELOAD, runs
// as if gpuferry were not there. `gpuferry run` looks for the same (host-server/src/cli/preloadable.ts).
#pragma once

#include <stddef.h>

/// Why no GPU call of `command` will be forwarded, in words that follow its name, in `why`; 0 if nothing speaks against
/// it, or if it is not found.
int gf_why_not_preloadable(const char *command, char *why, size_t why_bytes);
