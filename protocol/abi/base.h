// What all ABI headers share: fixed widths, static_assert in C and C++, and the atomic access to
// shared words.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define GF_STATIC_ASSERT(cond, why) static_assert(cond, why)
#else
#define GF_STATIC_ASSERT(cond, why) _Static_assert(cond, why)
#endif

/// Counts layouts of the structures in protocol/abi. Both sides must have the same; see
/// handshake.h.
#define GF_ABI_VERSION 2u

#define GF_CACHE_LINE_BYTES 64u
#define GF_PAGE_BYTES 4096u

// Shared words are plain integers in the structures, so that they have one layout in C11 and C++20,
// and are touched only through these. Each use names its partner on the other side. Relaxed is for
// words that only one side writes and for statistics.
#define gf_load_acquire(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define gf_load_relaxed(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define gf_store_release(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define gf_store_relaxed(p, v) __atomic_store_n((p), (v), __ATOMIC_RELAXED)
#define gf_fetch_add_relaxed(p, v) __atomic_fetch_add((p), (v), __ATOMIC_RELAXED)
#define gf_exchange_acq_rel(p, v) __atomic_exchange_n((p), (v), __ATOMIC_ACQ_REL)

/// Full barrier between "publish my data" and "look whether the other side sleeps" (Dekker): the
/// sleeper sets its parked flag, fences, and looks at the data again; the waker publishes, fences,
/// and looks at the flag. One of the two always sees the other.
#define gf_fence_seq_cst() __atomic_thread_fence(__ATOMIC_SEQ_CST)

#if defined(__x86_64__)
#define gf_cpu_relax() __builtin_ia32_pause()
#else
#define gf_cpu_relax() __asm__ volatile("yield" ::: "memory")
#endif
