extern "C" {
#include "session/address.h"
}

#include <cstdlib>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

namespace {

std::string path() {
  char text[256];
  return gf_host_path(text, sizeof text) == 0 ? text : "too long";
}

TEST(HostPath, IsWhatTheEnvironmentSays) {
  setenv("GPUFERRY_HOST", "unix:/a/b.sock", 1);
  EXPECT_EQ(path(), "/a/b.sock");
  setenv("GPUFERRY_HOST", "/c.sock", 1);
  EXPECT_EQ(path(), "/c.sock");
  setenv("GPUFERRY_HOST", std::string(300, 'x').c_str(), 1);
  EXPECT_EQ(path(), "too long");
  unsetenv("GPUFERRY_HOST");
  setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
  EXPECT_EQ(path(), "/run/user/7/gpuferry/host.sock");
}

TEST(HostPath, HasAPlaceWithoutASessionManager) {
  unsetenv("GPUFERRY_HOST");
  unsetenv("XDG_RUNTIME_DIR");
  const std::string own = "/tmp/gpuferry-" + std::to_string(getuid()) + "/host.sock";
  const bool for_root = getuid() == 0 && access("/run/gpuferry/host.sock", F_OK) == 0;
  EXPECT_EQ(path(), for_root ? "/run/gpuferry/host.sock" : own);
}

} // namespace
