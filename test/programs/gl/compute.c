/* Compute shaders: storage buffers, images, atomic counters, shared memory, and draws and dispatches out of buffers. */
#include "common/headless.h"
#include "common/shaders.h"

enum { SIZE = 64 };

static void images(void) {
  static const char SOURCE[] =
      "#version 430 core\n"
      "layout(local_size_x = 8, local_size_y = 8) in;\n"
      "layout(rgba8, binding = 0) writeonly uniform image2D image;\n"
      "layout(binding = 0, offset = 4) uniform atomic_uint counter;\n"
      "shared uint total;\n"
      "void main() {\n"
      "  if (gl_LocalInvocationIndex == 0u) total = 0u;\n"
      "  barrier();\n"
      "  atomicAdd(total, gl_LocalInvocationIndex);\n"
      "  barrier();\n"
      "  ivec2 at = ivec2(gl_GlobalInvocationID.xy);\n"
      "  if (((at.x ^ at.y) & 8) != 0) atomicCounterIncrement(counter);\n"
      "  imageStore(image, at, vec4(vec2(at) / 64.0, float(total) / 4096.0, 1));\n"
      "}\n";
  static GLubyte pixels[SIZE * SIZE * 4];
  const GLuint zeros[2] = {5, 0};
  GLuint texture, counter, counted[2] = {0};
  const GLuint program = compute_program_of(SOURCE);
  glGenTextures(1, &texture);
  glBindTexture(GL_TEXTURE_2D, texture);
  glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, SIZE, SIZE);
  glBindImageTexture(0, texture, 0, GL_FALSE, 0, GL_WRITE_ONLY, GL_RGBA8);
  glGenBuffers(1, &counter);
  glBindBufferBase(GL_ATOMIC_COUNTER_BUFFER, 0, counter);
  glBufferData(GL_ATOMIC_COUNTER_BUFFER, sizeof zeros, zeros, GL_DYNAMIC_COPY);
  glUseProgram(program);
  glDispatchCompute(SIZE / 8, SIZE / 8, 1);
  glMemoryBarrier(GL_ALL_BARRIER_BITS);
  glGetTexImage(GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
  checksum("image", pixels, sizeof pixels);
  glGetBufferSubData(GL_ATOMIC_COUNTER_BUFFER, 0, sizeof counted, counted);
  check(counted[0] == 5 && counted[1] == SIZE * SIZE / 2, "counted %u", counted[1]);
}

/* One shader writes the commands that the host then only names. */
static void indirect(void) {
  static const char WRITER[] = "#version 430 core\n"
                               "layout(local_size_x = 1) in;\n"
                               "layout(std430, binding = 1) buffer Commands { uint words[]; };\n"
                               "void main() {\n"
                               "  words[0] = 3u; words[1] = 2u; words[2] = 0u; words[3] = 0u;\n"
                               "  words[4] = 3u; words[5] = 1u; words[6] = 3u; words[7] = 0u;\n"
                               "}\n";
  GLuint commands, array;
  const GLuint writer = compute_program_of(WRITER);
  const GLuint program =
      program_of("#version 430 core\n"
                 "flat out int which;\n"
                 "void main() {\n"
                 "  which = gl_VertexID / 3 * 2 + gl_InstanceID;\n"
                 "  vec2 corner = vec2(gl_VertexID % 3 == 1, gl_VertexID % 3 == 2);\n"
                 "  gl_Position = vec4(corner + 0.6 * float(which) - 1.0, 0, 1);\n"
                 "}\n",
                 "#version 430 core\n"
                 "flat in int which; out vec4 colour;\n"
                 "void main() { colour = vec4(which == 0, which == 1, which == 2, 1); }\n");
  const GLuint groups[3] = {1, 1, 1};
  GLuint dispatch;
  glGenBuffers(1, &dispatch);
  glBindBuffer(GL_DISPATCH_INDIRECT_BUFFER, dispatch);
  glBufferData(GL_DISPATCH_INDIRECT_BUFFER, sizeof groups, groups, GL_STATIC_DRAW);
  glGenBuffers(1, &commands);
  glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 1, commands);
  glBufferData(GL_SHADER_STORAGE_BUFFER, 32, NULL, GL_STATIC_DRAW);
  glUseProgram(writer);
  glDispatchComputeIndirect(0);
  glMemoryBarrier(GL_COMMAND_BARRIER_BIT);
  glGenVertexArrays(1, &array);
  glBindVertexArray(array);
  headless_target(SIZE, SIZE);
  glClear(GL_COLOR_BUFFER_BIT);
  glUseProgram(program);
  glBindBuffer(GL_DRAW_INDIRECT_BUFFER, commands);
  glMultiDrawArraysIndirect(GL_TRIANGLES, NULL, 2, 16);
  checksum_pixels("drawn by command", SIZE, SIZE);
  glMultiDrawArraysIndirect(GL_TRIANGLES, (void *)24, 2, 16);
  check_error(GL_INVALID_OPERATION, "commands beyond their buffer");
}

int main(void) {
  struct headless headless = headless_open(EGL_OPENGL_API, 4, 5);
  images();
  indirect();
  const int status = finish();
  headless_close(&headless);
  return status;
}
