// How the reply of glGetProgramiv with GF_GL_WANTS_RESOURCES lists a program's interfaces, as 32-bit words:
//
//   per interface   its enum, how many resources, its limits (gf_gl_interface_limits; INT32_MIN: an error),
//                   which properties follow of each (a bit for each of gf_gl_interface_properties)
//   per resource    bytes of its name with the zero (0: it has none), the name, padded to words; one word for each
//                   property that has one value; for each of the others, how many values and the values
//
// What an application may change between links (bindings of blocks) is not among the properties.
#pragma once

#include <stdint.h>

/// Values of gf_gl_glGetProgramiv_args.wants_all.
#define GF_GL_WANTS_VARIABLES 1u ///< program_variable.h
#define GF_GL_WANTS_RESOURCES 2u

static const uint32_t gf_gl_interfaces[] = {
    0x92E1, // GL_UNIFORM
    0x92E2, // GL_UNIFORM_BLOCK
    0x92E3, // GL_PROGRAM_INPUT
    0x92E4, // GL_PROGRAM_OUTPUT
    0x92E5, // GL_BUFFER_VARIABLE
    0x92E6, // GL_SHADER_STORAGE_BLOCK
    0x92C0, // GL_ATOMIC_COUNTER_BUFFER
    0x92F4, // GL_TRANSFORM_FEEDBACK_VARYING
    0x92E8, // GL_VERTEX_SUBROUTINE
    0x92E9, // GL_TESS_CONTROL_SUBROUTINE
    0x92EA, // GL_TESS_EVALUATION_SUBROUTINE
    0x92EB, // GL_GEOMETRY_SUBROUTINE
    0x92EC, // GL_FRAGMENT_SUBROUTINE
    0x92ED, // GL_COMPUTE_SUBROUTINE
    0x92EE, // GL_VERTEX_SUBROUTINE_UNIFORM
    0x92EF, // GL_TESS_CONTROL_SUBROUTINE_UNIFORM
    0x92F0, // GL_TESS_EVALUATION_SUBROUTINE_UNIFORM
    0x92F1, // GL_GEOMETRY_SUBROUTINE_UNIFORM
    0x92F2, // GL_FRAGMENT_SUBROUTINE_UNIFORM
    0x92F3, // GL_COMPUTE_SUBROUTINE_UNIFORM
};
#define GF_GL_INTERFACE_COUNT (sizeof gf_gl_interfaces / sizeof *gf_gl_interfaces)

static const uint32_t gf_gl_interface_limits[] = {
    0x92F6, // GL_MAX_NAME_LENGTH
    0x92F7, // GL_MAX_NUM_ACTIVE_VARIABLES
    0x92F8, // GL_MAX_NUM_COMPATIBLE_SUBROUTINES
};
#define GF_GL_INTERFACE_LIMIT_COUNT 3u

static const uint32_t gf_gl_interface_properties[] = {
    0x92F9, // GL_NAME_LENGTH
    0x92FA, // GL_TYPE
    0x92FB, // GL_ARRAY_SIZE
    0x92FC, // GL_OFFSET
    0x92FD, // GL_BLOCK_INDEX
    0x92FE, // GL_ARRAY_STRIDE
    0x92FF, // GL_MATRIX_STRIDE
    0x9300, // GL_IS_ROW_MAJOR
    0x9301, // GL_ATOMIC_COUNTER_BUFFER_INDEX
    0x9303, // GL_BUFFER_DATA_SIZE
    0x9304, // GL_NUM_ACTIVE_VARIABLES
    0x9306, // GL_REFERENCED_BY_VERTEX_SHADER
    0x9307, // GL_REFERENCED_BY_TESS_CONTROL_SHADER
    0x9308, // GL_REFERENCED_BY_TESS_EVALUATION_SHADER
    0x9309, // GL_REFERENCED_BY_GEOMETRY_SHADER
    0x930A, // GL_REFERENCED_BY_FRAGMENT_SHADER
    0x930B, // GL_REFERENCED_BY_COMPUTE_SHADER
    0x930C, // GL_TOP_LEVEL_ARRAY_SIZE
    0x930D, // GL_TOP_LEVEL_ARRAY_STRIDE
    0x930E, // GL_LOCATION
    0x930F, // GL_LOCATION_INDEX
    0x92E7, // GL_IS_PER_PATCH
    0x8E4A, // GL_NUM_COMPATIBLE_SUBROUTINES
    // With a list of values:
    0x9305, // GL_ACTIVE_VARIABLES
    0x8E4B, // GL_COMPATIBLE_SUBROUTINES
};
#define GF_GL_INTERFACE_PROPERTY_COUNT                                                             \
  (sizeof gf_gl_interface_properties / sizeof *gf_gl_interface_properties)
/// So many of them have one value.
#define GF_GL_SINGLE_PROPERTY_COUNT (GF_GL_INTERFACE_PROPERTY_COUNT - 2)
