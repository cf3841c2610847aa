// The courier: what the host starts. Text that kernels printed goes to the application's stdout,
// assertions to stderr, host functions run on a thread of their own.
#pragma once

#include <stdint.h>

/// A host function as the application gave it. `status` is the stream's result, which only stream
/// callbacks look at.
struct gf_callback {
  void (*run)(struct gf_callback *self, int32_t status);
  void (*function)(void);
  void *user_data;
  void *stream;
  int keep; ///< may be called again (graph nodes); else it is freed after its one call
};

/// Registers a callback and starts the courier's thread if it is not running. Its number, or 0 when
/// memory or threads have run out. The callback is copied.
uint64_t gf_courier_register(const struct gf_callback *callback);

/// A registered callback, copied; 0 where there is none of this number.
int gf_courier_find(uint64_t callback_id, struct gf_callback *callback);

/// Forgets a registered callback that will not be called.
void gf_courier_forget(uint64_t callback_id);

/// Handles every packet that lies in the socket: prints text in order, queues callbacks for the
/// thread. Any thread may call it.
void gf_courier_drain(void);

/// Sends a descriptor for the call that will name this number. 0, or -1.
int gf_courier_send_fd(uint64_t number, int fd);
/// The descriptor that came with the answer to the call of this number; -1 if none did.
int gf_courier_take_fd(uint64_t number);
/// A number for such a call: never given twice.
uint64_t gf_courier_fd_number(void);

/// As gf_courier_drain(), if the executor has sent more than was handled: a few instructions else.
void gf_courier_catch_up(void);
