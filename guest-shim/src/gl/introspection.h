// What a linked program consists of, fetched once per link and answered here: counts, attributes, uniforms, and
// where they are. Known by the thread that has linked the program alone, as only it can tell which link an answer
// is of; what is known others may look at.
#pragma once

#include "gl_api.h"

struct gf_gl_introspection;
struct gf_gl_resources;

/// What names are asked for as.
enum gf_gl_variable { GF_GL_ATTRIBUTE, GF_GL_UNIFORM };

/// The location of a name. 0: it is not known.
int gf_gl_introspect_location(GLuint program, enum gf_gl_variable kind, const GLchar *name,
                              GLint *location);

/// The program's interfaces, fetched if that can be, until gf_gl_introspect_release(). NULL: not known, and there is
/// nothing to release.
const struct gf_gl_resources *gf_gl_introspect_resources(GLuint program);
void gf_gl_introspect_release(void);

/// The program has been linked anew by this thread, or is deleted.
void gf_gl_introspect_forget(GLuint program, int is_linked);

/// NULL is allowed.
void gf_gl_introspection_free(struct gf_gl_introspection *introspection);
