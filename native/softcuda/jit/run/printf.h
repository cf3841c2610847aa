#pragma once

#include <cstddef>
#include <string>

namespace softcuda::jit {

/// Formats as CUDA's device printf does: `arguments` are packed at their natural alignment, floats as doubles.
/// Appends to `out`; returns how many arguments were consumed.
int format_device_printf(const char *format, const std::byte *arguments, std::string &out);

} // namespace softcuda::jit
