// libX11 and libxcb, reached by dlopen at first use: a guest without X (surfaceless EGL) needs neither,
// and a program that talks X has loaded both. Only libxcb itself is asked for; requests of GLX and
// MIT-SHM are written by hand (x11/request.h), because their libraries are often not installed.
#pragma once

#include <X11/Xlib.h>
#include <X11/Xlibint.h>
#include <X11/Xutil.h>
#include <xcb/xcb.h>
#include <xcb/xcbext.h>

#define GF_XLIB_FUNCTIONS(F)                                                                       \
  F(XAddExtension)                                                                                 \
  F(XCloseDisplay)                                                                                 \
  F(XESetCloseDisplay)                                                                             \
  F(XESetErrorString)                                                                              \
  F(XFree)                                                                                         \
  F(XGetVisualInfo)                                                                                \
  F(XInitExtension)                                                                                \
  F(XLoadQueryFont)                                                                                \
  F(XOpenDisplay)                                                                                  \
  F(XQueryFont)                                                                                    \
  F(XFreeFontInfo)                                                                                 \
  F(XCreatePixmap)                                                                                 \
  F(XFreePixmap)                                                                                   \
  F(XCreateGC)                                                                                     \
  F(XChangeGC)                                                                                     \
  F(XFreeGC)                                                                                       \
  F(XFillRectangle)                                                                                \
  F(XDrawString16)                                                                                 \
  F(XGetImage)                                                                                     \
  F(XSync)                                                                                         \
  F(_XError)

#define GF_XCB_FUNCTIONS(F)                                                                        \
  F(xcb_change_window_attributes)                                                                  \
  F(xcb_connect)                                                                                   \
  F(xcb_connection_has_error)                                                                      \
  F(xcb_create_gc)                                                                                 \
  F(xcb_depth_next)                                                                                \
  F(xcb_depth_visuals)                                                                             \
  F(xcb_depth_visuals_length)                                                                      \
  F(xcb_disconnect)                                                                                \
  F(xcb_flush)                                                                                     \
  F(xcb_free_gc)                                                                                   \
  F(xcb_generate_id)                                                                               \
  F(xcb_get_extension_data)                                                                        \
  F(xcb_get_file_descriptor)                                                                       \
  F(xcb_get_geometry)                                                                              \
  F(xcb_get_geometry_reply)                                                                        \
  F(xcb_get_image)                                                                                 \
  F(xcb_get_image_reply)                                                                           \
  F(xcb_get_input_focus)                                                                           \
  F(xcb_get_input_focus_reply)                                                                     \
  F(xcb_get_maximum_request_length)                                                                \
  F(xcb_get_setup)                                                                                 \
  F(xcb_get_window_attributes)                                                                     \
  F(xcb_get_window_attributes_reply)                                                               \
  F(xcb_poll_for_event)                                                                            \
  F(xcb_put_image)                                                                                 \
  F(xcb_request_check)                                                                             \
  F(xcb_screen_allowed_depths_iterator)                                                            \
  F(xcb_screen_next)                                                                               \
  F(xcb_send_request)                                                                              \
  F(xcb_setup_pixmap_formats)                                                                      \
  F(xcb_setup_pixmap_formats_length)                                                               \
  F(xcb_setup_roots_iterator)                                                                      \
  F(xcb_wait_for_reply)

#define GF_X_MEMBER(name) __typeof__(name) *name;
struct gf_x_functions {
  GF_XLIB_FUNCTIONS(GF_X_MEMBER)
  GF_XCB_FUNCTIONS(GF_X_MEMBER)
  /// NULL before libxcb 1.12
  void *xcb_send_request_with_fds;
};
#undef GF_X_MEMBER

/// The functions, or NULL (one line was logged) if this guest has no X libraries.
const struct gf_x_functions *gf_x_load(void);

/// As gf_x_load() returned; only for code that runs after it did.
extern struct gf_x_functions gf_x;
