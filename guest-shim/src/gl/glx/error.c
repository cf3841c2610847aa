#include "gl/glx/error.h"

#include "gl/glx/protocol.h"
#include <stdio.h>
#include <string.h>

static const char *const g_names[] = {
    "GLXBadContext",       "GLXBadContextState", "GLXBadDrawable",
    "GLXBadPixmap",        "GLXBadContextTag",   "GLXBadCurrentWindow",
    "GLXBadRenderRequest", "GLXBadLargeRequest", "GLXUnsupportedPrivateRequest",
    "GLXBadFBConfig",      "GLXBadPbuffer",      "GLXBadCurrentDrawable",
    "GLXBadWindow",        "GLXBadProfileARB",
};
#define GF_GLX_ERRORS ((int)(sizeof g_names / sizeof g_names[0]))

/// Where the server has no GLX its numbers are free; core errors end at 17, extensions begin at 128.
#define GF_GLX_OWN_FIRST_ERROR 200
#define GF_GLX_OWN_FIRST_EVENT 120
#define GF_GLX_OWN_OPCODE 250

static char *name_error(Display *xlib, int code, XExtCodes *codes, char *buffer, int bytes) {
  (void)xlib;
  const int first = codes->first_error != 0 ? codes->first_error : GF_GLX_OWN_FIRST_ERROR;
  if (code < first || code >= first + GF_GLX_ERRORS)
    return NULL;
  snprintf(buffer, (size_t)bytes, "%s", g_names[code - first]);
  return buffer;
}

void gf_glx_error_prepare(struct gf_glx_display *display) {
  XExtCodes *codes = gf_x.XInitExtension(display->xlib, "GLX");
  if (codes != NULL) {
    display->codes = *codes;
  } else {
    codes = gf_x.XAddExtension(display->xlib);
    display->codes = (XExtCodes){.extension = codes != NULL ? codes->extension : 0,
                                 .major_opcode = GF_GLX_OWN_OPCODE,
                                 .first_event = GF_GLX_OWN_FIRST_EVENT,
                                 .first_error = GF_GLX_OWN_FIRST_ERROR};
  }
  if (codes != NULL)
    gf_x.XESetErrorString(display->xlib, codes->extension, name_error);
}

void gf_glx_error(const struct gf_glx_display *display, int code, XID resource, int minor,
                  int is_core) {
  Display *dpy = display->xlib; // the macro's name for it
  LockDisplay(dpy);
  xError error = {
      .type = X_Error,
      .errorCode = (BYTE)(is_core ? code : display->codes.first_error + code),
      .sequenceNumber = (CARD16)dpy->request,
      .resourceID = (CARD32)resource,
      .minorCode = (CARD16)minor,
      .majorCode = (CARD8)display->codes.major_opcode,
  };
  gf_x._XError(dpy, &error);
  UnlockDisplay(dpy);
}
