// glGetError across two parties: the driver's error flag and errors that the guest found by itself. The
// application sees one flag, which keeps the first error until it is asked.
#pragma once

#include "backends/gl/call.h"

namespace gpuferry::gl {

/// Kept with a context: an error that was found and not yet asked for.
struct Errors {
  GLenum first = GL_NO_ERROR;

  void note(GLenum error) {
    if (first == GL_NO_ERROR)
      first = error;
  }
};

/// Takes what the driver's flag says over into the context's Errors, so that what follows can be judged.
void settle_errors(GlCall &call);

/// An error of ours, in line with the driver's: one that the driver found before comes first.
void raise_error(GlCall &call, GLenum error);

/// Whether the driver was content with everything since settle_errors(). Its error, if any, is kept for
/// the application.
bool was_accepted(GlCall &call);

/// As above, but the error is nobody's business.
bool was_accepted_quietly(GlCall &call);

} // namespace gpuferry::gl
