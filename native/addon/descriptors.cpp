// Memory that is handed out as a file descriptor (sealed memfds, the session's region), and the lock
// that makes a socket's path one server's.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <string>

#include "addon.h"
#include "memfd.h"
#include "region.h"
#include "system_error.h"

namespace gpuferry {

UniqueFd create_sealed_memfd(Napi::Env env, const char *name, uint64_t size_bytes) {
  const std::string what = "a memfd of " + std::to_string(size_bytes) + " bytes for " + name;
  UniqueFd fd(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd.valid())
    throw_errno(env, "memfd_create", what);
  if (ftruncate(fd.get(), static_cast<off_t>(size_bytes)) != 0)
    throw_errno(env, "ftruncate", what);
  // F_SEAL_SEAL last of all: nobody can take a seal away or add F_SEAL_WRITE to break the peer.
  if (fcntl(fd.get(), F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0)
    throw_errno(env, "fcntl(F_ADD_SEALS)", what);
  return fd;
}

/// createRegion(sessionId, heapBytes) → { fd, regionBytes }. The header is written through the
/// descriptor: the server never maps memory that a guest can write.
static Napi::Value create_region(const Napi::CallbackInfo &info) {
  Napi::Env env = info.Env();
  gf_region header = {};
  header.magic = GF_REGION_MAGIC;
  header.abi_version = GF_ABI_VERSION;
  header.lane_count = GF_LANE_COUNT;
  header.session_id = static_cast<uint64_t>(info[0].As<Napi::Number>().Int64Value());
  header.heap_bytes = static_cast<uint64_t>(info[1].As<Napi::Number>().Int64Value());
  const uint64_t region_bytes = GF_HEAP_OFFSET_BYTES + header.heap_bytes;
  UniqueFd fd = create_sealed_memfd(env, "gpuferry-region", region_bytes);
  if (pwrite(fd.get(), &header, sizeof header, 0) != static_cast<ssize_t>(sizeof header))
    throw_errno(env, "pwrite", "the region's header");

  auto result = Napi::Object::New(env);
  result.Set("regionBytes", Napi::Number::New(env, static_cast<double>(region_bytes)));
  result.Set("fd", Napi::Number::New(env, fd.release()));
  return result;
}

/// lockFile(path) → fd, or −1 if another process holds the lock. The kernel lets go of it when the
/// process ends, however it ends.
static Napi::Value lock_file(const Napi::CallbackInfo &info) {
  Napi::Env env = info.Env();
  const std::string path = info[0].As<Napi::String>().Utf8Value();
  for (;;) {
    UniqueFd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd.valid())
      throw_errno(env, "open", "lock file " + path);
    if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK)
        return Napi::Number::New(env, -1);
      throw_errno(env, "flock", "lock file " + path);
    }
    // The former holder may have removed the file between our open and our lock: what we hold then
    // is a lock that nobody else will ever look at.
    struct stat held, named;
    if (fstat(fd.get(), &held) == 0 && stat(path.c_str(), &named) == 0 &&
        held.st_ino == named.st_ino && held.st_dev == named.st_dev)
      return Napi::Number::New(env, fd.release());
  }
}

void register_descriptors(Napi::Env env, Napi::Object exports) {
  exports.Set("lockFile", Napi::Function::New(env, lock_file, "lockFile"));
  exports.Set("createRegion", Napi::Function::New(env, create_region, "createRegion"));
}

} // namespace gpuferry
