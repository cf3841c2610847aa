#include "backends/cuda/handle_seal.h"

#include "digest/blake2b.h"

#include <cstdlib>
#include <string_view>
#include <sys/random.h>

namespace gpuferry::cuda {

namespace {
constexpr unsigned kRounds = 6;
constexpr size_t kHalfBytes = 32;

std::string own_key() {
  std::string key(kHalfBytes, '\0');
  if (getrandom(key.data(), key.size(), 0) != static_cast<ssize_t>(key.size()))
    std::abort(); // without a key handles would be open to everybody
  return key;
}
} // namespace

HandleSeal::HandleSeal(const std::string &key_hex) : key_(key_hex.empty() ? own_key() : key_hex) {}

HandleSeal::Half HandleSeal::round(unsigned number, const uint8_t *half) const {
  digest::Blake2b hash;
  const char text[2] = {static_cast<char>(key_.size()), static_cast<char>(number)};
  hash.update({text, sizeof text});
  hash.update(key_);
  hash.update({reinterpret_cast<const char *>(half), kHalfBytes});
  return hash.finish();
}

// Each round covers one half with what the other hashes to; undoing it is the same in the other order.
HandleSeal::Bytes HandleSeal::seal(Bytes handle) const {
  for (unsigned number = 0; number < kRounds; ++number) {
    uint8_t *covered = handle.data() + (number % 2 ? kHalfBytes : 0);
    const Half mask = round(number, handle.data() + (number % 2 ? 0 : kHalfBytes));
    for (size_t i = 0; i < kHalfBytes; ++i)
      covered[i] ^= mask[i];
  }
  return handle;
}

HandleSeal::Bytes HandleSeal::open(Bytes sealed) const {
  for (unsigned number = kRounds; number-- > 0;) {
    uint8_t *covered = sealed.data() + (number % 2 ? kHalfBytes : 0);
    const Half mask = round(number, sealed.data() + (number % 2 ? 0 : kHalfBytes));
    for (size_t i = 0; i < kHalfBytes; ++i)
      covered[i] ^= mask[i];
  }
  return sealed;
}

} // namespace gpuferry::cuda
