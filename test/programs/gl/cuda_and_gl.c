/* OpenGL and CUDA in one process: what a kernel computes is drawn, what was drawn goes through a kernel; and sharing a
 * buffer between the two either works or is refused by CUDA, but never gives a wrong picture. */
#include "../driver/driver.h"
#include "common/headless.h"
#include "common/shaders.h"

enum { SIZE = 64, FLOATS = SIZE * SIZE };

static CUfunction add;
static CUdeviceptr device[3];

/* to = one + other, on the device. */
static void add_arrays(const float *one, const float *other, float *to) {
  int n = FLOATS;
  void *parameters[] = {&device[0], &device[1], &device[2], &n};
  CU_OK(cuMemcpyHtoD(device[0], one, sizeof(float) * FLOATS));
  CU_OK(cuMemcpyHtoD(device[1], other, sizeof(float) * FLOATS));
  CU_OK(cuLaunchKernel(add, FLOATS / 256, 1, 1, 256, 1, 1, 0, NULL, parameters, NULL));
  CU_OK(cuMemcpyDtoH(to, device[2], sizeof(float) * FLOATS));
}

/* Draws FLOATS grey values as a picture and reads it back as floats. */
static void draw_and_read(GLuint program, const float *values, float *back) {
  GLuint texture;
  glGenTextures(1, &texture);
  glBindTexture(GL_TEXTURE_2D, texture);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_R32F, SIZE, SIZE, 0, GL_RED, GL_FLOAT, values);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  glUseProgram(program);
  glDrawArrays(GL_TRIANGLES, 0, 3);
  glReadPixels(0, 0, SIZE, SIZE, GL_RED, GL_FLOAT, back);
  glDeleteTextures(1, &texture);
}

static void shared_buffer(void) {
  static GLubyte bytes[256], back[256];
  CUresult (*register_buffer)(void **, GLuint, unsigned) = NULL;
  CUresult (*map)(unsigned, void **, CUstream) = NULL, (*unmap)(unsigned, void **, CUstream) = NULL;
  CUresult (*pointer_of)(CUdeviceptr *, size_t *, void *) = NULL;
  void *library = dlopen("libcuda.so.1", RTLD_NOW), *resource = NULL;
  GLuint buffer;
  *(void **)&register_buffer = dlsym(library, "cuGraphicsGLRegisterBuffer");
  *(void **)&map = dlsym(library, "cuGraphicsMapResources");
  *(void **)&unmap = dlsym(library, "cuGraphicsUnmapResources");
  *(void **)&pointer_of = dlsym(library, "cuGraphicsResourceGetMappedPointer_v2");
  glGenBuffers(1, &buffer);
  glBindBuffer(GL_ARRAY_BUFFER, buffer);
  glBufferData(GL_ARRAY_BUFFER, sizeof bytes, bytes, GL_DYNAMIC_DRAW);
  /* 801 is CUDA_ERROR_NOT_SUPPORTED */
  const CUresult said = register_buffer ? register_buffer(&resource, buffer, 0) : 801;
  check(said == CUDA_SUCCESS || said == 801, "registering says %d", said);
  if (said != CUDA_SUCCESS)
    return; /* refused, which is an answer */
  CUdeviceptr pointer = 0;
  size_t size = 0;
  CU_OK(map(1, &resource, NULL));
  CU_OK(pointer_of(&pointer, &size, resource));
  CU_OK(cuMemsetD32(pointer, 0x01020304, sizeof bytes / 4));
  CU_OK(unmap(1, &resource, NULL));
  glGetBufferSubData(GL_ARRAY_BUFFER, 0, sizeof back, back);
  check(back[0] == 4 && back[255] == 1, "OpenGL sees what CUDA stored");
}

int main(int argc, char **argv) {
  (void)argc;
  static float one[FLOATS], other[FLOATS], sum[FLOATS], drawn[FLOATS], twice[FLOATS];
  struct headless headless = headless_open(EGL_OPENGL_API, 3, 3);
  CUcontext context = start_driver();
  CUmodule module = load_beside(argv[0], "kernels.ptx");
  CU_OK(cuModuleGetFunction(&add, module, "add"));
  for (int i = 0; i < 3; i++)
    CU_OK(cuMemAlloc(&device[i], sizeof one));
  for (int i = 0; i < FLOATS; i++) {
    one[i] = (i % 128) / 512.0f;
    other[i] = (i / 128) / 64.0f;
  }
  GLuint array;
  glGenVertexArrays(1, &array);
  glBindVertexArray(array);
  headless_target(SIZE, SIZE);
  const GLuint program =
      program_of("#version 330 core\n"
                 "void main() { gl_Position = vec4(gl_VertexID == 1 ? 3 : -1, gl_VertexID == 2 ? 3 "
                 ": -1, 0, 1); }\n",
                 "#version 330 core\n"
                 "uniform sampler2D image; out vec4 colour;\n"
                 "void main() { colour = texelFetch(image, ivec2(gl_FragCoord.xy), 0); }\n");
  for (int round = 0; round < 20; round++) {
    int wrong = 0;
    add_arrays(one, other, sum);
    draw_and_read(program, sum, drawn);
    add_arrays(drawn, drawn, twice);
    for (int i = 0; i < FLOATS; i++)
      wrong += twice[i] != 2 * drawn[i] || drawn[i] < sum[i] - 0.01f || drawn[i] > sum[i] + 0.01f;
    check(wrong == 0, "round %d: %d values are wrong", round, wrong);
  }
  checksum("drawn", drawn, sizeof drawn);
  shared_buffer();
  const int status = finish();
  CU_OK(cuCtxDestroy(context));
  headless_close(&headless);
  return status;
}
