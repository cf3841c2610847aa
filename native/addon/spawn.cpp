// Starting an executor. Node's own spawn() forks, which copies the page tables of a process that maps
// a good deal: milliseconds in which the server serves nobody. posix_spawn() shares the memory instead until
// the new program runs.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include "addon.h"
#include "system_error.h"
#include "unique_fd.h"

namespace gpuferry {

namespace {

/// In JavaScript's own thread, so that the pid cannot be another process's before JavaScript knows.
void reap(Napi::Env env, Napi::Function callback, std::nullptr_t *, pid_t *child) {
  const pid_t pid = *child;
  delete child;
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
    ;
  if (env == nullptr) // the environment is being torn down
    return;
  callback.Call({Napi::Number::New(env, WIFEXITED(status) ? WEXITSTATUS(status) : -1),
                 Napi::Number::New(env, WIFSIGNALED(status) ? WTERMSIG(status) : -1)});
}

using Callback = Napi::TypedThreadSafeFunction<std::nullptr_t, pid_t, reap>;

std::vector<std::string> strings_of(const Napi::Value &value) {
  auto array = value.As<Napi::Array>();
  std::vector<std::string> strings(array.Length());
  for (uint32_t i = 0; i < array.Length(); i++)
    strings[i] = array.Get(i).As<Napi::String>().Utf8Value();
  return strings;
}

std::vector<char *> pointers_to(std::vector<std::string> &strings) {
  std::vector<char *> pointers;
  for (std::string &text : strings)
    pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Mappings of what is executed meanwhile begin where an executor wants them
/// (native/executor/address_space.cc): it would have to execute itself again for that. Where this is
/// refused, it still does.
class LegacyLayout {
public:
  LegacyLayout() : before_(personality(kAsk)) {
    if (before_ != -1)
      personality(static_cast<unsigned long>(before_) | ADDR_COMPAT_LAYOUT);
  }
  ~LegacyLayout() {
    if (before_ != -1)
      personality(static_cast<unsigned long>(before_));
  }

private:
  static constexpr unsigned long kAsk = 0xffffffff;
  const int before_;
};

/// What the child has besides its arguments: a session of its own, no blocked signal, none that Node ignores or
/// catches, and its descriptors.
class SpawnPlan {
public:
  /// `fds`: what its descriptors 0, 1, 2 … are to be; −1: /dev/null.
  explicit SpawnPlan(const std::vector<int> &fds) {
    posix_spawnattr_init(&attributes_);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_init(&actions_);
    for (size_t i = 0; i < fds.size(); i++) {
      const int target = static_cast<int>(i);
      if (fds[i] < 0) {
        posix_spawn_file_actions_addopen(&actions_, target, "/dev/null", O_RDWR, 0);
        continue;
      }
      // Out of the way of the targets, of which one may be another's source.
      held_.emplace_back(fcntl(fds[i], F_DUPFD_CLOEXEC, kAboveTargets));
      posix_spawn_file_actions_adddup2(&actions_, held_.back().get(), target);
    }
  }
  ~SpawnPlan() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&actions_);
  }
  SpawnPlan(const SpawnPlan &) = delete;
  SpawnPlan &operator=(const SpawnPlan &) = delete;

  /// The pid, or −1 with errno.
  pid_t run(std::vector<std::string> arguments, std::vector<std::string> environment) {
    for (const UniqueFd &fd : held_)
      if (!fd.valid()) // out of descriptors, or of memory for them
        return -1;
    const std::string path = arguments[0];
    pid_t pid = -1;
    const LegacyLayout layout;
    errno = posix_spawn(&pid, path.c_str(), &actions_, &attributes_, pointers_to(arguments).data(),
                        pointers_to(environment).data());
    return errno == 0 ? pid : -1;
  }

private:
  static constexpr int kAboveTargets = 16;
  posix_spawnattr_t attributes_;
  posix_spawn_file_actions_t actions_;
  std::vector<UniqueFd> held_;
};

/// spawn([path, …], ["NAME=value", …], [fd, …], onExit(code, signal)) → pid
Napi::Value spawn(const Napi::CallbackInfo &info) {
  Napi::Env env = info.Env();
  const std::vector<std::string> arguments = strings_of(info[0]);
  const auto fd_array = info[2].As<Napi::Array>();
  std::vector<int> fds(fd_array.Length());
  for (uint32_t i = 0; i < fd_array.Length(); i++)
    fds[i] = fd_array.Get(i).As<Napi::Number>().Int32Value();

  const pid_t pid = SpawnPlan(fds).run(arguments, strings_of(info[1]));
  if (pid < 0)
    throw_errno(env, "posix_spawn", arguments[0]);
  Callback callback = Callback::New(env, info[3].As<Napi::Function>(), "gpuferry-child", 0, 1);
  // Node reaps its own children alone, and asks for each by its pid: this one is nobody else's to wait for.
  std::thread([pid, callback]() mutable {
    siginfo_t info;
    while (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
      ;
    auto *child = new pid_t(pid);
    const napi_status told = callback.NonBlockingCall(child);
    if (told != napi_ok)
      delete child;
    if (told != napi_closing) // else there is no callback any more
      callback.Release();
  }).detach();
  return Napi::Number::New(env, pid);
}

} // namespace

void register_spawn(Napi::Env env, Napi::Object exports) {
  exports.Set("spawn", Napi::Function::New(env, spawn, "spawn"));
}

} // namespace gpuferry
