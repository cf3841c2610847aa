// Programs as the guest keeps them: locations that the driver has told once, until the next link.
#pragma once

struct gf_gl_programs;

/// NULL is allowed.
void gf_gl_programs_free(struct gf_gl_programs *programs);
