// glEnable and glDisable. Arrays of the fixed pipeline are turned on and off at once, as glEnableClientState does:
// a display list that kept it for later would change behind our back what a draw reads.
#include "backends/gl/call.h"
#include "gl/shadow.h"

namespace gpuferry::gl {

void custom_glEnable(GlCall &call) {
  const GLenum cap = call.args<gf_gl_glEnable_args>()->cap;
  gf_client_state &client = call.context().client;
  if (!gf_is_client_array(&client, cap))
    call.driver().glEnable(cap);
  else if (call.driver().glEnableClientState)
    call.driver().glEnableClientState(cap);
  gf_shadow_glEnable(&client, cap);
}

void custom_glDisable(GlCall &call) {
  const GLenum cap = call.args<gf_gl_glDisable_args>()->cap;
  gf_client_state &client = call.context().client;
  if (!gf_is_client_array(&client, cap))
    call.driver().glDisable(cap);
  else if (call.driver().glDisableClientState)
    call.driver().glDisableClientState(cap);
  gf_shadow_glDisable(&client, cap);
}

} // namespace gpuferry::gl
