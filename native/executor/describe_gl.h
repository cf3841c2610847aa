// What this host has to draw with, for those who ask before there is a guest (`gpuferry doctor`).
#pragma once

#include <string>

namespace gpuferry::executor {

/// Loads `gl_driver` (as Options::gl_driver) and prints one line of JSON to stdout: {"vendor", "renderer",
/// "version"}, or {"error"} where there is no OpenGL. The exit status.
int describe_gl(const std::string &gl_driver);

} // namespace gpuferry::executor
