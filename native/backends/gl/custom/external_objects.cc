// Memory and semaphores that another API has given the guest as descriptors. The driver takes them over when it accepts
// them.
#include "backends/gl/custom/errors.h"
#include "backends/gl/session.h"

#include <unistd.h>

namespace gpuferry::gl {
namespace {

/// The descriptor that the guest has sent for this call.
class Descriptor {
public:
  Descriptor(GlCall &call, uint64_t number)
      : fd_(number != 0 && call.session().courier ? call.session().courier->take_descriptor(number)
                                                  : -1) {}
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;
  ~Descriptor() {
    if (fd_ >= 0)
      close(fd_);
  }

  int get() const { return fd_; }
  void taken() { fd_ = -1; }

private:
  int fd_;
};

} // namespace

void custom_glImportMemoryFdEXT(GlCall &call) {
  const auto *args = call.args<gf_gl_glImportMemoryFdEXT_args>();
  auto *reply = call.reply<gf_gl_glImportMemoryFdEXT_reply>();
  Descriptor fd(call, args->descriptor);
  if (!call.driver().glImportMemoryFdEXT)
    return call.missing("glImportMemoryFdEXT");
  settle_errors(call);
  call.driver().glImportMemoryFdEXT(call.name(GF_GL_KIND_MEMORY_OBJECT, args->memory), args->size,
                                    args->handle_type, fd.get());
  reply->accepted = was_accepted(call);
  if (reply->accepted)
    fd.taken();
}

void custom_glImportSemaphoreFdEXT(GlCall &call) {
  const auto *args = call.args<gf_gl_glImportSemaphoreFdEXT_args>();
  auto *reply = call.reply<gf_gl_glImportSemaphoreFdEXT_reply>();
  Descriptor fd(call, args->descriptor);
  if (!call.driver().glImportSemaphoreFdEXT)
    return call.missing("glImportSemaphoreFdEXT");
  settle_errors(call);
  call.driver().glImportSemaphoreFdEXT(call.name(GF_GL_KIND_SEMAPHORE, args->semaphore),
                                       args->handle_type, fd.get());
  reply->accepted = was_accepted(call);
  if (reply->accepted)
    fd.taken();
}

} // namespace gpuferry::gl
