#include "program/cache.h"

#include "abi.h"
#include "program/compiler_library.h"

#include <cpuid.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace softcuda::jit {
namespace {

struct Header {
  char magic[8] = {'G', 'F', 'K', 'E', 'R', 'N', '0', '1'};
  uint64_t size_bytes = 0;
  Digest checksum{};
};

Digest digest_of(std::string_view bytes) {
  Blake2b hash;
  hash.update(bytes);
  return hash.finish();
}

std::string default_directory() {
  if (const char *own = std::getenv("GPUFERRY_CACHE_DIR"))
    return own;
  if (const char *xdg = std::getenv("XDG_CACHE_HOME"); xdg && *xdg)
    return std::string(xdg) + "/gpuferry/jit";
  if (const char *home = std::getenv("HOME"); home && *home)
    return std::string(home) + "/.cache/gpuferry/jit";
  return "";
}

bool write_all(int file, const void *data, size_t bytes) {
  auto at = static_cast<const char *>(data);
  while (bytes > 0) {
    ssize_t written = write(file, at, bytes);
    if (written <= 0)
      return false;
    at += written;
    bytes -= static_cast<size_t>(written);
  }
  return true;
}

} // namespace

DiskCache::DiskCache() : directory_(default_directory()) {}

std::optional<std::string> DiskCache::load(const Digest &key) const {
  if (directory_.empty())
    return std::nullopt;
  int file = open((directory_ + "/" + hex(key)).c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return std::nullopt;
  struct stat status{};
  std::string object;
  Header header, expected;
  bool good = fstat(file, &status) == 0 && read(file, &header, sizeof header) == sizeof header &&
              std::memcmp(header.magic, expected.magic, sizeof header.magic) == 0 &&
              header.size_bytes + sizeof header == static_cast<uint64_t>(status.st_size);
  if (good) {
    object.resize(header.size_bytes);
    size_t done = 0;
    while (done < object.size()) {
      ssize_t count = read(file, object.data() + done, object.size() - done);
      if (count <= 0)
        break;
      done += static_cast<size_t>(count);
    }
    good = done == object.size() && digest_of(object) == header.checksum;
  }
  close(file);
  return good ? std::optional(std::move(object)) : std::nullopt;
}

void DiskCache::store(const Digest &key, std::string_view object) const {
  if (directory_.empty())
    return;
  std::error_code ignored;
  std::filesystem::create_directories(directory_, ignored);
  std::string name = directory_ + "/" + hex(key);
  std::string temporary = name + ".XXXXXX";
  int file = mkostemp(temporary.data(), O_CLOEXEC);
  if (file < 0)
    return;
  Header header;
  header.size_bytes = object.size();
  header.checksum = digest_of(object);
  bool good =
      write_all(file, &header, sizeof header) && write_all(file, object.data(), object.size());
  close(file);
  if (!good || rename(temporary.c_str(), name.c_str()) != 0)
    unlink(temporary.c_str());
}

const std::string &compiler_fingerprint() {
  static const std::string fingerprint = [] {
    std::string text = "abi " + std::to_string(kAbiVersion) + "\n";
    auto leaf = [&](unsigned function, unsigned sub) {
      unsigned registers[4] = {};
      __get_cpuid_count(function, sub, &registers[0], &registers[1], &registers[2], &registers[3]);
      if (function == 1)
        registers[1] &= 0x00ffff00; // without the APIC id, which differs between cores
      text.append(reinterpret_cast<const char *>(registers), sizeof registers);
    };
    leaf(1, 0);
    leaf(7, 0);
    leaf(7, 1);
    leaf(0xd, 0);
    leaf(0x80000001, 0);
    // A rebuilt compiler is another file: its size and time tell without loading it.
    struct stat status{};
    if (stat(compiler_library_path().c_str(), &status) == 0)
      text += std::to_string(status.st_size) + " " + std::to_string(status.st_mtim.tv_sec) + "." +
              std::to_string(status.st_mtim.tv_nsec);
    return text;
  }();
  return fingerprint;
}

} // namespace softcuda::jit
