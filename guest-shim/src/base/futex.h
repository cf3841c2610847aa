// Sleeping on words of the shared region. The futexes are shared between processes, so never
// FUTEX_PRIVATE.
#pragma once

#include <stdint.h>

/// Sleeps while *word == expected, at most timeout_ns. Returns early on any wake-up: the caller looks at the word again.
/// A signal's handler runs meanwhile and ends nothing: callers count how often they slept in vain.
void gf_futex_wait(uint32_t *word, uint32_t expected, uint64_t timeout_ns);

/// Wakes up to `count` sleepers.
void gf_futex_wake(uint32_t *word, int count);

/// CLOCK_MONOTONIC.
uint64_t gf_now_ns(void);
