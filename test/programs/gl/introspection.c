/* Programs that are asked what they consist of, and what is set in them. */
#include "common/headless.h"
#include "common/shaders.h"
#include <stdio.h>

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
static const char FRAGMENT[] = "#version 430 core\n"
                               "in vec4 shade; uniform sampler2D image;\n"
                               "layout(location = 2) out vec4 colour;\n"
                               "subroutine vec4 Tint(vec4 c);\n"
                               "subroutine(Tint) vec4 plain(vec4 c) { return c; }\n"
                               "subroutine(Tint) vec4 dark(vec4 c) { return c * 0.5; }\n"
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
  values(program);
  const int status = finish();
  headless_close(&headless);
  return status;
}
