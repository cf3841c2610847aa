// How a failed system call becomes a JavaScript error: shaped like Node's own (`code`, `errno`,
// `syscall`), so that callers handle both alike.
#pragma once

#include <napi.h>

namespace gpuferry {

/// Throws into JavaScript; `what` says what was attempted and names the value, e.g. the path.
[[noreturn]] void throw_errno(Napi::Env env, const char *syscall, const std::string &what);

} // namespace gpuferry
