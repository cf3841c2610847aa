// The server's end of a session's grant page (protocol/abi/grant.h): grants go in, samples come
// out. Numbers cross as doubles: exact up to 2^53 ns (104 days of GPU time) and 2^53 bytes.
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <cmath>

#include "addon.h"
#include "grant.h"
#include "memfd.h"
#include "system_error.h"

namespace gpuferry {

namespace {

/// Infinity is how JavaScript says "no limit"; the page says UINT64_MAX.
uint64_t limit_of(const Napi::Value &value) {
  const double number = value.As<Napi::Number>().DoubleValue();
  if (!std::isfinite(number) || number >= 18446744073709551615.0)
    return UINT64_MAX;
  return number <= 0 ? 0 : static_cast<uint64_t>(number);
}

class GrantPage : public Napi::ObjectWrap<GrantPage> {
public:
  static void define(Napi::Env env, Napi::Object exports) {
    exports.Set("GrantPage", DefineClass(env, "GrantPage",
                                         {InstanceAccessor<&GrantPage::fd>("fd"),
                                          InstanceMethod<&GrantPage::grant>("grant"),
                                          InstanceMethod<&GrantPage::revoke>("revoke"),
                                          InstanceMethod<&GrantPage::sample>("sample"),
                                          InstanceMethod<&GrantPage::close_fd>("closeFd"),
                                          InstanceMethod<&GrantPage::close>("close")}));
  }

  /// new GrantPage(memoryQuotaBytes): not gated at first.
  explicit GrantPage(const Napi::CallbackInfo &info) : Napi::ObjectWrap<GrantPage>(info) {
    fd_ = create_sealed_memfd(info.Env(), "gpuferry-grant", GF_PAGE_BYTES);
    void *mapped = mmap(nullptr, GF_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0);
    if (mapped == MAP_FAILED)
      throw_errno(info.Env(), "mmap", "a grant page");
    page_ = static_cast<gf_grant *>(mapped);
    page_->memory_quota_bytes = limit_of(info[0]);
    page_->granted_ns = GF_GRANT_UNGATED;
  }

  ~GrantPage() override { unmap(); }

private:
  Napi::Value fd(const Napi::CallbackInfo &info) {
    return Napi::Number::New(info.Env(), fd_.get());
  }

  /// grant(grantedNs): GPU time the session may have used in all; Infinity: not gated.
  void grant(const Napi::CallbackInfo &info) {
    if (!page_)
      return;
    gf_store_relaxed(&page_->granted_ns, limit_of(info[0]));
    wake();
  }

  void revoke(const Napi::CallbackInfo &) {
    if (!page_)
      return;
    gf_store_relaxed(&page_->revoked, 1u);
    wake();
  }

  /// Partner: the executor reads grant_seq (acquire), then granted_ns, then waits for grant_seq to
  /// differ from what it read; so an increment between its look and its sleep ends the sleep.
  void wake() {
    __atomic_fetch_add(&page_->grant_seq, 1u, __ATOMIC_RELEASE);
    syscall(SYS_futex, &page_->grant_seq, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
  }

  /// sample(out: Float64Array(7)): order as in native.ts. Fills an array of the caller's so that a
  /// tick allocates nothing.
  void sample(const Napi::CallbackInfo &info) {
    auto out = info[0].As<Napi::Float64Array>();
    if (!page_ || out.ElementLength() < 7)
      return;
    out[0] = static_cast<double>(gf_load_relaxed(&page_->used_ns));
    out[1] = static_cast<double>(gf_load_relaxed(&page_->memory_bytes));
    out[2] = static_cast<double>(gf_load_relaxed(&page_->calls));
    out[3] = static_cast<double>(gf_load_relaxed(&page_->launches));
    out[4] = static_cast<double>(gf_load_relaxed(&page_->copied_bytes));
    out[5] = gf_load_relaxed(&page_->waiting) ? 1 : 0;
    out[6] = gf_load_relaxed(&page_->backlogged) ? 1 : 0;
  }

  void close_fd(const Napi::CallbackInfo &) { fd_ = UniqueFd(); }

  /// Gives memory and descriptor back now rather than at the next garbage collection.
  void close(const Napi::CallbackInfo &) {
    unmap();
    fd_ = UniqueFd();
  }

  void unmap() {
    if (page_)
      munmap(page_, GF_PAGE_BYTES);
    page_ = nullptr;
  }

  UniqueFd fd_;
  gf_grant *page_ = nullptr;
};

} // namespace

void register_grant_page(Napi::Env env, Napi::Object exports) { GrantPage::define(env, exports); }

} // namespace gpuferry
