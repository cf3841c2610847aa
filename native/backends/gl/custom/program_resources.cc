// A program's interfaces and all that can be asked of them, told at once (protocol/gl/program_resources.h). What this
// driver refuses to tell is left out, for the guest to ask and get the driver's own error.
#include "backends/gl/custom/program_resources.h"

#include "backends/gl/custom/errors.h"
#include "gl/program_resources.h"

#include <climits>
#include <cstring>
#include <span>
#include <utility>

namespace gpuferry::gl {
namespace {

constexpr GLsizei kNameMax = 1024;
constexpr GLsizei kListMax = 1024;

class Lister {
public:
  Lister(GlCall &call, GLuint program, size_t room_words)
      : call_(call), gl_(call.driver()), program_(program), room_words_(room_words) {}

  /// False: it does not fit.
  bool add(GLenum interface);

  std::vector<int32_t> words;

private:
  bool fits() const { return words.size() <= room_words_; }
  int32_t limit(GLenum interface, GLenum pname);
  uint32_t accepted_properties(GLenum interface);
  bool add_name(GLenum interface, GLuint index);
  bool add_resource(GLenum interface, GLuint index, uint32_t mask);
  GLsizei ask(GLenum interface, GLuint index, std::span<const GLenum> properties, GLint *values,
              GLsizei room) {
    GLsizei length = 0;
    gl_.glGetProgramResourceiv(program_, interface, index, static_cast<GLsizei>(properties.size()),
                               properties.data(), room, &length, values);
    return length;
  }

  GlCall &call_;
  const GlDriver &gl_;
  GLuint program_;
  bool is_irregular_ = false; ///< a resource's index is not its place in the list
  size_t room_words_;
};

int32_t Lister::limit(GLenum interface, GLenum pname) {
  GLint value = 0;
  gl_.glGetProgramInterfaceiv(program_, interface, pname, &value);
  return was_accepted_quietly(call_) ? value : INT32_MIN;
}

/// Which properties this interface has here, tried with its first resource.
uint32_t Lister::accepted_properties(GLenum interface) {
  uint32_t mask = 0;
  GLint values[kListMax];
  for (uint32_t i = 0; i < GF_GL_INTERFACE_PROPERTY_COUNT; ++i) {
    ask(interface, 0, {&gf_gl_interface_properties[i], 1}, values, kListMax);
    if (was_accepted_quietly(call_))
      mask |= 1u << i;
  }
  return mask;
}

bool Lister::add_name(GLenum interface, GLuint index) {
  GLsizei length = 0;
  GLchar name[kNameMax] = "";
  if (interface != GL_ATOMIC_COUNTER_BUFFER) { // these have none
    gl_.glGetProgramResourceName(program_, interface, index, kNameMax, &length, name);
    if (length <= 0 || length >= kNameMax - 1)
      return false;
    ++length;
    // Subroutines may have numbers that their shader gives them; and what skips components of feedback has none.
    is_irregular_ |= gl_.glGetProgramResourceIndex(program_, interface, name) != index;
  }
  words.push_back(length);
  const size_t at = words.size();
  words.resize(at + (static_cast<size_t>(length) + 3) / 4);
  std::memcpy(words.data() + at, name, static_cast<size_t>(length));
  return true;
}

bool Lister::add_resource(GLenum interface, GLuint index, uint32_t mask) {
  if (!add_name(interface, index))
    return false;
  GLenum single[GF_GL_SINGLE_PROPERTY_COUNT];
  size_t singles = 0;
  for (uint32_t i = 0; i < GF_GL_SINGLE_PROPERTY_COUNT; ++i)
    if (mask & (1u << i))
      single[singles++] = gf_gl_interface_properties[i];
  const size_t at = words.size();
  words.resize(at + singles);
  if (singles != 0 && ask(interface, index, {single, singles}, words.data() + at,
                          static_cast<GLsizei>(singles)) != static_cast<GLsizei>(singles))
    return false;
  for (uint32_t i = GF_GL_SINGLE_PROPERTY_COUNT; i < GF_GL_INTERFACE_PROPERTY_COUNT; ++i) {
    if (!(mask & (1u << i)))
      continue;
    GLint values[kListMax];
    const GLsizei length =
        ask(interface, index, {&gf_gl_interface_properties[i], 1}, values, kListMax);
    if (length < 0 || length >= kListMax)
      return false;
    words.push_back(length);
    words.insert(words.end(), values, values + length);
  }
  return was_accepted_quietly(call_) && fits();
}

bool Lister::add(GLenum interface) {
  const int32_t count = limit(interface, GL_ACTIVE_RESOURCES);
  if (count == INT32_MIN)
    return true; // not in this version
  const size_t start = words.size();
  is_irregular_ = false;
  words.push_back(static_cast<int32_t>(interface));
  words.push_back(count);
  for (const GLenum pname : gf_gl_interface_limits)
    words.push_back(limit(interface, pname));
  const uint32_t mask = count > 0 ? accepted_properties(interface) : 0;
  words.push_back(static_cast<int32_t>(mask));
  for (GLint i = 0; i < count; ++i)
    if (!add_resource(interface, static_cast<GLuint>(i), mask))
      return false;
  if (is_irregular_)
    words.resize(start); // the guest asks
  return fits();
}

} // namespace

std::vector<int32_t> list_resources(GlCall &call, GLuint program, size_t room_words) {
  const GlDriver &gl = call.driver();
  if (!gl.glGetProgramInterfaceiv || !gl.glGetProgramResourceiv || !gl.glGetProgramResourceName ||
      !gl.glGetProgramResourceIndex)
    return {};
  Lister lister(call, program, room_words);
  for (const GLenum interface : gf_gl_interfaces)
    if (!lister.add(interface))
      return {};
  return std::move(lister.words);
}

} // namespace gpuferry::gl
