#include "gl/glx/context_attributes.h"

#include "gl/glx/protocol.h"
#include <EGL/egl.h>
#include <EGL/eglext.h>

#include "gl/glx/error.h"
#include "gl/window/host.h"

void gf_glx_raise_egl(struct gf_glx_display *display, int32_t egl_error, int minor) {
  switch (egl_error) {
  case EGL_BAD_MATCH:
    // A version or a profile that the host does not have.
    gf_glx_error(display, GLXBadFBConfig, 0, minor, 0);
    return;
  case EGL_BAD_CONTEXT:
    gf_glx_error(display, GLXBadContext, 0, minor, 0);
    return;
  case EGL_BAD_ATTRIBUTE:
  case EGL_BAD_PARAMETER:
    gf_glx_error(display, BadValue, 0, minor, 1);
    return;
  case EGL_BAD_ACCESS:
    gf_glx_error(display, BadAccess, 0, minor, 1);
    return;
  default:
    gf_glx_error(display, BadAlloc, 0, minor, 1);
    return;
  }
}

/// What the list says, before it is judged.
struct asked {
  int major, minor_version;
  int flags;
  int profile;
  int reset;
  int release;
  int no_error;
};

static void put(struct gf_glx_attributes *attributes, int32_t name, int32_t value) {
  attributes->egl[2 * attributes->count] = name;
  attributes->egl[2 * attributes->count + 1] = value;
  attributes->count++;
}

static int is_gl_version(int major, int minor_version) {
  static const int last[] = {-1, 5, 1, 3};
  return major >= 1 && minor_version >= 0 && (major > 3 || minor_version <= last[major]);
}

static int is_es_version(int major, int minor_version) {
  return (major == 1 && (minor_version == 0 || minor_version == 1)) ||
         (major == 2 && minor_version == 0) || (major == 3 && minor_version <= 2);
}

/// The X error for a combination that no GL has, or 0. `*is_core` says of which table.
static int judge(const struct asked *asked, int *is_core) {
  const int is_es = asked->profile == GLX_CONTEXT_ES2_PROFILE_BIT_EXT;
  *is_core = 1;
  if ((asked->flags & ~0xf) != 0)
    return BadValue;
  if (is_es ? !is_es_version(asked->major, asked->minor_version)
            : !is_gl_version(asked->major, asked->minor_version))
    return BadMatch;
  const int known = GLX_CONTEXT_CORE_PROFILE_BIT_ARB | GLX_CONTEXT_COMPATIBILITY_PROFILE_BIT_ARB |
                    GLX_CONTEXT_ES2_PROFILE_BIT_EXT;
  const int is_one = asked->profile != 0 && (asked->profile & (asked->profile - 1)) == 0;
  // Versions without profiles take no notice of a mask, but it must be one.
  if ((asked->profile & ~known) != 0 || !is_one) {
    *is_core = 0;
    return GLXBadProfileARB;
  }
  if (!is_es && asked->major < 3 && (asked->flags & GLX_CONTEXT_FORWARD_COMPATIBLE_BIT_ARB) != 0)
    return BadMatch;
  return 0;
}

/// Of the newest compatibility profile, 100 × major + 10 × minor.
static uint32_t compat_version(void) {
  const struct gf_gl_host *host = gf_gl_host();
  return host != NULL ? host->offers[GF_GL_OFFER_COMPAT].version : 0;
}

static void translate(const struct asked *asked, struct gf_glx_attributes *attributes) {
  const int is_es = asked->profile == GLX_CONTEXT_ES2_PROFILE_BIT_EXT;
  attributes->api = !is_es ? GF_GL_API_GL : asked->major == 1 ? GF_GL_API_ES1 : GF_GL_API_ES2;
  const int has_profiles = asked->major > 3 || (asked->major == 3 && asked->minor_version >= 2);
  // 3.1 knows no profiles: GLX gives it with GL_ARB_compatibility where the driver has that, EGL without.
  const int is_compatible_31 = !is_es && asked->major == 3 && asked->minor_version == 1 &&
                               (asked->flags & GLX_CONTEXT_FORWARD_COMPATIBLE_BIT_ARB) == 0 &&
                               compat_version() >= 320;
  put(attributes, EGL_CONTEXT_MAJOR_VERSION, asked->major);
  put(attributes, EGL_CONTEXT_MINOR_VERSION, is_compatible_31 ? 2 : asked->minor_version);
  if (is_compatible_31)
    put(attributes, EGL_CONTEXT_OPENGL_PROFILE_MASK, EGL_CONTEXT_OPENGL_COMPATIBILITY_PROFILE_BIT);
  else if (!is_es && has_profiles)
    put(attributes, EGL_CONTEXT_OPENGL_PROFILE_MASK, asked->profile);
  // The first three bits are EGL's as well; reset isolation is refused by drivers that lack it.
  if (asked->flags != 0)
    put(attributes, EGL_CONTEXT_FLAGS_KHR, asked->flags);
  if (asked->reset == GLX_LOSE_CONTEXT_ON_RESET_ARB)
    put(attributes, EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY, EGL_LOSE_CONTEXT_ON_RESET);
  if (asked->release == GLX_CONTEXT_RELEASE_BEHAVIOR_NONE_ARB)
    put(attributes, EGL_CONTEXT_RELEASE_BEHAVIOR_KHR, EGL_CONTEXT_RELEASE_BEHAVIOR_NONE_KHR);
  if (asked->no_error)
    put(attributes, EGL_CONTEXT_OPENGL_NO_ERROR_KHR, EGL_TRUE);
}

int gf_glx_read_attributes(struct gf_glx_display *display, const int *list, int may_name_screen,
                           int screen, struct gf_glx_attributes *attributes, int minor) {
  struct asked asked = {.major = 1,
                        .profile = GLX_CONTEXT_CORE_PROFILE_BIT_ARB,
                        .reset = GLX_NO_RESET_NOTIFICATION_ARB,
                        .release = GLX_CONTEXT_RELEASE_BEHAVIOR_FLUSH_ARB};
  *attributes = (struct gf_glx_attributes){.render_type = GLX_RGBA_TYPE, .screen = screen};
  int is_value = 1;
  for (; list != NULL && list[0] != None && is_value; list += 2) {
    const int value = list[1];
    switch (list[0]) {
    case GLX_CONTEXT_MAJOR_VERSION_ARB:
      asked.major = value;
      break;
    case GLX_CONTEXT_MINOR_VERSION_ARB:
      asked.minor_version = value;
      break;
    case GLX_CONTEXT_FLAGS_ARB:
      asked.flags = value;
      break;
    case GLX_CONTEXT_PROFILE_MASK_ARB:
      asked.profile = value;
      break;
    case GLX_RENDER_TYPE:
      attributes->render_type = value;
      is_value = value == GLX_RGBA_TYPE || value == GLX_RGBA_FLOAT_TYPE_ARB ||
                 value == GLX_RGBA_UNSIGNED_FLOAT_TYPE_EXT || value == GLX_COLOR_INDEX_TYPE;
      break;
    case GLX_CONTEXT_RESET_NOTIFICATION_STRATEGY_ARB:
      asked.reset = value;
      break;
    case GLX_CONTEXT_RELEASE_BEHAVIOR_ARB:
      asked.release = value;
      is_value = value == GLX_CONTEXT_RELEASE_BEHAVIOR_NONE_ARB ||
                 value == GLX_CONTEXT_RELEASE_BEHAVIOR_FLUSH_ARB;
      break;
    case GLX_CONTEXT_OPENGL_NO_ERROR_ARB:
      asked.no_error = value;
      break;
    case GLX_SCREEN:
      is_value = may_name_screen && gf_glx_screen(display, value) != NULL;
      attributes->screen = value;
      break;
    default:
      is_value = 0;
    }
  }
  if (!is_value) {
    gf_glx_error(display, BadValue, 0, minor, 1);
    return 0;
  }
  int is_core;
  const int code = judge(&asked, &is_core);
  // What the extensions call a mismatch: no error checks, and yet debugging or robustness; a strategy
  // that is none; colours that no config has.
  const int is_contrary =
      (asked.no_error &&
       (asked.flags & (GLX_CONTEXT_DEBUG_BIT_ARB | GLX_CONTEXT_ROBUST_ACCESS_BIT_ARB)) != 0) ||
      (asked.reset != GLX_NO_RESET_NOTIFICATION_ARB &&
       asked.reset != GLX_LOSE_CONTEXT_ON_RESET_ARB) ||
      attributes->render_type == GLX_COLOR_INDEX_TYPE;
  if (code != 0 || is_contrary) {
    gf_glx_error(display, code != 0 ? code : BadMatch, 0, minor, code != 0 ? is_core : 1);
    return 0;
  }
  translate(&asked, attributes);
  return 1;
}
