// A window with a core-profile context, for cases that need one.
#pragma once

#include <X11/Xlib.h>

struct bench_window {
  Display *display;
  Window id;
  const char *error; ///< why there is none, or NULL
};

/// Opens a window of that size, with a context current in it. Closing the last one closes the display's connection.
struct bench_window bench_window_open(int width, int height);
void bench_window_close(struct bench_window *window);
