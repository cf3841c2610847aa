#include "executor/options.h"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

namespace gpuferry::executor {

Options parse_options(int argc, char **argv) {
  Options options;
  // For finding out whether the jail is why a driver fails: the server's admin says so, no guest can.
  if (std::getenv("GPUFERRY_NO_JAIL")) {
    std::fputs("gpuferry-executor: GPUFERRY_NO_JAIL is set: guests are not confined\n", stderr);
    options.jail = false;
  }
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--no-jail") { // for debuggers, which need ptrace
      options.jail = false;
      continue;
    }
    if (name == "--preload-gl") {
      options.preload_gl = true;
      continue;
    }
    if (name == "--describe-gl") {
      options.describe_gl = true;
      continue;
    }
    if (i + 1 == argc)
      throw std::runtime_error("option " + std::string(name) + " is unknown or lacks its value");
    const std::string value = argv[++i];
    if (name == "--cuda-driver")
      options.cuda_driver = value;
    else if (name == "--gl-driver")
      options.gl_driver = value;
    else if (name == "--control-fd")
      options.control_fd = std::stoi(value);
    else
      throw std::runtime_error("option " + std::string(name) + " is unknown");
  }
  return options;
}

} // namespace gpuferry::executor
