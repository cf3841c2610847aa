// The handshake with the host: one hello, one welcome with two descriptors.
#pragma once

#include <stdint.h>

enum gf_connect_status {
  GF_CONNECT_OK,
  GF_CONNECT_NO_SERVER, ///< nobody listens there, or no answer within 10 s
  GF_CONNECT_MISMATCH,  ///< another protocol or ABI version
  GF_CONNECT_REFUSED,   ///< not allowed, no capacity: the server said why
  GF_CONNECT_NO_DEVICE, ///< the server could not start an executor
  GF_CONNECT_BROKEN,    ///< the server's answer, or what it sent, made no sense
};

struct gf_connection {
  int host_fd;
  int courier_fd;
  int region_fd;
  uint64_t region_bytes;
  uint64_t session_id;
};

/// Connects to `path`; `hello_flags` (GF_HELLO_*) go into the hello. On failure every descriptor is closed and `why` (at least 512 bytes) has one
/// line for people. Never waits longer than 10 s.
enum gf_connect_status gf_connect(const char *path, uint32_t hello_flags,
                                  struct gf_connection *connection, char *why);
