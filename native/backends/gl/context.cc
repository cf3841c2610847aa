#include "backends/gl/context.h"

#include "backends/gl/surface/default_framebuffer.h"
#include "backends/gl/surface/split_lists.h"

namespace gpuferry::gl {

Context::Context() : lists(std::make_unique<ListState>()) {}
Context::~Context() { gf_client_state_free(&client); }

} // namespace gpuferry::gl
