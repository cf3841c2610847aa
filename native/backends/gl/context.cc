#include "backends/gl/context.h"

#include "backends/gl/surface/default_framebuffer.h"

namespace gpuferry::gl {

Context::Context() = default;
Context::~Context() { gf_client_state_free(&client); }

} // namespace gpuferry::gl
