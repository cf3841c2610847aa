// Where the host's Unix socket is.
#pragma once

#include <stddef.h>

/// The rule that guest and server share: $GPUFERRY_HOST (`unix:/path` or a plain path); else
/// $XDG_RUNTIME_DIR/gpuferry/host.sock; else, for root, /run/gpuferry/host.sock if it exists; else
/// /tmp/gpuferry-$UID/host.sock. Writes a zero-terminated path; 0, or -1 if it does not fit or
/// is no address, and `why`.
int gf_host_path(char *path, size_t capacity_bytes, char *why, size_t why_bytes);
