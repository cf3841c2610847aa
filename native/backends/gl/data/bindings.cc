// Buffer bindings by which pointers become offsets. The shadow must never say that a buffer is bound where
// none is: the driver would take the guest's offset for an address. So the driver itself is asked where a
// command can fail: names that are none (a core profile refuses them), targets that this API lacks.
#include "backends/gl/call.h"
#include "gl/shadow.h"

namespace gpuferry::gl {
namespace {

GLenum binding_of(GLenum target) {
  switch (target) {
  case GL_ELEMENT_ARRAY_BUFFER:
    return GL_ELEMENT_ARRAY_BUFFER_BINDING;
  case GL_PIXEL_PACK_BUFFER:
    return GL_PIXEL_PACK_BUFFER_BINDING;
  case GL_PIXEL_UNPACK_BUFFER:
    return GL_PIXEL_UNPACK_BUFFER_BINDING;
  case GL_DRAW_INDIRECT_BUFFER:
    return GL_DRAW_INDIRECT_BUFFER_BINDING;
  case GL_PARAMETER_BUFFER:
    return GL_PARAMETER_BUFFER_BINDING;
  default:
    return GL_ARRAY_BUFFER_BINDING;
  }
}

} // namespace

void custom_glBindBuffer(GlCall &call) {
  const auto *args = call.args<gf_gl_glBindBuffer_args>();
  const GlDriver &gl = call.driver();
  const GLuint native = call.name(GF_GL_KIND_BUFFER, args->buffer);
  gl.glBindBuffer(args->target, native);
  gf_client_state &client = call.context().client;
  uint32_t *shadow = gf_arrays_buffer_binding(&client.arrays, args->target);
  if (!shadow)
    return;
  // Vertex data is bound all the time, every API has its target, and array_pointer() is careful.
  if (args->buffer == 0 || args->target == GL_ARRAY_BUFFER) {
    *shadow = args->buffer;
    return;
  }
  GLint bound = 0;
  gl.glGetIntegerv(binding_of(args->target), &bound);
  if (bound == 0)
    *shadow = 0;
  else if (static_cast<GLuint>(bound) == native)
    *shadow = args->buffer;
}

void custom_glVertexArrayElementBuffer(GlCall &call) {
  const auto *args = call.args<gf_gl_glVertexArrayElementBuffer_args>();
  const GlDriver &gl = call.driver();
  if (!gl.glVertexArrayElementBuffer || !gl.glGetVertexArrayiv)
    return call.missing("glVertexArrayElementBuffer");
  const GLuint object = call.name(GF_GL_KIND_VERTEX_ARRAY, args->vaobj);
  const GLuint native = call.name(GF_GL_KIND_BUFFER, args->buffer);
  gl.glVertexArrayElementBuffer(object, native);
  gf_client_state &client = call.context().client;
  const gf_vertex_array_object *shadow = gf_arrays_find(&client.arrays, args->vaobj);
  GLint bound = 0;
  if (shadow)
    gl.glGetVertexArrayiv(object, GL_ELEMENT_ARRAY_BUFFER_BINDING, &bound);
  if (static_cast<GLuint>(bound) == native)
    gf_shadow_glVertexArrayElementBuffer(&client, args->vaobj, args->buffer);
}

} // namespace gpuferry::gl
