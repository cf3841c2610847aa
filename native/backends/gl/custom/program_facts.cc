// What a linked program consists of, told at once: its counts, its attributes and uniforms with their locations. The
// guest asks for it with the first question about a program, and answers most of the others by itself.
#include "backends/gl/custom/errors.h"
#include "backends/gl/custom/program_resources.h"
#include "backends/gl/decode.h"
#include "gl/program_resources.h"
#include "gl/program_variable.h"

#include <iterator>
#include <string>
#include <vector>

namespace gpuferry::gl {
namespace {

constexpr GLenum kCounts[] = {GL_LINK_STATUS, GL_ACTIVE_ATTRIBUTES, GL_ACTIVE_ATTRIBUTE_MAX_LENGTH,
                              GL_ACTIVE_UNIFORMS, GL_ACTIVE_UNIFORM_MAX_LENGTH};
constexpr uint64_t kValues = 64;
/// Longer names are left to be asked for one by one; so are programs that do not fit the reply.
constexpr GLsizei kNameMax = 1024;
constexpr uint64_t kRoomBytes = 48u << 10;

struct All {
  std::vector<gf_gl_program_variable> variables;
  std::string names;
};

using GetActive = void (*)(GLuint, GLuint, GLsizei, GLsizei *, GLint *, GLenum *, GLchar *);
using GetLocation = GLint (*)(GLuint, const GLchar *);

bool collect(GLuint program, GLint count, GetActive active, GetLocation location, All &all) {
  for (GLint i = 0; i < count; ++i) {
    GLchar name[kNameMax] = "";
    GLsizei length = 0;
    gf_gl_program_variable one{};
    active(program, static_cast<GLuint>(i), kNameMax, &length, &one.size, &one.type, name);
    if (length <= 0 || length >= kNameMax - 1)
      return false;
    one.location = location(program, name);
    one.name_bytes = static_cast<uint32_t>(length) + 1;
    all.names.append(name, one.name_bytes);
    all.variables.push_back(one);
    if (all.variables.size() * sizeof one + all.names.size() > kRoomBytes)
      return false;
  }
  return true;
}

void add_all(GlCall &call, GLuint program, gf_gl_glGetProgramiv_reply &reply) {
  const GlDriver &gl = call.driver();
  GLint counts[std::size(kCounts)] = {};
  All all;
  if (!gl.glGetActiveAttrib || !gl.glGetActiveUniform || !gl.glIsProgram(program))
    return;
  for (size_t i = 0; i < std::size(kCounts); ++i)
    gl.glGetProgramiv(program, kCounts[i], &counts[i]);
  if (!counts[0] ||
      !collect(program, counts[1], gl.glGetActiveAttrib, gl.glGetAttribLocation, all) ||
      !collect(program, counts[3], gl.glGetActiveUniform, gl.glGetUniformLocation, all))
    return;
  auto *variables = call.reply_array<gf_gl_program_variable>(all.variables.size());
  char *names = call.reply_array<char>(all.names.size());
  if (!variables || !names)
    return;
  std::copy(all.variables.begin(), all.variables.end(), variables);
  std::memcpy(names, all.names.data(), all.names.size());
  for (size_t i = 0; i < std::size(kCounts); ++i)
    reply.counts[i] = static_cast<uint32_t>(counts[i]);
  reply.names_bytes = static_cast<uint32_t>(all.names.size());
  reply.has_all = GF_GL_WANTS_VARIABLES;
}

/// A program that is linked; of others there is nothing to tell.
void add_resources(GlCall &call, GLuint program, gf_gl_glGetProgramiv_reply &reply) {
  GLint linked = 0;
  if (!call.driver().glIsProgram(program))
    return;
  call.driver().glGetProgramiv(program, GL_LINK_STATUS, &linked);
  if (!linked)
    return;
  const std::vector<int32_t> words = list_resources(call, program, kRoomBytes / sizeof(int32_t));
  auto *room = words.empty() ? nullptr : call.reply_array<int32_t>(words.size());
  if (!room)
    return;
  std::copy(words.begin(), words.end(), room);
  reply.names_bytes = static_cast<uint32_t>(words.size() * sizeof(int32_t));
  reply.has_all = GF_GL_WANTS_RESOURCES;
}

} // namespace

void custom_glGetProgramiv(GlCall &call) {
  const auto *args = call.args<gf_gl_glGetProgramiv_args>();
  if (!call.driver().glGetProgramiv)
    return call.missing("glGetProgramiv");
  const GLuint program = call.name(GF_GL_KIND_PROGRAM, args->program);
  auto *reply = call.reply<gf_gl_glGetProgramiv_reply>();
  Out<GLint> values(call, kValues);
  if (!values.data)
    return;
  call.driver().glGetProgramiv(program, args->pname, values.data);
  reply->value_count = values.written();
  values.send(call, reply->value_count);
  if (!args->wants_all || call.failed())
    return;
  settle_errors(call);
  if (args->wants_all == GF_GL_WANTS_RESOURCES)
    add_resources(call, program, *reply);
  else
    add_all(call, program, *reply);
  was_accepted_quietly(call);
}

} // namespace gpuferry::gl
