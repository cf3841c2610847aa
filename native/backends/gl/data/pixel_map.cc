// glGetPixelMap*: into the reply, or to an offset into the pack buffer.
#include "backends/gl/data/draw_guard.h"
#include "backends/gl/decode.h"

namespace gpuferry::gl {
namespace {

/// Longer than any driver's: Mesa's have 256.
constexpr uint64_t kMapMax = 4096;

template <class Args, class Reply, class T>
void get(GlCall &call, const char *symbol, void (*native)(GLenum, T *)) {
  const auto *args = call.args<Args>();
  const bool has_buffer = call.context().client.arrays.pixel_pack_buffer != 0;
  if ((args->to_buffer != 0) != has_buffer || (has_buffer && !is_offset(args->offset)))
    return call.violate(
        "a pixel map's pointer is an offset where no buffer is bound, or the reverse");
  if (!native)
    return call.missing(symbol);
  if (has_buffer)
    return native(args->map, reinterpret_cast<T *>(args->offset));
  auto *reply = call.reply<Reply>();
  Out<T> values(call, kMapMax);
  if (!values.data)
    return;
  native(args->map, values.data);
  reply->values_count = values.written();
  values.send(call, reply->values_count);
}

} // namespace

void custom_glGetPixelMapfv(GlCall &call) {
  get<gf_gl_glGetPixelMapfv_args, gf_gl_glGetPixelMapfv_reply>(call, "glGetPixelMapfv",
                                                               call.driver().glGetPixelMapfv);
}

void custom_glGetPixelMapuiv(GlCall &call) {
  get<gf_gl_glGetPixelMapuiv_args, gf_gl_glGetPixelMapuiv_reply>(call, "glGetPixelMapuiv",
                                                                 call.driver().glGetPixelMapuiv);
}

void custom_glGetPixelMapusv(GlCall &call) {
  get<gf_gl_glGetPixelMapusv_args, gf_gl_glGetPixelMapusv_reply>(call, "glGetPixelMapusv",
                                                                 call.driver().glGetPixelMapusv);
}

} // namespace gpuferry::gl
