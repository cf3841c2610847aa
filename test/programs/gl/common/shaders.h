/* Programs out of shader sources. */
#pragma once

#include "check.h"

/* Links what is not NULL. Prints the log and exits with 2 where that fails. */
GLuint program_of(const char *vertex, const char *fragment);
GLuint compute_program_of(const char *source);
GLuint shader_of(GLenum type, const char *source);

/* Prints the log and exits with 2 where linking failed. */
void check_linked(GLuint program);
