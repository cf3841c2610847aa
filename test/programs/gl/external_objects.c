/* Memory and semaphores of other APIs: names, parameters, what is refused. */
#include "common/headless.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int has_extension(const char *wanted) {
  GLint count = 0;
  glGetIntegerv(GL_NUM_EXTENSIONS, &count);
  for (GLint i = 0; i < count; i++)
    if (strcmp((const char *)glGetStringi(GL_EXTENSIONS, i), wanted) == 0)
      return 1;
  return 0;
}

#define COMMAND(type, name) const type name = (type)eglGetProcAddress(#name)

static void memory_objects(void) {
  COMMAND(PFNGLCREATEMEMORYOBJECTSEXTPROC, glCreateMemoryObjectsEXT);
  COMMAND(PFNGLDELETEMEMORYOBJECTSEXTPROC, glDeleteMemoryObjectsEXT);
  COMMAND(PFNGLISMEMORYOBJECTEXTPROC, glIsMemoryObjectEXT);
  COMMAND(PFNGLMEMORYOBJECTPARAMETERIVEXTPROC, glMemoryObjectParameterivEXT);
  COMMAND(PFNGLGETMEMORYOBJECTPARAMETERIVEXTPROC, glGetMemoryObjectParameterivEXT);
  COMMAND(PFNGLTEXSTORAGEMEM2DEXTPROC, glTexStorageMem2DEXT);
  COMMAND(PFNGLNAMEDBUFFERSTORAGEMEMEXTPROC, glNamedBufferStorageMemEXT);
  COMMAND(PFNGLGETUNSIGNEDBYTEVEXTPROC, glGetUnsignedBytevEXT);
  GLuint objects[3] = {0}, texture, buffer;
  GLint value = GL_TRUE;
  GLubyte uuid[GL_UUID_SIZE_EXT] = {0};
  glCreateMemoryObjectsEXT(3, objects);
  check(objects[0] && objects[1] && objects[2] && objects[0] != objects[1], "three names");
  check(glIsMemoryObjectEXT(objects[1]) && !glIsMemoryObjectEXT(7777), "names of objects");
  glMemoryObjectParameterivEXT(objects[0], GL_DEDICATED_MEMORY_OBJECT_EXT, &value);
  value = 0;
  glGetMemoryObjectParameterivEXT(objects[0], GL_DEDICATED_MEMORY_OBJECT_EXT, &value);
  check_error(GL_NO_ERROR, "a parameter");
  check(value == GL_TRUE, "a parameter that was set is %d", value);
  glMemoryObjectParameterivEXT(objects[0], GL_TEXTURE_WIDTH, &value);
  check_error(GL_INVALID_ENUM, "no parameter");
  glGenTextures(1, &texture);
  glBindTexture(GL_TEXTURE_2D, texture);
  glTexStorageMem2DEXT(GL_TEXTURE_2D, 1, GL_RGBA8, 16, 16, objects[0], 0);
  printf("a texture in no memory: 0x%x\n", glGetError());
  glCreateBuffers(1, &buffer);
  glNamedBufferStorageMemEXT(buffer, 64, objects[0], 0);
  printf("a buffer in no memory: 0x%x\n", glGetError());
  glGetUnsignedBytevEXT(GL_DRIVER_UUID_EXT, uuid);
  printf("driver's number: 0x%x\n", glGetError());
  glGetUnsignedBytevEXT(GL_VENDOR, uuid);
  check_error(GL_INVALID_ENUM, "no bytes");
  glDeleteMemoryObjectsEXT(2, objects);
  check(!glIsMemoryObjectEXT(objects[0]) && glIsMemoryObjectEXT(objects[2]), "deleted names");
  glDeleteMemoryObjectsEXT(1, objects + 2);
  check_error(GL_NO_ERROR, "memory objects");
}

static void descriptors(void) {
  COMMAND(PFNGLCREATEMEMORYOBJECTSEXTPROC, glCreateMemoryObjectsEXT);
  COMMAND(PFNGLIMPORTMEMORYFDEXTPROC, glImportMemoryFdEXT);
  GLuint object = 0;
  const int fd = open("/dev/null", O_RDWR);
  glCreateMemoryObjectsEXT(1, &object);
  glImportMemoryFdEXT(object, 4096, GL_TRIANGLES, fd);
  check_error(GL_INVALID_ENUM, "no type of a handle");
  check(fcntl(fd, F_GETFD) >= 0, "a descriptor that was refused is still ours");
  glImportMemoryFdEXT(object, 4096, GL_TRIANGLES, -1);
  check_error(GL_INVALID_ENUM, "and no descriptor either");
  close(fd);
}

static void semaphores(void) {
  COMMAND(PFNGLGENSEMAPHORESEXTPROC, glGenSemaphoresEXT);
  COMMAND(PFNGLISSEMAPHOREEXTPROC, glIsSemaphoreEXT);
  COMMAND(PFNGLDELETESEMAPHORESEXTPROC, glDeleteSemaphoresEXT);
  GLuint names[2] = {0};
  glGenSemaphoresEXT(2, names);
  check(names[0] && names[1] && names[0] != names[1], "two names");
  glDeleteSemaphoresEXT(2, names);
  check(!glIsSemaphoreEXT(names[0]), "a deleted semaphore");
  check_error(GL_NO_ERROR, "semaphores");
}

int main(void) {
  struct headless headless = headless_open(EGL_OPENGL_API, 4, 5);
  printf("%d %d %d\n", has_extension("GL_EXT_memory_object"),
         has_extension("GL_EXT_memory_object_fd"), has_extension("GL_EXT_semaphore"));
  if (has_extension("GL_EXT_memory_object"))
    memory_objects();
  if (has_extension("GL_EXT_memory_object_fd"))
    descriptors();
  if (has_extension("GL_EXT_semaphore"))
    semaphores();
  const int status = finish();
  headless_close(&headless);
  return status;
}
