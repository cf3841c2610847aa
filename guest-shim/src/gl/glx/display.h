// What GLX keeps for an X display: configs of each screen, the extension's codes, its drawables.
#pragma once

#include "gl/glx/config.h"
#include "gl/window/drawable.h"
#include "gl/x11/display.h"

enum gf_glx_kind { GF_GLX_WINDOW_RAW, GF_GLX_WINDOW, GF_GLX_PIXMAP, GF_GLX_PBUFFER };

/// A GLXDrawable: a number that stands for a drawable. An X window that was made current as it is has
/// its own; GLXWindows, GLXPixmaps and GLXPbuffers have numbers of this client's that the server never
/// hears of.
struct gf_glx_drawable {
  struct gf_glx_drawable *next;
  XID id;
  XID xid; ///< the X window or pixmap; 0 for a pbuffer
  enum gf_glx_kind kind;
  const struct gf_glx_config *config;
  unsigned long event_mask;
  int preserved, largest;             ///< of a pbuffer, as asked for
  int texture_target, texture_format; ///< of a pixmap, GLX_EXT_texture_from_pixmap
  struct gf_gl_drawable *drawable;
};

struct gf_glx_screen {
  struct gf_glx_config *configs;
  int config_count;
  char *server_strings[3]; ///< GLX_VENDOR, GLX_VERSION, GLX_EXTENSIONS
};

#define GF_GLX_DRAWABLE_BUCKETS 64

struct gf_glx_display {
  struct gf_x_display *x;
  Display *xlib;
  XExtCodes codes; ///< of the server's GLX; of our own making where it has none
  int screen_count;
  struct gf_glx_screen *screens;
  pthread_mutex_t mutex; ///< of `drawables`
  struct gf_glx_drawable *drawables[GF_GLX_DRAWABLE_BUCKETS];
};

/// The display's state, made on first use; NULL where GL cannot work (the reason was logged).
struct gf_glx_display *gf_glx_display(Display *xlib);

/// NULL if the screen does not exist.
struct gf_glx_screen *gf_glx_screen(struct gf_glx_display *display, int screen);

/// Fills a screen's configs from the X server's GLX. Zero if it has none.
int gf_glx_configs_from_server(struct gf_glx_display *display, int screen);

/// Fills them from the screen's visuals and what the host's GL can.
int gf_glx_configs_from_visuals(struct gf_glx_display *display, int screen);
