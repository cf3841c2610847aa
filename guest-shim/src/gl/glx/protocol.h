// GLX's request numbers and errors, with the types that their header leaves to its includer.
#pragma once

#include <X11/Xmd.h>

#include <GL/glxproto.h>
