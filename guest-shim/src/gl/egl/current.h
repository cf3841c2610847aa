// EGL's side of what is current on this thread.
#pragma once

/// What the program holds as current was released behind EGL's back: by GLX, or because the thread ends.
void gf_egl_forget_current(void);
