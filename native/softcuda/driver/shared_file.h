// Memory that other processes of the same user may open by name: what CUDA's interprocess handles stand for.
//
// The name holds a number that cannot be guessed. The file goes with the process that made it; of one that was killed,
// the next that shares anything takes it away (its lock is free then).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace softcuda {

/// Of this process: chosen when it first shares something.
struct ShareName {
  uint32_t pid;
  uint64_t secret[2];
  bool operator==(const ShareName &) const = default;
};
const ShareName &own_share_name();

/// Takes away what processes that were killed have left. Also before one shares anything itself: nobody else would.
void sweep_shared_files();

/// A file of `bytes` that `of` calls `key`; −1 where it cannot be made. The descriptor keeps it.
int make_shared_file(uint64_t key, uint64_t bytes);
/// Ends what make_shared_file() made; who has it open keeps what is in it.
void drop_shared_file(uint64_t key);
/// Another process's file; −1 where there is none of at least `bytes`.
int open_shared_file(const ShareName &of, uint64_t key, uint64_t bytes);

} // namespace softcuda
