// What is measured: the CUDA driver (driver/), which the environment makes passthrough or forwarded,
// or the bare ring (ring/). The cases are the same code for all of them.
#pragma once

#include <stddef.h>

enum bench_copy_way {
  BENCH_COPY_WHOLE,     ///< synchronous
  BENCH_COPY_IN_STREAM, ///< asynchronous, and then the stream is waited for
  BENCH_COPY_IN_ROWS,   ///< synchronous, rows of BENCH_ROW_BYTES
};
#define BENCH_ROW_BYTES 1024u

struct bench_copy {
  size_t bytes; ///< a multiple of 8
  int to_device;
  int pinned;
  enum bench_copy_way way; ///< through a driver; the bare ring knows whole copies alone
};

struct bench_subject {
  void (*null_call)(void);   ///< returns when it was answered
  void (*launch)(void);      ///< does not wait
  void (*synchronise)(void); ///< until everything launched has run
  void (*join)(void);        ///< prepares the calling thread, beside the main one
  /// Buffers of random data on both sides, equal. Returns why not, or NULL.
  const char *(*copy_open)(const struct bench_copy *copy);
  void (*copy)(const struct bench_copy *copy); ///< once, from end to end
  /// Compares and frees. Returns what is wrong, or NULL.
  const char *(*copy_close)(const struct bench_copy *copy);
};

/// Serves the commands of common/worker.h on this subject. Returns main's exit status.
int bench_serve_subject(const struct bench_subject *subject);
