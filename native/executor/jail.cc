#include "executor/jail.h"

#include "executor/refused_calls.h"

#include <cerrno>
#include <csignal>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>

namespace gpuferry::executor {

namespace {

void check(int rc, const char *what) {
  if (rc != 0)
    throw std::system_error(rc < 0 ? -rc : errno, std::generic_category(), what);
}

void limit(__rlimit_resource resource, rlim_t most, const char *what) {
  rlimit now{};
  getrlimit(resource, &now);
  if (now.rlim_max < most)
    most = now.rlim_max;
  const rlimit wanted{most, most};
  if (setrlimit(resource, &wanted) != 0)
    throw std::system_error(errno, std::generic_category(), what);
}

struct Filter {
  explicit Filter(scmp_filter_ctx context) : context(context) {}
  ~Filter() { seccomp_release(context); }
  scmp_filter_ctx context;
};

scmp_arg_cmp comparison(const ArgRule &arg) {
  switch (arg.kind) {
  case ArgRule::has_bits:
    return {arg.index, SCMP_CMP_MASKED_EQ, arg.value, arg.value};
  case ArgRule::masked_equals:
    return {arg.index, SCMP_CMP_MASKED_EQ, arg.mask, arg.value};
  case ArgRule::is_own_pid:
    return {arg.index, SCMP_CMP_EQ, static_cast<scmp_datum_t>(getpid()), 0};
  default:
    return {arg.index, SCMP_CMP_EQ, arg.value, 0};
  }
}

void add(const Filter &filter, uint32_t action, std::span<const CallRule> rules) {
  for (const CallRule &rule : rules) {
    const int number = seccomp_syscall_resolve_name(rule.name);
    if (number == __NR_SCMP_ERROR) // a call that this libseccomp or architecture does not know
      continue;
    scmp_arg_cmp args[2];
    unsigned count = 0;
    for (const ArgRule &arg : {rule.arg, rule.other_arg})
      if (arg.kind != ArgRule::any)
        args[count++] = comparison(arg);
    check(seccomp_rule_add_array(filter.context, action, number, count, args), rule.name);
  }
}

/// With what is not listed answered by `otherwise`. Whether the kernel took it.
bool load(uint32_t otherwise, int *listener) {
  const Filter filter(seccomp_init(otherwise));
  if (!filter.context)
    return false;
  add(filter, SCMP_ACT_ALLOW, allowed_calls());
  add(filter, SCMP_ACT_KILL_PROCESS, forbidden_calls());
  // Its flags lie in memory, where a filter cannot see them; libc falls back to clone.
  check(seccomp_rule_add(filter.context, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0), "clone3");
  // A driver's threads exist before the jail does.
  check(seccomp_attr_set(filter.context, SCMP_FLTATR_CTL_TSYNC, 1), "SCMP_FLTATR_CTL_TSYNC");
  if (seccomp_load(filter.context) != 0)
    return false;
  if (listener)
    *listener = seccomp_notify_fd(filter.context);
  return true;
}

} // namespace

void limit_process(int parent_pid) {
  check(prctl(PR_SET_PDEATHSIG, SIGKILL), "PR_SET_PDEATHSIG");
  if (parent_pid != 0 && getppid() != parent_pid)
    _exit(0);                                  // the parent ended before it could be watched
  limit(RLIMIT_CORE, 0, "RLIMIT_CORE");        // a core would hold the guest's data
  limit(RLIMIT_NOFILE, 4096, "RLIMIT_NOFILE"); // a driver opens a few dozen a device
  signal(SIGPIPE, SIG_IGN);
}

void give_up_privileges() { check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS"); }

void enter_jail() {
  give_up_privileges();
  int listener = -1;
  if (load(SCMP_ACT_NOTIFY, &listener))
    answer_refused_calls(listener);
  else if (!load(SCMP_ACT_ERRNO(EPERM), nullptr))
    throw std::system_error(errno, std::generic_category(), "seccomp_load");
}

} // namespace gpuferry::executor
