#include "executor/jail.h"

#include <cerrno>
#include <csignal>
#include <functional>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace gpuferry::executor {
namespace {

/// Runs `action` in a jailed child; its wait status.
int in_jail(const std::function<int()> &action) {
  const pid_t child = fork();
  if (child == 0) {
    limit_process(0);
    enter_jail();
    _exit(action());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

TEST(Jail, LetsAnExecutorDoItsWork) {
  EXPECT_EQ(in_jail([] {
              int sum = 0;
              std::thread([&] { sum = 1; }).join();
              void *code =
                  mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              return sum == 1 && mprotect(code, 4096, PROT_READ | PROT_EXEC) == 0 ? 0 : 1;
            }),
            0);
}

TEST(Jail, OpensNoSocket) {
  EXPECT_EQ(in_jail([] {
              const bool refused = socket(AF_INET, SOCK_STREAM, 0) < 0 && errno == EPERM &&
                                   socket(AF_UNIX, SOCK_STREAM, 0) < 0 && errno == EPERM;
              return refused ? 0 : 1;
            }),
            0);
}

TEST(Jail, KillsAProcessThatWouldRunAnotherProgram) {
  const int status = in_jail([] {
    execl("/bin/true", "true", nullptr);
    return 0;
  });
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGSYS);
}

TEST(Jail, MakesNoProcessesAndSignalsNoOthers) {
  EXPECT_EQ(in_jail([] { return fork() < 0 && errno == EPERM ? 0 : 1; }), 0);
  const pid_t parent = getpid();
  EXPECT_EQ(in_jail([&] { return tgkill(parent, parent, 0) < 0 && errno == EPERM ? 0 : 1; }), 0);
}

TEST(Jail, GivesAReasonForEveryRule) {
  std::set<std::string> forbidden;
  for (const CallRule &rule : forbidden_calls()) {
    EXPECT_NE(std::string(rule.why), "") << rule.name;
    forbidden.insert(rule.name);
  }
  for (const CallRule &rule : allowed_calls()) {
    EXPECT_NE(std::string(rule.why), "") << rule.name;
    EXPECT_FALSE(forbidden.contains(rule.name)) << rule.name;
  }
}

} // namespace
} // namespace gpuferry::executor
