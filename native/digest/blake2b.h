// BLAKE2b-256 (RFC 7693). It names and checks what the software device keeps in its cache, which several
// tenants' programs may share, and covers handles that one guest must not make for another.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gpuferry::digest {

using Digest = std::array<uint8_t, 32>;

class Blake2b {
public:
  Blake2b();
  void update(std::string_view bytes);
  Digest finish();

private:
  void compress(bool last);

  uint64_t state_[8];
  uint8_t block_[128];
  size_t filled_ = 0;
  uint64_t total_ = 0;
};

std::string hex(const Digest &digest);

} // namespace gpuferry::digest
