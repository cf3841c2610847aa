// What programs may see of the GL library: gl*, glX* and egl* names, and libglvnd's entry points.
#pragma once

#define GF_GL_EXPORT __attribute__((visibility("default")))
