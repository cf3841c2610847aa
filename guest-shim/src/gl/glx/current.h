// GLX's side of what is current on this thread.
#pragma once

/// What the program holds as current was released behind GLX's back: by EGL, or because the thread ends.
void gf_glx_forget_current(void);
