#include "shared_file.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <map>
#include <mutex>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace softcuda {

namespace {

constexpr const char *kPrefix = "gpuferry-soft-";

std::mutex mutex;
std::map<uint64_t, int> &own_files() { // under mutex: key → descriptor
  static auto *files = new std::map<uint64_t, int>;
  return *files;
}

const std::string &directory() {
  static const auto *chosen = new std::string([] {
    if (access("/dev/shm", W_OK | X_OK) == 0)
      return std::string("/dev/shm");
    const char *temporary = getenv("TMPDIR");
    return std::string(temporary && *temporary ? temporary : "/tmp");
  }());
  return *chosen;
}

std::string path_of(const ShareName &of, uint64_t key) {
  char name[128];
  snprintf(name, sizeof name, "/%s%u-%016llx%016llx-%llx", kPrefix, of.pid,
           static_cast<unsigned long long>(of.secret[0]),
           static_cast<unsigned long long>(of.secret[1]), static_cast<unsigned long long>(key));
  return directory() + name;
}

} // namespace

void sweep_shared_files() {
  DIR *dir = opendir(directory().c_str());
  if (!dir)
    return;
  while (dirent *entry = readdir(dir)) {
    if (strncmp(entry->d_name, kPrefix, strlen(kPrefix)) != 0)
      continue;
    const std::string path = directory() + "/" + entry->d_name;
    const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
      continue;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
      unlink(path.c_str());
    close(fd);
  }
  closedir(dir);
}

namespace {
void drop_all() {
  std::lock_guard lock(mutex);
  for (auto &[key, fd] : own_files())
    unlink(path_of(own_share_name(), key).c_str());
}

} // namespace

const ShareName &own_share_name() {
  static const ShareName name = [] {
    ShareName made{};
    made.pid = static_cast<uint32_t>(getpid());
    if (getrandom(made.secret, sizeof made.secret, 0) != sizeof made.secret)
      abort(); // a name that can be guessed would be open to everybody
    sweep_shared_files();
    atexit(drop_all);
    return made;
  }();
  return name;
}

int make_shared_file(uint64_t key, uint64_t bytes) {
  const std::string path = path_of(own_share_name(), key);
  std::lock_guard lock(mutex);
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return -1;
  if (flock(fd, LOCK_EX | LOCK_NB) != 0 || ftruncate(fd, static_cast<off_t>(bytes)) != 0) {
    unlink(path.c_str());
    close(fd);
    return -1;
  }
  own_files()[key] = fd;
  return fd;
}

void drop_shared_file(uint64_t key) {
  std::lock_guard lock(mutex);
  auto found = own_files().find(key);
  if (found == own_files().end())
    return;
  unlink(path_of(own_share_name(), key).c_str());
  close(found->second);
  own_files().erase(found);
}

int open_shared_file(const ShareName &of, uint64_t key, uint64_t bytes) {
  const int fd = open(path_of(of, key).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  struct stat status;
  if (fd < 0 || (fstat(fd, &status) == 0 && static_cast<uint64_t>(status.st_size) >= bytes))
    return fd;
  close(fd);
  return -1;
}

} // namespace softcuda
