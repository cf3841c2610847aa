/* Programs that are asked what they consist of, and what is set in them. */
#include "common/headless.h"
#include "common/shaders.h"
#include <stdio.h>
#include <string.h>

static const char VERTEX[] =
    "#version 430 core\n"
    "in vec3 place; in vec2 corner[2];\n"
    "struct Light { vec4 colour; float power; };\n"
    "uniform Light lights[2]; uniform mat3x2 turn; uniform ivec2 numbers[5];\n"
    "layout(std140) uniform Camera { mat4 view; vec3 eye; } camera;\n"
    "layout(std430, binding = 3) buffer Store { vec4 first; float rest[]; };\n"
    "out vec4 shade;\n"
    "void main() {\n"
    "  shade = lights[0].colour * lights[1].power + first + rest[1] + numbers[3].xyxy;\n"
    "  gl_Position = camera.view * vec4(turn * place + corner[0] + corner[1], camera.eye.xy);\n"
    "}\n";
static const char FRAGMENT[] =
    "#version 430 core\n"
    "in vec4 shade; uniform sampler2D image;\n"
    "layout(location = 2) out vec4 colour;\n"
    "subroutine vec4 Tint(vec4 c);\n"
    "subroutine(Tint) vec4 plain(vec4 c) { return c; }\n"
    "layout(index = 5) subroutine(Tint) vec4 dark(vec4 c) { return c * 0.5; }\n"
    "subroutine uniform Tint tint;\n"
    "void main() { colour = tint(shade) * texture(image, shade.xy); }\n";

static void lists(GLuint program) {
  static const struct {
    GLenum count;
    const char *name;
  } NUMBERS[] = {
      {GL_ACTIVE_UNIFORMS, "uniforms"},
      {GL_ACTIVE_ATTRIBUTES, "attributes"},
      {GL_ACTIVE_UNIFORM_BLOCKS, "blocks"},
      {GL_ACTIVE_UNIFORM_MAX_LENGTH, "longest uniform"},
      {GL_ACTIVE_ATTRIBUTE_MAX_LENGTH, "longest attribute"},
      {GL_ATTACHED_SHADERS, "shaders"},
  };
  for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
    GLint number = -1;
    glGetProgramiv(program, NUMBERS[i].count, &number);
    printf("%s: %d\n", NUMBERS[i].name, number);
  }
  GLint uniforms = 0, attributes = 0;
  glGetProgramiv(program, GL_ACTIVE_UNIFORMS, &uniforms);
  glGetProgramiv(program, GL_ACTIVE_ATTRIBUTES, &attributes);
  for (GLint i = 0; i < uniforms; i++) {
    char name[64] = "";
    GLint size = 0, offset = 0;
    GLenum type = 0;
    const GLuint index = i;
    glGetActiveUniform(program, i, sizeof name, NULL, &size, &type, name);
    glGetActiveUniformsiv(program, 1, &index, GL_UNIFORM_OFFSET, &offset);
    printf("uniform %s: 0x%x x %d at %d, location %d\n", name, type, size, offset,
           glGetUniformLocation(program, name));
  }
  for (GLint i = 0; i < attributes; i++) {
    char name[64] = "";
    GLint size = 0;
    GLenum type = 0;
    glGetActiveAttrib(program, i, sizeof name, NULL, &size, &type, name);
    printf("attribute %s: 0x%x x %d, location %d\n", name, type, size,
           glGetAttribLocation(program, name));
  }
}

static void resources(GLuint program) {
  static const GLenum PROPERTIES[] = {GL_NAME_LENGTH, GL_TYPE, GL_OFFSET,
                                      GL_TOP_LEVEL_ARRAY_STRIDE};
  GLint variables = 0;
  glGetProgramInterfaceiv(program, GL_BUFFER_VARIABLE, GL_ACTIVE_RESOURCES, &variables);
  for (GLint i = 0; i < variables; i++) {
    char name[64] = "";
    GLint values[4] = {0};
    glGetProgramResourceName(program, GL_BUFFER_VARIABLE, i, sizeof name, NULL, name);
    glGetProgramResourceiv(program, GL_BUFFER_VARIABLE, i, 4, PROPERTIES, 4, NULL, values);
    printf("variable %s: %d 0x%x %d %d\n", name, values[0], values[1], values[2], values[3]);
  }
  printf("store %u, output %d, data %d\n",
         glGetProgramResourceIndex(program, GL_SHADER_STORAGE_BLOCK, "Store"),
         glGetFragDataLocation(program, "colour"),
         glGetProgramResourceLocation(program, GL_UNIFORM, "numbers[3]"));
  printf("subroutines %u %u\n",
         glGetSubroutineIndex(program, GL_FRAGMENT_SHADER, "plain") != GL_INVALID_INDEX,
         glGetSubroutineIndex(program, GL_FRAGMENT_SHADER, "bright") == GL_INVALID_INDEX);
}

/* Everything that can be asked of every interface; what is refused is refused with the same error. */
static void interfaces(GLuint program) {
  static const GLenum INTERFACES[] = {GL_UNIFORM,
                                      GL_UNIFORM_BLOCK,
                                      GL_PROGRAM_INPUT,
                                      GL_PROGRAM_OUTPUT,
                                      GL_BUFFER_VARIABLE,
                                      GL_SHADER_STORAGE_BLOCK,
                                      GL_ATOMIC_COUNTER_BUFFER,
                                      GL_TRANSFORM_FEEDBACK_VARYING,
                                      GL_FRAGMENT_SUBROUTINE,
                                      GL_FRAGMENT_SUBROUTINE_UNIFORM,
                                      GL_GEOMETRY_SUBROUTINE,
                                      GL_TRANSFORM_FEEDBACK_BUFFER,
                                      GL_TRIANGLES};
  static const GLenum PROPERTIES[] = {GL_NAME_LENGTH,
                                      GL_TYPE,
                                      GL_ARRAY_SIZE,
                                      GL_OFFSET,
                                      GL_BLOCK_INDEX,
                                      GL_ARRAY_STRIDE,
                                      GL_MATRIX_STRIDE,
                                      GL_IS_ROW_MAJOR,
                                      GL_ATOMIC_COUNTER_BUFFER_INDEX,
                                      GL_BUFFER_BINDING,
                                      GL_BUFFER_DATA_SIZE,
                                      GL_NUM_ACTIVE_VARIABLES,
                                      GL_ACTIVE_VARIABLES,
                                      GL_REFERENCED_BY_VERTEX_SHADER,
                                      GL_REFERENCED_BY_FRAGMENT_SHADER,
                                      GL_TOP_LEVEL_ARRAY_SIZE,
                                      GL_LOCATION,
                                      GL_LOCATION_INDEX,
                                      GL_IS_PER_PATCH,
                                      GL_NUM_COMPATIBLE_SUBROUTINES,
                                      GL_COMPATIBLE_SUBROUTINES,
                                      GL_LINES};
  for (size_t i = 0; i < sizeof INTERFACES / sizeof *INTERFACES; i++) {
    static const GLenum LIMITS[] = {GL_ACTIVE_RESOURCES, GL_MAX_NAME_LENGTH,
                                    GL_MAX_NUM_ACTIVE_VARIABLES, GL_MAX_NUM_COMPATIBLE_SUBROUTINES};
    const GLenum which = INTERFACES[i];
    GLint limits[4] = {-7, -7, -7, -7};
    printf("interface 0x%x:", which);
    for (int j = 0; j < 4; j++) {
      glGetProgramInterfaceiv(program, which, LIMITS[j], &limits[j]);
      printf(" %d (0x%x)", limits[j], glGetError());
    }
    printf("\n");
    for (GLint j = 0; j <= limits[0]; j++) { /* one too many */
      char name[64] = "-", little[5] = "";
      GLsizei length = -7, little_length = -7;
      glGetProgramResourceName(program, which, j, sizeof name, &length, name);
      glGetProgramResourceName(program, which, j, sizeof little, &little_length, little);
      printf(" %s, %d, %s, %d, 0x%x:", name, length, little, little_length, glGetError());
      for (size_t k = 0; k < sizeof PROPERTIES / sizeof *PROPERTIES; k++) {
        GLint got[8] = {-7, -7, -7, -7, -7, -7, -7, -7};
        glGetProgramResourceiv(program, which, j, 1, &PROPERTIES[k], 8, &length, got);
        printf(" %x", glGetError());
        for (GLsizei l = 0; l < 8 && got[l] != -7; l++)
          printf(",%d", got[l]);
      }
      printf("; %d", glGetProgramResourceIndex(program, which, name));
      printf(" %d", glGetProgramResourceLocation(program, which, name));
      printf(" 0x%x\n", glGetError());
    }
  }
}

/* The same by the names that OpenGL 3 had for it. */
static void older_questions(GLuint program) {
  static const GLenum BLOCK[] = {GL_UNIFORM_BLOCK_BINDING,
                                 GL_UNIFORM_BLOCK_DATA_SIZE,
                                 GL_UNIFORM_BLOCK_NAME_LENGTH,
                                 GL_UNIFORM_BLOCK_ACTIVE_UNIFORMS,
                                 GL_UNIFORM_BLOCK_ACTIVE_UNIFORM_INDICES,
                                 GL_UNIFORM_BLOCK_REFERENCED_BY_VERTEX_SHADER,
                                 GL_ATOMIC_COUNTER_BUFFER_DATA_SIZE};
  static const char *const NAMES[] = {"numbers", "turn", "lights[1].power"};
  GLuint indices[3] = {0};
  GLint values[8];
  char name[64] = "";
  GLsizei length = 0, size = 0;
  GLenum type = 0;
  glUniformBlockBinding(program, 0, 5);
  for (size_t i = 0; i < sizeof BLOCK / sizeof *BLOCK; i++) {
    memset(values, 0, sizeof values);
    glGetActiveUniformBlockiv(program, 0, BLOCK[i], values);
    printf("block 0x%x: %d %d (0x%x)\n", BLOCK[i], values[0], values[1], glGetError());
  }
  glGetActiveUniformBlockName(program, 0, sizeof name, &length, name);
  printf("block %s, %d, index %u, no index %u\n", name, length,
         glGetUniformBlockIndex(program, "Camera"), glGetUniformBlockIndex(program, "Camer"));
  glGetUniformIndices(program, 3, NAMES, indices);
  for (int i = 0; i < 3; i++) {
    glGetActiveUniformName(program, indices[i], sizeof name, &length, name);
    printf("index of %s: %u is %s\n", NAMES[i], indices[i], name);
  }
  glGetActiveUniformsiv(program, 3, indices, GL_UNIFORM_SIZE, values);
  printf("sizes %d %d %d\n", values[0], values[1], values[2]);
  indices[1] = 1000;
  glGetActiveUniformsiv(program, 3, indices, GL_UNIFORM_SIZE, values);
  check_error(GL_INVALID_VALUE, "no such uniform");
  glGetActiveUniformBlockName(program, 99, sizeof name, &length, name);
  check_error(GL_INVALID_VALUE, "no such block");
  glGetTransformFeedbackVarying(program, 0, sizeof name, &length, &size, &type, name);
  printf("varying %s, %d, %d, 0x%x\n", name, length, size, type);
  glGetActiveSubroutineName(program, GL_FRAGMENT_SHADER, 1, sizeof name, &length, name);
  printf("subroutine %s of tint at %d\n", name,
         glGetSubroutineUniformLocation(program, GL_FRAGMENT_SHADER, "tint"));
  glGetActiveSubroutineUniformiv(program, GL_FRAGMENT_SHADER, 0, GL_COMPATIBLE_SUBROUTINES, values);
  printf("compatible %d %d\n", values[0], values[1]);
  check_error(GL_NO_ERROR, "older questions");
}

/* Another link, another program. */
static void linked_again(GLuint program) {
  static const char *const VARYINGS[] = {"gl_Position"};
  GLint before = 0, after = 0;
  glGetProgramInterfaceiv(program, GL_TRANSFORM_FEEDBACK_VARYING, GL_ACTIVE_RESOURCES, &before);
  glTransformFeedbackVaryings(program, 1, VARYINGS, GL_INTERLEAVED_ATTRIBS);
  glLinkProgram(program);
  glGetProgramInterfaceiv(program, GL_TRANSFORM_FEEDBACK_VARYING, GL_ACTIVE_RESOURCES, &after);
  check(before == 1 && after == 1, "varyings %d, %d", before, after);
  char name[64] = "";
  glGetProgramResourceName(program, GL_TRANSFORM_FEEDBACK_VARYING, 0, sizeof name, NULL, name);
  check(strcmp(name, "gl_Position") == 0, "the varying is %s", name);
}

static void values(GLuint program) {
  static const GLfloat MATRIX[6] = {1, 2, 3, 4, 5, 6};
  static const GLint NUMBERS[6] = {10, 11, 12, 13, 14, 15};
  GLfloat matrix[6] = {0}, power = 0;
  GLint numbers[2] = {0};
  const GLint first = glGetUniformLocation(program, "numbers[1]");
  glUseProgram(program);
  glUniformMatrix3x2fv(glGetUniformLocation(program, "turn"), 1, GL_FALSE, MATRIX);
  glUniform2iv(first, 3, NUMBERS);
  glProgramUniform1f(program, glGetUniformLocation(program, "lights[1].power"), 0.75f);
  glGetUniformfv(program, glGetUniformLocation(program, "turn"), matrix);
  glGetUniformiv(program, glGetUniformLocation(program, "numbers[2]"), numbers);
  glGetnUniformfv(program, glGetUniformLocation(program, "lights[1].power"), sizeof power, &power);
  check(matrix[0] == 1 && matrix[5] == 6, "a matrix that was set");
  check(numbers[0] == 12 && numbers[1] == 13, "an element that was set: %d %d", numbers[0],
        numbers[1]);
  check(power == 0.75f, "a member that was set: %g", power);
  glGetnUniformfv(program, glGetUniformLocation(program, "turn"), 8, matrix);
  check_error(GL_INVALID_OPERATION, "too little room for a matrix");
}

int main(void) {
  struct headless headless = headless_open(EGL_OPENGL_API, 4, 5);
  const GLuint program = program_of(VERTEX, FRAGMENT);
  lists(program);
  resources(program);
  static const char *const VARYINGS[] = {"shade"};
  glTransformFeedbackVaryings(program, 1, VARYINGS, GL_INTERLEAVED_ATTRIBS);
  glLinkProgram(program);
  interfaces(program);
  older_questions(program);
  linked_again(program);
  values(program);
  const int status = finish();
  headless_close(&headless);
  return status;
}
