// How long the issuer looks at empty rings before it sleeps: long enough that a guest which calls back
// to back finds it awake, short enough that one which computes for a while gets the core.
//
// The budget learns from how long the rings really were empty. A sleep that turned out shorter than the
// longest spin would have been cheaper without sleeping, and the budget grows to what would have
// sufficed; a longer one halves it. (Counting failed spins instead would let both ends of a ring
// shrink their budgets below the time that the other needs to wake up, and sleep at every call.)
#pragma once

#include <algorithm>
#include <cstdint>

namespace gpuferry::executor {

class SpinBudget {
public:
  static constexpr uint64_t kMinNs = 2'000;
  /// About what a sleep and a wake cost: spinning never costs more than twice what it can save.
  static constexpr uint64_t kMaxNs = 40'000;

  uint64_t budget_ns() const { return budget_ns_; }

  /// The issuer spun, slept, and found work `took_ns` after the rings had run dry.
  void slept_for(uint64_t took_ns) {
    if (took_ns <= kMaxNs)
      budget_ns_ = std::clamp(took_ns * 2, budget_ns_, kMaxNs);
    else
      budget_ns_ = std::max(kMinNs, budget_ns_ / 2);
  }

private:
  uint64_t budget_ns_ = kMaxNs;
};

} // namespace gpuferry::executor
