// What GL commands mean for the window that the current context draws to. Flush and finish end frames
// where a program draws to the front buffer; a viewport is what programs set when their window has
// changed its size. The generated stubs call gf_gl_observe_gl* for these, after framing the command.
#pragma once

/// The front buffer is shown, if contexts draw to it.
void gf_window_flushed(void);

/// The same, and X has every picture when this returns.
void gf_window_finished(void);
