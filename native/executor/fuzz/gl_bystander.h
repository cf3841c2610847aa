// A session that does nothing wrong while others do: it draws, and looks at what it drew. In a process of
// its own, because a region's heap has one place in a process.
#pragma once

#include <string>
#include <sys/types.h>

namespace gpuferry::executor::fuzz {

class GlBystander {
public:
  /// Starts it with an executor of its own. Throws std::runtime_error.
  explicit GlBystander(const std::string &path);
  ~GlBystander();

  /// Clears its drawable to a colour of its own each time and reads it back; false when the picture is
  /// another one or does not come.
  bool draws();

private:
  pid_t pid_ = -1;
  int socket_ = -1;
};

} // namespace gpuferry::executor::fuzz
