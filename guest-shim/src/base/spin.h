// Spinning before sleeping, with a budget that learns. A reply of a call that does not wait for the
// GPU comes within a microsecond or two and is worth spinning for; one that waits for a kernel is not,
// least of all where two cores have to run guest, executor and software device.
//
// What the budget learns from is how long a wait really took. One that ended in sleep but was no longer
// than the longest spin would have been cheaper without the sleep, and the budget grows to what would
// have sufficed; a longer one halves it. Counting failed spins instead would let guest and executor
// shrink their budgets below the time that the other needs to wake up: then both sleep at every
// call, and nothing ever tells them that both could have stayed awake.
//
// Who waits for somebody on its own core must not keep it: it yields, both stay runnable, and the
// kernel soon moves one of them to a free core. Where there is none, the core goes to a stranger for a
// time slice of milliseconds instead; after that, waits of this kind sleep at once for a while.
#pragma once

#include <sched.h>

#include "abi/base.h"
#include "base/futex.h"

#define GF_SPIN_MIN_NS 1000u
#define GF_SPIN_MAX_NS 30000u
/// A yield that takes longer has met a stranger.
#define GF_SPIN_STRANGER_NS 100000u
/// So many waits on a shared core sleep at once after that.
#define GF_SPIN_SHY_WAITS 1024u

struct gf_spin {
  uint32_t budget_ns;
  uint32_t shy_waits; ///< waits that are not to yield
  uint64_t start_ns;  ///< of the wait that goes on, once it has read the clock
};

/// Whether to look again on a core that the partner needs: yields, unless that has gone wrong lately.
static inline int gf_spin_make_way(struct gf_spin *spin, uint64_t now_ns) {
  if (spin->shy_waits > 0) {
    spin->shy_waits--;
    return 0;
  }
  sched_yield();
  if (gf_now_ns() - now_ns > GF_SPIN_STRANGER_NS)
    spin->shy_waits = GF_SPIN_SHY_WAITS;
  return 1;
}

/// Spins until `condition` holds or the budget is used up; leaves in `met` which it was. `partner_cpu`
/// is a shared word: the core of who is waited for. Who sleeps after that calls gf_spin_slept() once
/// the condition holds. A macro, because the condition is an expression over shared words.
#define GF_SPIN_UNTIL(spin, partner_cpu, condition, met)                                           \
  do {                                                                                             \
    (spin)->start_ns = 0;                                                                          \
    for (unsigned gf_turn = 1; !((met) = (condition)); gf_turn++) {                                \
      gf_cpu_relax();                                                                              \
      if (gf_turn % 16 == 0) {                                                                     \
        uint64_t gf_time_ns = gf_now_ns();                                                         \
        if ((spin)->start_ns == 0)                                                                 \
          (spin)->start_ns = gf_time_ns;                                                           \
        if (gf_time_ns - (spin)->start_ns >= (spin)->budget_ns)                                    \
          break;                                                                                   \
        if (gf_load_relaxed(partner_cpu) == (uint32_t)sched_getcpu() &&                            \
            !gf_spin_make_way((spin), gf_time_ns))                                                 \
          break;                                                                                   \
      }                                                                                            \
    }                                                                                              \
  } while (0)

/// After a wait that spinning did not see the end of.
static inline void gf_spin_slept(struct gf_spin *spin) {
  const uint64_t took_ns = gf_now_ns() - spin->start_ns;
  uint64_t budget_ns = spin->budget_ns / 2;
  if (took_ns <= GF_SPIN_MAX_NS)
    budget_ns = took_ns * 2 > spin->budget_ns ? took_ns * 2 : spin->budget_ns;
  if (budget_ns > GF_SPIN_MAX_NS)
    budget_ns = GF_SPIN_MAX_NS;
  if (budget_ns < GF_SPIN_MIN_NS)
    budget_ns = GF_SPIN_MIN_NS;
  spin->budget_ns = (uint32_t)budget_ns;
}
