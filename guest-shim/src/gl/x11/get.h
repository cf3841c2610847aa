// Taking the pixels of an X pixmap: MIT-SHM into memory of their own, or the reply of a request.
#pragma once

#include "gl/x11/target.h"

/// What X has of the target now, as 32-bit BGRA, top row first; for free(). NULL if it cannot be had: the
/// target is gone, or has another depth than 24 or 32.
uint8_t *gf_x_get(struct gf_x_target *target, uint32_t *width, uint32_t *height);

/// The display is being closed.
void gf_x_get_end(struct gf_x_display *display);
