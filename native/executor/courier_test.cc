#include "executor/courier.h"

#include <atomic>
#include <cstring>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace gpuferry::executor {
namespace {

struct CourierTest : ::testing::Test {
  CourierTest() {
    int pair[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    guest = pair[1];
    courier = std::make_unique<Courier>(pair[0], &sent, [this] { left = true; });
  }
  ~CourierTest() override { hang_up(); }

  void hang_up() {
    if (guest >= 0)
      close(std::exchange(guest, -1));
  }
  /// The next packet at the guest, header and text.
  std::pair<gf_courier, std::string> receive() {
    std::vector<char> packet(sizeof(gf_courier) + GF_COURIER_TEXT_MAX_BYTES);
    const ssize_t got = recv(guest, packet.data(), packet.size(), 0);
    gf_courier header{};
    if (got < static_cast<ssize_t>(sizeof header))
      return {header, ""};
    std::memcpy(&header, packet.data(), sizeof header);
    return {header, std::string(packet.data() + sizeof header, packet.data() + got)};
  }
  void done(uint64_t callback_id) {
    gf_courier header{};
    header.type = GF_COURIER_DONE;
    header.callback_id = callback_id;
    EXPECT_EQ(send(guest, &header, sizeof header, 0), static_cast<ssize_t>(sizeof header));
  }

  uint32_t sent = 0;
  std::atomic<bool> left{false};
  int guest = -1;
  std::unique_ptr<Courier> courier;
};

TEST_F(CourierTest, WaitsUntilTheGuestHasRunTheCallback) {
  std::atomic<bool> returned{false};
  std::thread driver([&] {
    courier->call(17, 700);
    returned = true;
  });
  const auto [header, text] = receive();
  EXPECT_EQ(header.type, uint32_t{GF_COURIER_CALLBACK});
  EXPECT_EQ(header.callback_id, 17u);
  EXPECT_EQ(header.status, 700);
  done(16); // somebody else's
  usleep(20'000);
  EXPECT_FALSE(returned);
  done(17);
  driver.join();
  EXPECT_EQ(sent, 1u);
}

TEST_F(CourierTest, ReturnsFromCallbacksOfAGuestThatLeft) {
  std::thread driver([&] { courier->call(1, 0); });
  receive();
  hang_up();
  driver.join();
  for (int i = 0; i < 1000 && !left; ++i)
    usleep(1000);
  EXPECT_TRUE(left);
  courier->call(2, 0); // and makes no more
}

TEST_F(CourierTest, CutsLongTextIntoPacketsAndCountsThem) {
  std::string text(GF_COURIER_TEXT_MAX_BYTES * 2 + 100, 'x');
  text.back() = '\n';
  std::thread driver([&] { courier->print(text); });
  std::string received;
  for (int i = 0; i < 3; ++i) {
    const auto [header, part] = receive();
    EXPECT_EQ(header.type, uint32_t{GF_COURIER_PRINT});
    EXPECT_EQ(header.text_bytes, part.size());
    received += part;
  }
  driver.join();
  EXPECT_EQ(received, text);
  EXPECT_EQ(sent, 3u);
}

TEST_F(CourierTest, KnowsAtOnceThatADescriptorWasNotSent) {
  EXPECT_EQ(courier->take_descriptor(1), -1);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  gf_courier header{};
  header.type = GF_COURIER_FD;
  header.callback_id = 7;
  for (int i = 0; i < 3; ++i) // in front of it, as others may be
    done(100);
  iovec part{&header, sizeof header};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr *rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(rights), &ends[1], sizeof(int));
  ASSERT_EQ(sendmsg(guest, &message, 0), static_cast<ssize_t>(sizeof header));
  close(ends[1]);
  EXPECT_EQ(courier->take_descriptor(8), -1);
  const int got = courier->take_descriptor(7);
  ASSERT_GE(got, 0);
  EXPECT_EQ(write(got, "x", 1), 1);
  char byte = 0;
  EXPECT_EQ(read(ends[0], &byte, 1), 1);
  EXPECT_EQ(courier->take_descriptor(7), -1);
  close(got);
  close(ends[0]);
}

} // namespace
} // namespace gpuferry::executor
