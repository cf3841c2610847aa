#include "executor/grant_page.h"

#include "ring/futex.h"

#include <cerrno>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>

namespace gpuferry::executor {

GrantPage::GrantPage(int fd) {
  void *page = mmap(nullptr, GF_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  const int error = errno;
  close(fd);
  if (page == MAP_FAILED)
    throw std::system_error(error, std::generic_category(), "mapping the grant page");
  mapping_ = {page, GF_PAGE_BYTES};
  page_ = static_cast<gf_grant *>(page);
}

void GrantPage::sleep(uint32_t seq, int64_t timeout_ns) {
  gf_store_relaxed(&page_->waiting, 1);
  ring::futex_wait(&page_->grant_seq, seq, timeout_ns);
  gf_store_relaxed(&page_->waiting, 0);
}

} // namespace gpuferry::executor
