// EGLImages: textures and renderbuffers that another context may take for its own.
#pragma once

#include "gl/egl/display.h"

/// The host's number for an image of any display; 0 for a handle that names none.
uint32_t gf_egl_image_number(const void *handle);

/// Takes every image from the display's list.
void gf_egl_images_give_up(struct gf_egl_display *display);
