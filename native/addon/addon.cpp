#include "addon.h"

#include <cerrno>
#include <cstring>
#include <string>

#include "system_error.h"

/// Of Node's libuv, which every addon may call. The C library's own table is newer than the hosts that we run on.
extern "C" const char *uv_err_name(int error);

namespace gpuferry {

void throw_errno(Napi::Env env, const char *syscall, const std::string &what) {
  const int number = errno;
  const std::string code = uv_err_name(-number);
  auto error = Napi::Error::New(env, code + ": " + strerror(number) + ", " + what);
  error.Set("code", code);
  error.Set("errno", Napi::Number::New(env, -number));
  error.Set("syscall", syscall);
  throw error;
}

static Napi::Object init(Napi::Env env, Napi::Object exports) {
  register_descriptors(env, exports);
  register_grant_page(env, exports);
  register_sockets(env, exports);
  register_spawn(env, exports);
  register_watcher(env, exports);
  return exports;
}

} // namespace gpuferry

static Napi::Object init_addon(Napi::Env env, Napi::Object exports) {
  return gpuferry::init(env, exports);
}
NODE_API_MODULE(gpuferry, init_addon)
