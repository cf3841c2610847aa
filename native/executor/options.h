// Command line of the executor process.
#pragma once

#include <string>

namespace gpuferry::executor {

struct Options {
  std::string cuda_driver = "auto"; ///< auto, soft, or the path of a libcuda.so.1
  std::string gl_driver = "auto";   ///< auto, none, or the path of a libEGL.so.1
  bool preload_gl = false;          ///< load it before there is a session
  bool describe_gl = false;         ///< say what OpenGL there is, and end
  int control_fd = 3;
  bool jail = true;
};

/// Throws std::runtime_error with a sentence for people.
Options parse_options(int argc, char **argv);

} // namespace gpuferry::executor
