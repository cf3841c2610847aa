#include "executor/driver_output.h"

#include <condition_variable>
#include <cstdio>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gpuferry::executor {
namespace {

struct Said {
  std::string printed, asserted, logged;
};

/// What becomes of what `driver` writes in a process whose output was taken over. `by_itself`: without
/// a call to drain().
Said said_by(void (*driver)(), bool by_itself = false) {
  int results[2], log[2];
  EXPECT_EQ(pipe(results) | pipe(log), 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(log[1], STDERR_FILENO);
    static std::mutex lock;
    static std::condition_variable changed;
    static std::string printed, asserted;
    auto *output = new DriverOutput(
        [](std::string_view text) {
          std::lock_guard hold(lock);
          printed += text;
          changed.notify_all();
        },
        [](std::string_view text) { asserted += text; });
    driver();
    if (by_itself) {
      std::unique_lock hold(lock);
      changed.wait(hold, [] { return printed.ends_with("\n"); });
    } else {
      output->drain();
    }
    const std::string both = printed + '\0' + asserted;
    if (write(results[1], both.data(), both.size()) < 0)
      _exit(1);
    _exit(0);
  }
  close(results[1]);
  close(log[1]);
  const auto everything = [](int fd) {
    std::string text;
    char part[4096];
    for (ssize_t got = 0; (got = read(fd, part, sizeof part)) > 0;)
      text.append(part, static_cast<size_t>(got));
    close(fd);
    return text;
  };
  Said said;
  const std::string both = everything(results[0]);
  said.logged = everything(log[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  said.printed = both.substr(0, both.find('\0'));
  said.asserted = both.substr(both.find('\0') + 1);
  return said;
}

constexpr char kAssertion[] =
    "a.cu:7: void k(int *): block: [0,0,0], thread: [1,0,0] Assertion `i < n` failed.\n";

TEST(DriverOutput, TellsKernelsTextFromFailedAssertionsAndFromTheLog) {
  const Said said = said_by([] {
    std::printf("one ");
    std::printf("two\nthree");
    std::fputs("a driver's own words\n", stderr);
    std::fputs(kAssertion, stderr);
  });
  EXPECT_EQ(said.printed, "one two\nthree");
  EXPECT_EQ(said.asserted, kAssertion);
  EXPECT_EQ(said.logged, "a driver's own words\n");
}

TEST(DriverOutput, TakesMoreThanAPipeHolds) {
  const Said said = said_by(
      [] {
        const std::string line(1000, 'x');
        for (int i = 0; i < 1000; ++i)
          std::printf("%s%c", line.c_str(), i == 999 ? '\n' : '.');
      },
      true);
  EXPECT_EQ(said.printed.size(), 1001u * 1000);
  EXPECT_EQ(said.logged, "");
}

} // namespace
} // namespace gpuferry::executor
