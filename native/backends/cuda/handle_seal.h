// The driver's interprocess handles, as guests see them: 64 bytes that are nothing but noise without the tenant's key.
//
// A driver opens whatever handle it is given, of any process of its user, and here every session's executor is one. So
// a guest is never given the driver's bytes, and bytes that it makes up itself become noise too before the driver
// sees them. The permutation is a Feistel network of six rounds over two halves, with keyed BLAKE2b as round function:
// equal handles look equal, as programs expect of them, and a change of one bit changes all.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

namespace gpuferry::cuda {

class HandleSeal {
public:
  using Bytes = std::array<uint8_t, 64>;

  /// `key_hex`: what the server gave to this tenant's sessions; empty: a key of this process alone.
  explicit HandleSeal(const std::string &key_hex);

  Bytes seal(Bytes handle) const;
  Bytes open(Bytes sealed) const;

  /// As they stand in a call and its answer.
  template <class Handle> void give(const Handle &handle, uint8_t (&out)[64]) const {
    static_assert(sizeof(Handle) == sizeof(Bytes));
    Bytes bytes;
    std::memcpy(bytes.data(), &handle, sizeof handle);
    bytes = seal(bytes);
    std::memcpy(out, bytes.data(), sizeof out);
  }
  template <class Handle> Handle take(const uint8_t (&given)[64]) const {
    static_assert(sizeof(Handle) == sizeof(Bytes));
    Bytes bytes;
    std::memcpy(bytes.data(), given, sizeof given);
    bytes = open(bytes);
    Handle handle;
    std::memcpy(&handle, bytes.data(), sizeof handle);
    return handle;
  }

private:
  using Half = std::array<uint8_t, 32>;
  Half round(unsigned number, const uint8_t *half) const;

  std::string key_;
};

} // namespace gpuferry::cuda
