// Compiled kernels on disk, in $GPUFERRY_CACHE_DIR or ${XDG_CACHE_HOME:-~/.cache}/gpuferry/jit. Entries appear by
// rename and carry a checksum: processes that share the directory, or die while writing, never show each other half
// an entry. Where the directory cannot be used, every lookup misses.
#pragma once

#include "digest/blake2b.h"

#include <optional>

namespace softcuda::jit {

using gpuferry::digest::Blake2b;
using gpuferry::digest::Digest;
using gpuferry::digest::hex;

class DiskCache {
public:
  DiskCache();
  explicit DiskCache(std::string directory) : directory_(std::move(directory)) {}

  std::optional<std::string> load(const Digest &key) const;
  void store(const Digest &key, std::string_view object) const;

private:
  std::string directory_; // empty: no cache
};

/// The part of every key that is the machine and the compiler: CPU model and features, the compiler library's identity.
const std::string &compiler_fingerprint();

} // namespace softcuda::jit
