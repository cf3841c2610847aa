extern "C" {
#include "session/address.h"
}

#include <cstdlib>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

namespace {

std::string path() {
  char text[256], why[512];
  return gf_host_path(text, sizeof text, why, sizeof why) == 0 ? text : why;
}

TEST(HostPath, IsWhatTheEnvironmentSays) {
  setenv("GPUFERRY_HOST", "unix:/a/b.sock", 1);
  EXPECT_EQ(path(), "/a/b.sock");
  setenv("GPUFERRY_HOST", "/c.sock", 1);
  EXPECT_EQ(path(), "/c.sock");
  setenv("GPUFERRY_HOST", ("/" + std::string(300, 'x')).c_str(), 1);
  EXPECT_NE(path().find("longer than 255 bytes: /xxx"), std::string::npos);
  unsetenv("GPUFERRY_HOST");
  setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
  EXPECT_EQ(path(), "/run/user/7/gpuferry/host.sock");
}

TEST(HostPath, OfWhatIsNoAddressIsRefusedByName) {
  for (const char *host : {"unix:", "unix:relative", "tcp://host:1", "localhost:1234"}) {
    setenv("GPUFERRY_HOST", host, 1);
    EXPECT_EQ(path(),
              std::string("GPUFERRY_HOST=") + host + " is neither unix:/PATH nor an absolute path");
  }
}

TEST(HostPath, HasAPlaceWithoutASessionManager) {
  unsetenv("GPUFERRY_HOST");
  unsetenv("XDG_RUNTIME_DIR");
  const std::string own = "/tmp/gpuferry-" + std::to_string(getuid()) + "/host.sock";
  const bool for_root = getuid() == 0 && access("/run/gpuferry/host.sock", F_OK) == 0;
  EXPECT_EQ(path(), for_root ? "/run/gpuferry/host.sock" : own);
}

} // namespace
