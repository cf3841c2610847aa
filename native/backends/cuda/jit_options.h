// Compiler options that travel as numbers, and the logs that the compiler writes.
#pragma once

#include "backends/cuda/call.h"

#include <string>

namespace gpuferry::cuda {

class JitOptions {
public:
  /// Takes `count` options from the tail. Options whose value is a pointer are the guest's own and
  /// left out; logs of the sizes it wants are kept here. False, and poison, when the tail is short.
  bool take(Call &call, uint32_t count, uint32_t log_bytes, uint32_t error_log_bytes);

  unsigned count() const { return static_cast<unsigned>(names_.size()); }
  CUjit_option *names() { return names_.data(); }
  void **values() { return values_.data(); }

  float wall_time_ms() const;

  /// Appends both logs to the reply as far as they fit; tells their lengths.
  void reply_logs(Call &call, uint32_t *log_used, uint32_t *error_log_used) const;

private:
  void add(CUjit_option name, uint64_t value);

  std::vector<CUjit_option> names_;
  std::vector<void *> values_;
  std::vector<char> log_, error_log_;
  size_t wall_time_at_ = 0;
};

} // namespace gpuferry::cuda
