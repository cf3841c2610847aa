// The disk cache under damage and competition, and the hash that names its entries.
#include "program/cache.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace softcuda::jit::test {
namespace {

class CacheTest : public testing::Test {
protected:
  CacheTest() {
    char name[] = "/tmp/softcuda-cache-XXXXXX";
    directory_ = mkdtemp(name);
  }
  ~CacheTest() override { std::filesystem::remove_all(directory_); }
  std::string directory_;
};

Digest digest_of(std::string_view text) {
  Blake2b hash;
  hash.update(text);
  return hash.finish();
}

TEST(Blake2b, KnownAnswers) { // of RFC 7693's algorithm with 32 bytes of output
  EXPECT_EQ(hex(digest_of("")), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
  EXPECT_EQ(hex(digest_of("abc")),
            "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  Blake2b pieces;
  std::string text(1000, 'x');
  for (size_t i = 0; i < text.size(); i += 7)
    pieces.update(std::string_view(text).substr(i, 7));
  EXPECT_EQ(pieces.finish(), digest_of(text));
}

TEST_F(CacheTest, GivesBackWhatWasStored) {
  DiskCache cache(directory_ + "/not/yet/there");
  Digest key = digest_of("kernel");
  EXPECT_FALSE(cache.load(key));
  cache.store(key, "machine code");
  EXPECT_EQ(cache.load(key), "machine code");
}

TEST_F(CacheTest, DamagedEntriesMiss) {
  DiskCache cache(directory_);
  Digest key = digest_of("kernel");
  cache.store(key, std::string(1000, 'c'));
  std::string file = directory_ + "/" + hex(key);
  std::filesystem::resize_file(file, 500);
  EXPECT_FALSE(cache.load(key)) << "truncated";
  cache.store(key, std::string(1000, 'c'));
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(700).put('!');
  EXPECT_FALSE(cache.load(key)) << "one byte changed";
}

TEST_F(CacheTest, UnwritableDirectoryOnlyMisses) {
  DiskCache cache("/proc/no-such-place");
  cache.store(digest_of("kernel"), "code");
  EXPECT_FALSE(cache.load(digest_of("kernel")));
}

TEST_F(CacheTest, ProcessesKilledWhileWritingLeaveNoHalves) {
  Digest key = digest_of("kernel");
  std::string object(4 << 20, 'k');
  for (int round = 0; round < 20; ++round) {
    pid_t child = fork();
    if (child == 0) {
      for (DiskCache cache(directory_);;)
        cache.store(key, object);
    }
    usleep(static_cast<useconds_t>(2000 + 700 * round));
    if (auto found = DiskCache(directory_).load(key))
      EXPECT_EQ(*found, object);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    if (auto found = DiskCache(directory_).load(key))
      EXPECT_EQ(*found, object);
  }
}

} // namespace
} // namespace softcuda::jit::test
