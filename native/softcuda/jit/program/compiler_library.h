#pragma once

#include "program/compiler_interface.h"

namespace softcuda::jit {

/// libgpuferry-ptx.so beside the library or program that this code is linked into.
const std::string &compiler_library_path();

/// Loads the compiler on first use. Null and a log when it cannot be had.
CompileFunction compiler(std::string &log);

} // namespace softcuda::jit
