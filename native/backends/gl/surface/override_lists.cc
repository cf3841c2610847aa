// Display lists: commands that mean framebuffer 0 are executed by us when the list is called (split_lists.h).
#include "backends/gl/surface/overrides.h"

#include "backends/gl/surface/keep.h"
#include "backends/gl/surface/split_lists.h"
#include "gl/size.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

namespace gpuferry::gl {

namespace {

constexpr unsigned kMaxDepth = 64; // GL_MAX_LIST_NESTING

SplitLists &group_lists() { return current_lane()->context->group->attachments.get<SplitLists>(); }

/// The driver's list that is open, which may be another than the application's; 0: none.
GLuint native_index() { return static_cast<GLuint>(get_number(native_gl(), GL_LIST_INDEX)); }

void delete_parts(const std::shared_ptr<const ListParts> &parts, GLuint kept) {
  if (!parts)
    return;
  for (const ListPart &part : *parts)
    if (const GLuint *native = std::get_if<GLuint>(&part); native && *native != kept)
      native_gl().glDeleteLists(*native, 1);
}

// ---- making and deleting

void new_list(GLuint list, GLenum mode) {
  ListState &state = list_state();
  native_gl().glNewList(list, mode);
  if (state.compiled != 0 || !has_lists() || native_index() != list)
    return; // an error, or a list in a list
  state.compiled = state.native = list;
  state.mode = mode;
  state.parts.clear();
}

void begin(GLenum mode) {
  native_gl().glBegin(mode);
  if (is_compiling())
    list_state().is_inside = true;
}

void end() {
  native_gl().glEnd();
  list_state().is_inside = false;
}

void end_list() {
  ListState &state = list_state();
  native_gl().glEndList();
  if (state.compiled == 0 || native_index() != 0)
    return;
  if (!state.parts.empty())
    state.parts.emplace_back(state.native);
  delete_parts(group_lists().define(state.compiled, std::move(state.parts)), state.compiled);
  state.compiled = state.native = 0;
  state.is_inside = false;
  state.parts.clear();
}

void delete_lists(GLuint first, GLsizei count) {
  native_gl().glDeleteLists(first, count);
  SplitLists &lists = group_lists();
  if (!lists.any())
    return;
  for (const auto &parts : lists.remove(first, count))
    delete_parts(parts, 0);
}

// ---- calling

void execute(GLuint list) {
  SplitLists &lists = group_lists();
  const std::shared_ptr<const ListParts> parts = lists.any() ? lists.find(list) : nullptr;
  if (!parts)
    return native_gl().glCallList(list);
  ListState &state = list_state();
  if (state.depth == kMaxDepth)
    return;
  ++state.depth;
  for (const ListPart &part : *parts)
    if (const GLuint *native = std::get_if<GLuint>(&part))
      native_gl().glCallList(*native);
    else
      std::get<std::function<void()>>(part)();
  --state.depth;
}

/// May `list`, called from another list, be one of ours? One that is not there yet may become so.
bool may_be_split(GLuint list) { return group_lists().any() || !native_gl().glIsList(list); }

void call_list(GLuint list) {
  if (!is_compiling())
    return execute(list);
  if (!may_be_split(list) || !note_in_list([list] { execute(list); }))
    native_gl().glCallList(list);
}

template <class T> T value_at(const std::byte *at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

GLuint name_at(const std::byte *at, GLenum type) {
  switch (type) {
  case GL_BYTE:
    return static_cast<GLuint>(value_at<GLbyte>(at));
  case GL_SHORT:
    return static_cast<GLuint>(value_at<GLshort>(at));
  case GL_UNSIGNED_SHORT:
    return static_cast<GLuint>(value_at<GLushort>(at));
  case GL_INT:
  case GL_UNSIGNED_INT:
    return static_cast<GLuint>(value_at<GLint>(at));
  case GL_FLOAT:
    return static_cast<GLuint>(static_cast<GLint>(std::floor(value_at<GLfloat>(at))));
  default: { // the first byte counts most
    GLuint name = 0;
    for (size_t i = 0; i < gf_gl_list_name_bytes(type); ++i)
      name = name << 8 | std::to_integer<GLuint>(at[i]);
    return name;
  }
  }
}

/// The lists that glCallLists means, without GL_LIST_BASE.
std::vector<GLuint> names_of(GLsizei count, GLenum type, const void *lists) {
  std::vector<GLuint> names(static_cast<size_t>(count));
  const auto *at = static_cast<const std::byte *>(lists);
  for (GLuint &name : names) {
    name = name_at(at, type);
    at += gf_gl_list_name_bytes(type);
  }
  return names;
}

void execute_all(const std::vector<GLuint> &names) {
  const auto base = static_cast<GLuint>(get_number(native_gl(), GL_LIST_BASE));
  for (const GLuint name : names)
    execute(base + name);
}

void call_lists(GLsizei count, GLenum type, const void *lists) {
  const bool compiles = is_compiling();
  if (count <= 0 || gf_gl_list_name_bytes(type) == 0 || !lists ||
      (!compiles && !group_lists().any()))
    return native_gl().glCallLists(count, type, lists);
  const std::vector<GLuint> names = names_of(count, type, lists);
  if (!compiles)
    return execute_all(names);
  const auto base = static_cast<GLuint>(get_number(native_gl(), GL_LIST_BASE));
  const bool some = std::any_of(names.begin(), names.end(),
                                [&](GLuint name) { return may_be_split(base + name); });
  if (!some || !note_in_list([names] { execute_all(names); }))
    native_gl().glCallLists(count, type, lists);
}

// ---- commands that lists note

/// `Entry` as it is executed outside of lists; set by note().
template <auto Entry>
std::remove_cvref_t<decltype(std::declval<GlDriver &>().*Entry)> executed = nullptr;

struct Always {
  template <class... Args> bool operator()(Args...) const { return true; }
};
struct ClearsAccum {
  bool operator()(GLbitfield mask) const { return mask & GL_ACCUM_BUFFER_BIT; }
};
struct IsSrgb {
  bool operator()(GLenum capability) const { return capability == GL_FRAMEBUFFER_SRGB; }
};
/// Blend factors and equations. The number of a draw buffer is too small for one.
struct SeesAlpha {
  template <class... Args> bool operator()(Args... args) const { return (sees_alpha(args) || ...); }
};

/// Notes `Entry` where `Matters` says of its arguments that framebuffer 0 makes a difference; elsewhere the driver's own
/// entry point does.
template <auto Entry, class Matters, class Type> struct Noted;
template <auto Entry, class Matters, class... Args>
struct Noted<Entry, Matters, void (*)(Args...)> {
  static void call(Args... args) {
    if (!Matters{}(args...))
      return (native_gl().*Entry)(args...);
    if (!is_compiling())
      return executed<Entry>(args...);
    if (!note_in_list([args...] { executed<Entry>(args...); }))
      (native_gl().*Entry)(args...);
  }
};

void draw_buffers(GLsizei count, const GLenum *buffers) {
  if (count <= 0 || !buffers || !is_compiling())
    return executed<&GlDriver::glDrawBuffers>(count, buffers);
  const std::vector<GLenum> kept(buffers, buffers + count);
  if (!note_in_list([kept] {
        executed<&GlDriver::glDrawBuffers>(static_cast<GLsizei>(kept.size()), kept.data());
      }))
    native_gl().glDrawBuffers(count, buffers);
}

template <auto Entry, class T> void clear_buffer(GLenum buffer, GLint which, const T *value) {
  if (!value || !is_compiling())
    return executed<Entry>(buffer, which, value);
  std::array<T, 4> kept{};
  std::copy_n(value, gf_gl_clear_count(buffer), kept.begin());
  if (!note_in_list([=] { executed<Entry>(buffer, which, kept.data()); }))
    (native_gl().*Entry)(buffer, which, value);
}

template <auto Entry, class With> void note(GlDriver &driver, With with) {
  executed<Entry> = driver.*Entry;
  replace(driver.*Entry, with);
}
template <auto Entry, class Matters, class Type> void note_if(GlDriver &driver, Type) {
  note<Entry>(driver, &Noted<Entry, Matters, Type>::call);
}

} // namespace

ListState &list_state() { return *current_lane()->context->lists; }

bool note_in_list(std::function<void()> command) {
  ListState &state = list_state();
  if (state.is_inside)
    return false;
  native_gl().glEndList();
  state.parts.emplace_back(std::exchange(state.native, 0));
  if (state.mode == GL_COMPILE_AND_EXECUTE)
    command();
  state.parts.emplace_back(std::move(command));
  state.native = group_lists().new_name();
  native_gl().glNewList(state.native, state.mode);
  return true;
}

void override_lists(GlDriver &driver) {
  replace(driver.glNewList, &new_list);
  replace(driver.glEndList, &end_list);
  replace(driver.glDeleteLists, &delete_lists);
  replace(driver.glBegin, &begin);
  replace(driver.glEnd, &end);
  replace(driver.glCallList, &call_list);
  replace(driver.glCallLists, &call_lists);
  note<&GlDriver::glDrawBuffers>(driver, &draw_buffers);
  note<&GlDriver::glClearBufferfv>(driver, &clear_buffer<&GlDriver::glClearBufferfv, GLfloat>);
  note<&GlDriver::glClearBufferiv>(driver, &clear_buffer<&GlDriver::glClearBufferiv, GLint>);
  note<&GlDriver::glClearBufferuiv>(driver, &clear_buffer<&GlDriver::glClearBufferuiv, GLuint>);
#define GF_NOTE(name, matters) note_if<&GlDriver::name, matters>(driver, driver.name)
  GF_NOTE(glAccum, Always);
  GF_NOTE(glClear, ClearsAccum);
  GF_NOTE(glEnable, IsSrgb);
  GF_NOTE(glDrawBuffer, Always);
  GF_NOTE(glReadBuffer, Always);
  GF_NOTE(glBlitFramebuffer, Always);
  GF_NOTE(glBlendFunc, SeesAlpha);
  GF_NOTE(glBlendFuncSeparate, SeesAlpha);
  GF_NOTE(glBlendFunci, SeesAlpha);
  GF_NOTE(glBlendFuncSeparatei, SeesAlpha);
  GF_NOTE(glBlendEquation, SeesAlpha);
  GF_NOTE(glBlendEquationi, SeesAlpha);
  GF_NOTE(glCopyPixels, Always);
  GF_NOTE(glCopyTexImage1D, Always);
  GF_NOTE(glCopyTexImage2D, Always);
  GF_NOTE(glCopyTexSubImage1D, Always);
  GF_NOTE(glCopyTexSubImage2D, Always);
  GF_NOTE(glCopyTexSubImage3D, Always);
  GF_NOTE(glCopyMultiTexImage1DEXT, Always);
  GF_NOTE(glCopyMultiTexImage2DEXT, Always);
  GF_NOTE(glCopyMultiTexSubImage1DEXT, Always);
  GF_NOTE(glCopyMultiTexSubImage2DEXT, Always);
  GF_NOTE(glCopyMultiTexSubImage3DEXT, Always);
  GF_NOTE(glCopyTextureImage1DEXT, Always);
  GF_NOTE(glCopyTextureImage2DEXT, Always);
  GF_NOTE(glCopyTextureSubImage1DEXT, Always);
  GF_NOTE(glCopyTextureSubImage2DEXT, Always);
  GF_NOTE(glCopyTextureSubImage3DEXT, Always);
#undef GF_NOTE
}

} // namespace gpuferry::gl
