// Display lists with commands that the driver cannot note for us, because framebuffer 0 is an object of ours
// only when they are executed. Such a list is several of the driver's, with our own commands between them:
//
//   application                       driver                    here
//   glNewList(7), glBegin … glEnd     list 7                    7: { list 7,
//   glAccum(GL_ADD, 1)                                               glAccum,
//   glBegin … glEnd, glEndList        list 0xffffffff                list 0xffffffff }
//
// All others are the driver's alone.
#pragma once

#include "gl_driver.h"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <variant>
#include <vector>

namespace gpuferry::gl {

/// One of the driver's lists, by name, or a command of ours.
using ListPart = std::variant<GLuint, std::function<void()>>;
using ListParts = std::vector<ListPart>;

/// The split lists of a share group.
class SplitLists {
public:
  /// False: all lists are the driver's.
  bool any() const { return any_.load(std::memory_order_relaxed); }
  /// Null: it is no list, or the driver's.
  std::shared_ptr<const ListParts> find(GLuint list) const;
  /// Gives `list` new contents; without parts it is the driver's. Returns what it was made of.
  std::shared_ptr<const ListParts> define(GLuint list, ListParts parts);
  /// Forgets the lists from `first` on; returns what they were made of.
  std::vector<std::shared_ptr<const ListParts>> remove(GLuint first, GLsizei count);
  /// A name for a driver's list that the application does not use: it counts from below.
  GLuint new_name() { return next_name_.fetch_sub(1, std::memory_order_relaxed); }

private:
  mutable std::mutex lock_;
  std::map<GLuint, std::shared_ptr<const ListParts>> lists_;
  std::atomic<bool> any_{false};
  std::atomic<GLuint> next_name_{0xffffffffu};
};

/// What a context is compiling and calling.
struct ListState {
  GLuint compiled = 0;    ///< the application's name; 0: nothing is being compiled
  GLuint native = 0;      ///< the driver's list that is open for it; 0 while ours is executed
  GLenum mode = GL_NONE;  ///< GL_COMPILE or GL_COMPILE_AND_EXECUTE
  ListParts parts;        ///< those before the open one
  bool is_inside = false; ///< between a glBegin and its glEnd in the open list
  unsigned depth = 0;     ///< of split lists that call each other
};

/// The state of the calling lane's context.
ListState &list_state();

/// While a list is open, the driver notes commands instead of executing them.
inline bool is_compiling() { return list_state().native != 0; }

/// Notes `command` in the list that is being compiled, and executes it where the mode says so. False: the list
/// cannot be split here, as inside of glBegin; then the driver is to note the command, for its error.
bool note_in_list(std::function<void()> command);

} // namespace gpuferry::gl
