#include "executor/jail.h"

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <gtest/gtest.h>
#include <poll.h>
#include <set>
#include <string>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
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

/// What NVIDIA's driver does as it starts, under a name that nobody else has.
sockaddr_un abstract_name(socklen_t *bytes) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = "gpuferry-jail-test-" + std::to_string(getpid());
  name.copy(address.sun_path + 1, sizeof address.sun_path - 1);
  *bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  return address;
}

TEST(Jail, LetsADriverBeCalledButCallNobody) {
  EXPECT_EQ(in_jail([] {
              socklen_t bytes = 0;
              const sockaddr_un address = abstract_name(&bytes);
              const auto *name = reinterpret_cast<const sockaddr *>(&address);
              const int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
              if (bind(listener, name, bytes) != 0 || listen(listener, 16) != 0)
                return 1;
              const int caller = socket(AF_UNIX, SOCK_SEQPACKET, 0);
              return connect(caller, name, bytes) < 0 && errno == EPERM ? 0 : 2;
            }),
            0);
}

/// Stderr of a jailed child that does `action`.
std::string said_in_jail(const std::function<void()> &action) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  in_jail([&] {
    dup2(ends[1], STDERR_FILENO);
    action();
    pollfd line{ends[0], POLLIN, 0};
    return poll(&line, 1, 5000) >= 0 ? 0 : 1; // the line follows the answer
  });
  close(ends[1]);
  std::string text(4096, '\0');
  const ssize_t got = read(ends[0], text.data(), text.size());
  close(ends[0]);
  text.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return text;
}

TEST(Jail, NamesWhatItRefusesOnce) {
  const std::string said = said_in_jail([] {
    for (int i = 0; i < 3; ++i)
      if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM)
        std::abort();
  });
  if (said.empty())
    GTEST_SKIP() << "this kernel does not tell of refused calls";
  EXPECT_NE(said.find("refused the system call socket (41) with 0x2, 0x1, 0x0\n"), said.npos)
      << said;
  EXPECT_EQ(said.find("socket", said.find("socket") + 1), said.npos) << said;
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
