// Sleeping on a shared word. The words lie in memory that two processes share, so these are not the
// process-private futexes.
#pragma once

#include <cstdint>

namespace gpuferry::ring {

enum class Wake { called, changed, timeout };

/// Sleeps while `*word` is `expected`, at most `timeout_ns` (negative: for ever). `changed`: the word
/// had another value already; `called` also stands for a signal, so look at your condition again.
Wake futex_wait(const uint32_t *word, uint32_t expected, int64_t timeout_ns = -1);

/// Wakes up to `waiters` sleepers; returns how many there were.
int futex_wake(const uint32_t *word, int waiters);

/// CLOCK_MONOTONIC.
uint64_t now_ns();

} // namespace gpuferry::ring
