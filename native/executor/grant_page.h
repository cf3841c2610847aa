// The executor's side of the grant page (protocol/abi/grant.h).
#pragma once

#include "abi/grant.h"
#include "ring/region.h"

#include <atomic>
#include <cstdint>

namespace gpuferry::executor {

class GrantPage {
public:
  /// Maps the memfd; takes `fd`. Throws std::system_error.
  explicit GrantPage(int fd);

  /// Where a page lies in memory already; for tests.
  explicit GrantPage(gf_grant *page) : page_(page) {}

  gf_grant *operator->() const { return page_; }

  bool gated() const { return gf_load_relaxed(&page_->granted_ns) != GF_GRANT_UNGATED; }
  bool revoked() const { return gf_load_relaxed(&page_->revoked) != 0; }
  uint64_t granted_ns() const { return gf_load_relaxed(&page_->granted_ns); }

  /// Time used by one of the session's APIs; what all of them have used so far.
  void use(uint64_t ns) { gf_fetch_add_relaxed(&page_->used_ns, ns); }
  uint64_t used_ns() const { return gf_load_relaxed(&page_->used_ns); }

  /// One more or one less of the session's parts has work that is not finished.
  void backlog_begins() {
    if (backlogs_.fetch_add(1, std::memory_order_relaxed) == 0)
      gf_store_relaxed(&page_->backlogged, 1);
  }
  void backlog_ends() {
    if (backlogs_.fetch_sub(1, std::memory_order_relaxed) == 1)
      gf_store_relaxed(&page_->backlogged, 0);
  }

  /// Sleeps until `may_go()` or the session is revoked; returns false for the latter. `may_go` is
  /// asked again at each new grant and at least every `recheck_ns`, because time used becomes known
  /// late.
  template <class MayGo> bool wait_for_grant(MayGo may_go, int64_t recheck_ns = 1'000'000);

private:
  void sleep(uint32_t seq, int64_t timeout_ns);

  std::atomic<unsigned> backlogs_{0};
  ring::Mapping mapping_;
  gf_grant *page_;
};

template <class MayGo> bool GrantPage::wait_for_grant(MayGo may_go, int64_t recheck_ns) {
  for (;;) {
    // Pairs with the server's release increment of grant_seq after it wrote granted_ns: a grant that
    // comes between this load and the sleep changes the word, and the sleep returns at once.
    const uint32_t seq = gf_load_acquire(&page_->grant_seq);
    if (revoked())
      return false;
    if (may_go())
      return true;
    sleep(seq, recheck_ns);
  }
}

} // namespace gpuferry::executor
