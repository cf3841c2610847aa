// Command line of the executor process.
#pragma once

#include <string>

namespace gpuferry::executor {

struct Options {
  std::string cuda_driver = "auto"; ///< auto, soft, or the path of a libcuda.so.1
  int control_fd = 3;
  bool jail = true;
};

/// Throws std::runtime_error with a sentence for people.
Options parse_options(int argc, char **argv);

} // namespace gpuferry::executor
