// Entry points of cudaGL.h, which the description of the driver API does not have.
#pragma once

/// For cuGetProcAddress; NULL if it is none of them.
void *gf_gl_interop_entry(const char *name);
