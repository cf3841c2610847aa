// Results of queries. Whether the driver takes the pointer for an offset hangs on what is bound to
// GL_QUERY_BUFFER in the driver, and that alone decides what it is given: never an address of the guest's
// choice where it would be followed.
#include "backends/gl/custom/errors.h"
#include "backends/gl/decode.h"

namespace gpuferry::gl {
namespace {

struct HasQueryBuffers {
  enum { unknown, no, yes } answer = unknown;
};

bool is_buffer_bound(GlCall &call) {
  auto &has = call.context().attachments.get<HasQueryBuffers>();
  if (has.answer == HasQueryBuffers::no)
    return false;
  if (has.answer == HasQueryBuffers::unknown)
    settle_errors(call);
  GLint bound = 0;
  call.driver().glGetIntegerv(GL_QUERY_BUFFER_BINDING, &bound);
  if (has.answer == HasQueryBuffers::unknown)
    has.answer = was_accepted_quietly(call) ? HasQueryBuffers::yes : HasQueryBuffers::no;
  return bound != 0;
}

template <class T, class Get> void get(GlCall &call, const char *symbol, Get driver_get) {
  const auto *args = call.args<gf_gl_glGetQueryObjectiv_args>();
  auto *reply = call.reply<gf_gl_glGetQueryObjectiv_reply>();
  if (!driver_get)
    return call.missing(symbol);
  const GLuint id = call.name(GF_GL_KIND_QUERY, args->id);
  if (is_buffer_bound(call)) {
    driver_get(id, args->pname, reinterpret_cast<T *>(args->offset));
    return;
  }
  Out<T> value(call, 1);
  if (!value.data)
    return;
  driver_get(id, args->pname, value.data);
  const bool written = value.written() != 0;
  reply->written = written;
  reply->value = written ? static_cast<int64_t>(*value.data) : 0;
}

} // namespace

void custom_glGetQueryObjectiv(GlCall &call) {
  get<GLint>(call, "glGetQueryObjectiv", call.driver().glGetQueryObjectiv);
}
void custom_glGetQueryObjectuiv(GlCall &call) {
  get<GLuint>(call, "glGetQueryObjectuiv", call.driver().glGetQueryObjectuiv);
}
void custom_glGetQueryObjecti64v(GlCall &call) {
  get<GLint64>(call, "glGetQueryObjecti64v", call.driver().glGetQueryObjecti64v);
}
void custom_glGetQueryObjectui64v(GlCall &call) {
  get<GLuint64>(call, "glGetQueryObjectui64v", call.driver().glGetQueryObjectui64v);
}

} // namespace gpuferry::gl
