// Spinning before sleeping, with a budget that learns. A reply of a call that does not wait for the
// GPU comes within a microsecond or two and is worth spinning for; a reply that waits for a kernel is
// not, least of all where two cores have to run guest, executor and software device. So a spin that
// succeeds doubles the budget and one that fails halves it.
#pragma once

#include "abi/base.h"
#include "base/futex.h"

#define GF_SPIN_MIN_NS 1000u
#define GF_SPIN_MAX_NS 30000u

struct gf_spin {
  uint32_t budget_ns;
};

/// Spins until `condition` holds or the budget is used up; leaves in `met` which it was. A macro,
/// because the condition is an expression over shared words.
#define GF_SPIN_UNTIL(spin, condition, met)                                                        \
  do {                                                                                             \
    uint64_t gf_deadline_ns = 0;                                                                   \
    (met) = 0;                                                                                     \
    for (unsigned gf_turn = 0;; gf_turn++) {                                                       \
      if (condition) {                                                                             \
        (met) = 1;                                                                                 \
        break;                                                                                     \
      }                                                                                            \
      gf_cpu_relax();                                                                              \
      if (gf_turn % 16 == 15) {                                                                    \
        uint64_t gf_time_ns = gf_now_ns();                                                         \
        if (gf_deadline_ns == 0)                                                                   \
          gf_deadline_ns = gf_time_ns + (spin)->budget_ns;                                         \
        else if (gf_time_ns >= gf_deadline_ns)                                                     \
          break;                                                                                   \
      }                                                                                            \
    }                                                                                              \
    gf_spin_learn((spin), (met));                                                                  \
  } while (0)

static inline void gf_spin_learn(struct gf_spin *spin, int met) {
  uint32_t budget_ns = met ? spin->budget_ns * 2 : spin->budget_ns / 2;
  if (budget_ns > GF_SPIN_MAX_NS)
    budget_ns = GF_SPIN_MAX_NS;
  if (budget_ns < GF_SPIN_MIN_NS)
    budget_ns = GF_SPIN_MIN_NS;
  spin->budget_ns = budget_ns;
}
