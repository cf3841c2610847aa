#include "executor/control.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gpuferry::executor {
namespace {

struct ControlTest : ::testing::Test {
  ControlTest() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0); }
  ~ControlTest() override {
    close(ends[0]);
    close(ends[1]);
  }
  int ends[2];
};

TEST_F(ControlTest, CarriesAMessageBothWays) {
  ControlChannel server(ends[0]), executor(ends[1]);
  executor.send({{"type", "ready"}, {"devices", {1, 2}}});
  const auto message = server.receive();
  ASSERT_TRUE(message);
  EXPECT_EQ(message->body["type"], "ready");
  EXPECT_EQ(message->body["devices"].size(), 2u);
  EXPECT_TRUE(message->fds.empty());
}

TEST_F(ControlTest, TakesDescriptorsThatComeWithTheFirstByte) {
  std::vector<uint8_t> packed(4);
  nlohmann::json::to_msgpack({{"type", "serve"}}, packed);
  packed[0] = static_cast<uint8_t>(packed.size() - 4);
  const int passed[2] = {open("/dev/null", O_RDONLY), open("/dev/zero", O_RDONLY)};
  iovec part{packed.data(), 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof passed)] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr *c = CMSG_FIRSTHDR(&message);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = CMSG_LEN(sizeof passed);
  std::memcpy(CMSG_DATA(c), passed, sizeof passed);
  ASSERT_EQ(sendmsg(ends[0], &message, 0), 1);
  ASSERT_EQ(send(ends[0], packed.data() + 1, packed.size() - 1, 0),
            static_cast<ssize_t>(packed.size() - 1));

  const auto received = ControlChannel(ends[1]).receive();
  ASSERT_TRUE(received);
  ASSERT_EQ(received->fds.size(), 2u);
  struct stat sent{}, got{};
  fstat(passed[1], &sent);
  fstat(received->fds[1], &got);
  EXPECT_EQ(sent.st_rdev, got.st_rdev);
}

TEST_F(ControlTest, EndsWhenTheServerIsGone) {
  shutdown(ends[0], SHUT_RDWR);
  EXPECT_FALSE(ControlChannel(ends[1]).receive());
}

TEST_F(ControlTest, RefusesWhatIsNoMessage) {
  const uint8_t huge[4] = {0xff, 0xff, 0xff, 0xff};
  ASSERT_EQ(send(ends[0], huge, sizeof huge, 0), 4);
  EXPECT_THROW(ControlChannel(ends[1]).receive(), std::runtime_error);
  const uint8_t number[5] = {1, 0, 0, 0, 7};
  ASSERT_EQ(send(ends[0], number, sizeof number, 0), 5);
  EXPECT_THROW(ControlChannel(ends[1]).receive(), std::runtime_error);
}

} // namespace
} // namespace gpuferry::executor
