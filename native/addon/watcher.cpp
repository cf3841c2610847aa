// One thread that waits for what Node's own loop cannot report: connections with the credentials of
// their peer, and the end of processes that are not our children (pidfd). It passes each event to
// JavaScript and holds no state but its epoll set.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>

#include "addon.h"
#include "system_error.h"
#include "unique_fd.h"

namespace gpuferry {

namespace {

struct Event {
  bool accepted = false; ///< else: a process ended
  int fd = -1;           ///< accepted: the connection
  ucred peer = {};
  int64_t token = 0; ///< process: what watchProcess returned
};

void deliver(Napi::Env env, Napi::Function callback, std::nullptr_t *, Event *event) {
  UniqueFd connection(event->fd);
  const Event copy = *event;
  delete event;
  if (env == nullptr) // the environment is being torn down: nobody will take the connection
    return;
  if (copy.accepted) {
    auto peer = Napi::Object::New(env);
    peer.Set("pid", Napi::Number::New(env, copy.peer.pid));
    peer.Set("uid", Napi::Number::New(env, copy.peer.uid));
    peer.Set("gid", Napi::Number::New(env, copy.peer.gid));
    callback.Call(
        {Napi::String::New(env, "connection"), Napi::Number::New(env, connection.release()), peer});
  } else {
    callback.Call(
        {Napi::String::New(env, "exit"), Napi::Number::New(env, static_cast<double>(copy.token))});
  }
}

using Callback = Napi::TypedThreadSafeFunction<std::nullptr_t, Event, deliver>;

class Watcher : public Napi::ObjectWrap<Watcher> {
public:
  static void define(Napi::Env env, Napi::Object exports) {
    exports.Set("Watcher", DefineClass(env, "Watcher",
                                       {InstanceMethod<&Watcher::listen>("listen"),
                                        InstanceMethod<&Watcher::watch_process>("watchProcess"),
                                        InstanceMethod<&Watcher::forget>("forget"),
                                        InstanceMethod<&Watcher::close>("close")}));
  }

  /// new Watcher(callback): callback("connection", fd, peer) or callback("exit", token).
  explicit Watcher(const Napi::CallbackInfo &info)
      : Napi::ObjectWrap<Watcher>(info), epoll_(epoll_create1(EPOLL_CLOEXEC)),
        stop_(eventfd(0, EFD_CLOEXEC)) {
    if (!epoll_.valid() || !stop_.valid())
      throw_errno(info.Env(), "epoll_create1", "a watcher");
    add(info.Env(), stop_.get(), kStop);
    callback_ = Callback::New(info.Env(), info[0].As<Napi::Function>(), "gpuferry-watcher", 0, 1);
    thread_ = std::thread([this] { run(); });
  }

  ~Watcher() override { stop(); }

private:
  // What epoll gives back: kStop, the negative of a listening socket − 1, or a process's token.
  static constexpr int64_t kStop = 0;

  void add(Napi::Env env, int fd, int64_t what) {
    epoll_event event = {};
    event.events = EPOLLIN;
    event.data.u64 = static_cast<uint64_t>(what);
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
      throw_errno(env, "epoll_ctl", "descriptor " + std::to_string(fd));
  }

  /// listen(fd): report each connection. The caller closes fd, which ends the reports.
  void listen(const Napi::CallbackInfo &info) {
    const int fd = info[0].As<Napi::Number>().Int32Value();
    add(info.Env(), fd, -int64_t{fd} - 1);
  }

  /// watchProcess(pid) → token, or 0 if there is no such process any more.
  Napi::Value watch_process(const Napi::CallbackInfo &info) {
    const pid_t pid = info[0].As<Napi::Number>().Int32Value();
    UniqueFd fd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    if (!fd.valid()) {
      if (errno == ESRCH)
        return Napi::Number::New(info.Env(), 0);
      throw_errno(info.Env(), "pidfd_open", "process " + std::to_string(pid));
    }
    std::lock_guard lock(mutex_);
    const int64_t token = ++last_token_;
    add(info.Env(), fd.get(), token);
    processes_.emplace(token, std::move(fd));
    return Napi::Number::New(info.Env(), static_cast<double>(token));
  }

  void forget(const Napi::CallbackInfo &info) {
    std::lock_guard lock(mutex_);
    processes_.erase(info[0].As<Napi::Number>().Int64Value()); // closing takes it out of epoll
  }

  void close(const Napi::CallbackInfo &) { stop(); }

  void stop() {
    if (!thread_.joinable())
      return;
    const uint64_t one = 1;
    [[maybe_unused]] ssize_t written = write(stop_.get(), &one, sizeof one);
    thread_.join();
    callback_.Release();
  }

  void run() {
    epoll_event events[16];
    for (;;) {
      const int count = epoll_wait(epoll_.get(), events, 16, -1);
      for (int i = 0; i < count; i++) {
        const auto what = static_cast<int64_t>(events[i].data.u64);
        if (what == kStop)
          return;
        if (what < 0)
          accept_one(static_cast<int>(-what - 1));
        else
          process_ended(what);
      }
    }
  }

  void accept_one(int listener) {
    auto event = new Event;
    event->accepted = true;
    event->fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (event->fd < 0) {
      // Out of descriptors: the listener stays readable, so wait a little instead of spinning.
      if (errno == EMFILE || errno == ENFILE)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      delete event;
      return;
    }
    socklen_t size = sizeof event->peer;
    if (getsockopt(event->fd, SOL_SOCKET, SO_PEERCRED, &event->peer, &size) != 0)
      event->peer = {0, static_cast<uid_t>(-1), static_cast<gid_t>(-1)};
    hand_over(event);
  }

  void process_ended(int64_t token) {
    {
      std::lock_guard lock(mutex_);
      if (processes_.erase(token) == 0)
        return; // forgotten meanwhile
    }
    auto event = new Event;
    event->token = token;
    hand_over(event);
  }

  void hand_over(Event *event) {
    if (callback_.NonBlockingCall(event) != napi_ok) {
      UniqueFd connection(event->fd);
      delete event;
    }
  }

  UniqueFd epoll_;
  UniqueFd stop_;
  std::mutex mutex_; // guards processes_ and last_token_
  std::unordered_map<int64_t, UniqueFd> processes_;
  int64_t last_token_ = 0;
  Callback callback_;
  std::thread thread_;
};

} // namespace

void register_watcher(Napi::Env env, Napi::Object exports) { Watcher::define(env, exports); }

} // namespace gpuferry
