// A thread without a context, for tests of parts that ask which one is current.
#include "gl/thread.h"

_Thread_local struct gf_gl_thread gf_gl;
