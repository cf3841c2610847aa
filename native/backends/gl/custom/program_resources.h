// All that can be asked about a linked program's interfaces.
#pragma once

#include "backends/gl/call.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gpuferry::gl {

/// In the words of protocol/gl/program_resources.h; empty where it is more than `room_words`, or this driver does not
/// tell. The driver's error flag must be clear, and is.
std::vector<int32_t> list_resources(GlCall &call, GLuint program, size_t room_words);

} // namespace gpuferry::gl
