// Questions about a program's interfaces, answered from what was fetched once per link (resources.h). Whatever might be
// an error, and whatever an application may change between links, is asked for.
#include <string.h>

#include "gl/context.h"
#include "gl/export.h"
#include "gl/introspection.h"
#include "gl/program_resources.h"
#include "gl/resources.h"
#include "gl/stub.h"
#include "gl_send.h"

/// An interface of the program, locked until gf_gl_introspect_release(); NULL (and nothing locked): not known.
static const struct gf_gl_interface *known(GLuint program, GLenum which) {
  const struct gf_gl_resources *resources = gf_gl_introspect_resources(program);
  const struct gf_gl_interface *interface =
      resources != NULL ? gf_gl_interface_of(resources, which) : NULL;
  if (resources != NULL && interface == NULL)
    gf_gl_introspect_release();
  return interface;
}

/// One value of an interface's resource. 0: ask.
static int value_of(GLuint program, GLenum which, GLuint index, GLenum property, int32_t room,
                    GLint *values, int32_t *count) {
  const struct gf_gl_interface *interface = values != NULL ? known(program, which) : NULL;
  if (interface == NULL)
    return 0;
  *count = gf_gl_resource_values(interface, index, property, room, values);
  gf_gl_introspect_release();
  return *count >= 0;
}

/// The name of an interface's resource, as much as there is room for. 0: ask.
static int name_of(GLuint program, GLenum which, GLuint index, GLsizei room, GLsizei *length,
                   GLchar *name) {
  const struct gf_gl_interface *interface = room > 0 && name != NULL ? known(program, which) : NULL;
  if (interface == NULL)
    return 0;
  const int found = index < interface->count && interface->resources[index].name != NULL;
  if (found) {
    const struct gf_gl_resource *resource = &interface->resources[index];
    const GLsizei all = (GLsizei)resource->name_bytes - 1;
    const GLsizei copied = all < room - 1 ? all : room - 1;
    memcpy(name, resource->name, (size_t)copied);
    name[copied] = '\0';
    if (length != NULL)
      *length = copied;
  }
  gf_gl_introspect_release();
  return found;
}

static int may_be_array(GLenum which) {
  return which == GL_UNIFORM || which == GL_PROGRAM_INPUT || which == GL_PROGRAM_OUTPUT ||
         which == GL_BUFFER_VARIABLE;
}

/// The resource of a name, and with `property` what it has of that. 0: ask.
static int by_name(GLuint program, GLenum which, const GLchar *name, GLenum property,
                   int64_t *answer) {
  const struct gf_gl_interface *interface = name != NULL ? known(program, which) : NULL;
  if (interface == NULL)
    return 0;
  *answer = gf_gl_resource_named(interface, name, may_be_array(which));
  GLint value;
  int found = *answer >= 0;
  if (found && property != 0) {
    found = gf_gl_resource_values(interface, (uint32_t)*answer, property, 1, &value) == 1;
    *answer = value;
  }
  gf_gl_introspect_release();
  return found;
}

GF_GL_EXPORT void glGetProgramInterfaceiv(GLuint program, GLenum programInterface, GLenum pname,
                                          GLint *params) {
  const struct gf_gl_interface *interface =
      params != NULL ? known(program, programInterface) : NULL;
  int has = 0;
  if (interface != NULL) {
    has = pname == GL_ACTIVE_RESOURCES;
    if (has)
      *params = (GLint)interface->count;
    for (uint32_t i = 0; i < GF_GL_INTERFACE_LIMIT_COUNT; i++) {
      if (gf_gl_interface_limits[i] != pname || interface->limits[i] == INT32_MIN)
        continue;
      *params = interface->limits[i];
      has = 1;
    }
    gf_gl_introspect_release();
  }
  if (!has)
    gf_gl_send_glGetProgramInterfaceiv(program, programInterface, pname, params);
}

GF_GL_EXPORT void glGetProgramResourceName(GLuint program, GLenum programInterface, GLuint index,
                                           GLsizei bufSize, GLsizei *length, GLchar *name) {
  if (!name_of(program, programInterface, index, bufSize, length, name))
    gf_gl_send_glGetProgramResourceName(program, programInterface, index, bufSize, length, name);
}

GF_GL_EXPORT GLuint glGetProgramResourceIndex(GLuint program, GLenum programInterface,
                                              const GLchar *name) {
  int64_t index;
  if (by_name(program, programInterface, name, 0, &index))
    return (GLuint)index;
  return gf_gl_send_glGetProgramResourceIndex(program, programInterface, name);
}

GF_GL_EXPORT GLint glGetProgramResourceLocation(GLuint program, GLenum programInterface,
                                                const GLchar *name) {
  int64_t location;
  if (by_name(program, programInterface, name, GL_LOCATION, &location))
    return (GLint)location;
  return gf_gl_send_glGetProgramResourceLocation(program, programInterface, name);
}

GF_GL_EXPORT GLint glGetProgramResourceLocationIndex(GLuint program, GLenum programInterface,
                                                     const GLchar *name) {
  int64_t index;
  if (by_name(program, programInterface, name, GL_LOCATION_INDEX, &index))
    return (GLint)index;
  return gf_gl_send_glGetProgramResourceLocationIndex(program, programInterface, name);
}

/// Several properties, one after the other. 0: ask.
static int values_of(const struct gf_gl_interface *interface, GLuint index, GLsizei count,
                     const GLenum *properties, GLsizei room, GLsizei *length, GLint *params) {
  GLsizei done = 0;
  // None may be unknown, as an error leaves the application's memory alone.
  for (GLsizei i = 0; i < count; i++) {
    if (gf_gl_resource_values(interface, index, properties[i], 0, NULL) < 0)
      return 0;
  }
  for (GLsizei i = 0; i < count && done < room; i++) {
    const int32_t there =
        gf_gl_resource_values(interface, index, properties[i], room - done, params + done);
    done += there < room - done ? there : room - done;
  }
  if (length != NULL)
    *length = done;
  return 1;
}

GF_GL_EXPORT void glGetProgramResourceiv(GLuint program, GLenum programInterface, GLuint index,
                                         GLsizei propCount, const GLenum *props, GLsizei count,
                                         GLsizei *length, GLint *params) {
  int has = 0;
  const struct gf_gl_interface *interface =
      propCount > 0 && props != NULL && count > 0 && params != NULL
          ? known(program, programInterface)
          : NULL;
  if (interface != NULL) {
    has = values_of(interface, index, propCount, props, count, length, params);
    gf_gl_introspect_release();
  }
  if (!has)
    gf_gl_send_glGetProgramResourceiv(program, programInterface, index, propCount, props, count,
                                      length, params);
}

// Older names for the same.

static GLenum uniform_property(GLenum pname) {
  switch (pname) {
  case GL_UNIFORM_TYPE:
    return GL_TYPE;
  case GL_UNIFORM_SIZE:
    return GL_ARRAY_SIZE;
  case GL_UNIFORM_NAME_LENGTH:
    return GL_NAME_LENGTH;
  case GL_UNIFORM_BLOCK_INDEX:
    return GL_BLOCK_INDEX;
  case GL_UNIFORM_OFFSET:
    return GL_OFFSET;
  case GL_UNIFORM_ARRAY_STRIDE:
    return GL_ARRAY_STRIDE;
  case GL_UNIFORM_MATRIX_STRIDE:
    return GL_MATRIX_STRIDE;
  case GL_UNIFORM_IS_ROW_MAJOR:
    return GL_IS_ROW_MAJOR;
  default:
    return 0;
  }
}

GF_GL_EXPORT void glGetActiveUniformsiv(GLuint program, GLsizei uniformCount,
                                        const GLuint *uniformIndices, GLenum pname, GLint *params) {
  const GLenum property = uniform_property(pname);
  int has = 0;
  const struct gf_gl_interface *uniforms =
      property != 0 && uniformCount > 0 && uniformIndices != NULL && params != NULL
          ? known(program, GL_UNIFORM)
          : NULL;
  if (uniforms != NULL) {
    has = 1;
    for (GLsizei i = 0; i < uniformCount && has; i++)
      has = gf_gl_resource_values(uniforms, uniformIndices[i], property, 0, NULL) == 1;
    for (GLsizei i = 0; i < uniformCount && has; i++)
      gf_gl_resource_values(uniforms, uniformIndices[i], property, 1, &params[i]);
    gf_gl_introspect_release();
  }
  if (!has)
    gf_gl_send_glGetActiveUniformsiv(program, uniformCount, uniformIndices, pname, params);
}

GF_GL_EXPORT void glGetActiveUniformName(GLuint program, GLuint uniformIndex, GLsizei bufSize,
                                         GLsizei *length, GLchar *uniformName) {
  if (!name_of(program, GL_UNIFORM, uniformIndex, bufSize, length, uniformName))
    gf_gl_send_glGetActiveUniformName(program, uniformIndex, bufSize, length, uniformName);
}

GF_GL_EXPORT void glGetUniformIndices(GLuint program, GLsizei uniformCount,
                                      const GLchar *const *uniformNames, GLuint *uniformIndices) {
  // Without a context the arguments may be anything: the command does nothing.
  int has =
      gf_gl_enter() != NULL && uniformCount > 0 && uniformNames != NULL && uniformIndices != NULL;
  for (GLsizei i = 0; i < uniformCount && has; i++) {
    int64_t index;
    has = by_name(program, GL_UNIFORM, uniformNames[i], 0, &index);
    if (has)
      uniformIndices[i] = (GLuint)index;
  }
  if (!has)
    gf_gl_send_glGetUniformIndices(program, uniformCount, uniformNames, uniformIndices);
}

GF_GL_EXPORT GLuint glGetUniformBlockIndex(GLuint program, const GLchar *uniformBlockName) {
  int64_t index;
  if (by_name(program, GL_UNIFORM_BLOCK, uniformBlockName, 0, &index))
    return (GLuint)index;
  return gf_gl_send_glGetUniformBlockIndex(program, uniformBlockName);
}

GF_GL_EXPORT void glGetActiveUniformBlockName(GLuint program, GLuint uniformBlockIndex,
                                              GLsizei bufSize, GLsizei *length,
                                              GLchar *uniformBlockName) {
  if (!name_of(program, GL_UNIFORM_BLOCK, uniformBlockIndex, bufSize, length, uniformBlockName))
    gf_gl_send_glGetActiveUniformBlockName(program, uniformBlockIndex, bufSize, length,
                                           uniformBlockName);
}

static GLenum block_property(GLenum pname) {
  switch (pname) {
  case GL_UNIFORM_BLOCK_DATA_SIZE:
  case GL_ATOMIC_COUNTER_BUFFER_DATA_SIZE:
    return GL_BUFFER_DATA_SIZE;
  case GL_UNIFORM_BLOCK_NAME_LENGTH:
    return GL_NAME_LENGTH;
  case GL_UNIFORM_BLOCK_ACTIVE_UNIFORMS:
  case GL_ATOMIC_COUNTER_BUFFER_ACTIVE_ATOMIC_COUNTERS:
    return GL_NUM_ACTIVE_VARIABLES;
  case GL_UNIFORM_BLOCK_ACTIVE_UNIFORM_INDICES:
  case GL_ATOMIC_COUNTER_BUFFER_ACTIVE_ATOMIC_COUNTER_INDICES:
    return GL_ACTIVE_VARIABLES;
  default:
    return 0;
  }
}

/// No bound is given: all there are.
#define ALL_VALUES INT32_MAX

GF_GL_EXPORT void glGetActiveUniformBlockiv(GLuint program, GLuint uniformBlockIndex, GLenum pname,
                                            GLint *params) {
  const GLenum property = block_property(pname);
  int32_t count;
  const int is_atomic = pname >= GL_ATOMIC_COUNTER_BUFFER_BINDING &&
                        pname <= GL_ATOMIC_COUNTER_BUFFER_REFERENCED_BY_FRAGMENT_SHADER;
  if (property == 0 || is_atomic ||
      !value_of(program, GL_UNIFORM_BLOCK, uniformBlockIndex, property, ALL_VALUES, params, &count))
    gf_gl_send_glGetActiveUniformBlockiv(program, uniformBlockIndex, pname, params);
}

GF_GL_EXPORT void glGetActiveAtomicCounterBufferiv(GLuint program, GLuint bufferIndex, GLenum pname,
                                                   GLint *params) {
  const GLenum property = block_property(pname);
  int32_t count;
  const int is_atomic = pname >= GL_ATOMIC_COUNTER_BUFFER_BINDING &&
                        pname <= GL_ATOMIC_COUNTER_BUFFER_REFERENCED_BY_FRAGMENT_SHADER;
  if (property == 0 || !is_atomic ||
      !value_of(program, GL_ATOMIC_COUNTER_BUFFER, bufferIndex, property, ALL_VALUES, params,
                &count))
    gf_gl_send_glGetActiveAtomicCounterBufferiv(program, bufferIndex, pname, params);
}

GF_GL_EXPORT void glGetTransformFeedbackVarying(GLuint program, GLuint index, GLsizei bufSize,
                                                GLsizei *length, GLsizei *size, GLenum *type,
                                                GLchar *name) {
  GLint elements, kind;
  int32_t count;
  const GLenum which = GL_TRANSFORM_FEEDBACK_VARYING;
  if (!value_of(program, which, index, GL_ARRAY_SIZE, 1, &elements, &count) ||
      !value_of(program, which, index, GL_TYPE, 1, &kind, &count) ||
      !name_of(program, which, index, bufSize, length, name)) {
    gf_gl_send_glGetTransformFeedbackVarying(program, index, bufSize, length, size, type, name);
    return;
  }
  if (size != NULL)
    *size = elements;
  if (type != NULL)
    *type = (GLenum)kind;
}

GF_GL_EXPORT GLint glGetFragDataLocation(GLuint program, const GLchar *name) {
  int64_t location;
  if (by_name(program, GL_PROGRAM_OUTPUT, name, GL_LOCATION, &location) && location >= 0)
    return (GLint)location;
  return gf_gl_send_glGetFragDataLocation(program, name);
}

GF_GL_EXPORT GLint glGetFragDataIndex(GLuint program, const GLchar *name) {
  int64_t index;
  if (by_name(program, GL_PROGRAM_OUTPUT, name, GL_LOCATION_INDEX, &index) && index >= 0)
    return (GLint)index;
  return gf_gl_send_glGetFragDataIndex(program, name);
}

// Subroutines.

/// 0: no stage of a shader.
static GLenum stage_interface(GLenum stage, int uniforms) {
  switch (stage) {
  case GL_VERTEX_SHADER:
    return uniforms ? GL_VERTEX_SUBROUTINE_UNIFORM : GL_VERTEX_SUBROUTINE;
  case GL_TESS_CONTROL_SHADER:
    return uniforms ? GL_TESS_CONTROL_SUBROUTINE_UNIFORM : GL_TESS_CONTROL_SUBROUTINE;
  case GL_TESS_EVALUATION_SHADER:
    return uniforms ? GL_TESS_EVALUATION_SUBROUTINE_UNIFORM : GL_TESS_EVALUATION_SUBROUTINE;
  case GL_GEOMETRY_SHADER:
    return uniforms ? GL_GEOMETRY_SUBROUTINE_UNIFORM : GL_GEOMETRY_SUBROUTINE;
  case GL_FRAGMENT_SHADER:
    return uniforms ? GL_FRAGMENT_SUBROUTINE_UNIFORM : GL_FRAGMENT_SUBROUTINE;
  case GL_COMPUTE_SHADER:
    return uniforms ? GL_COMPUTE_SUBROUTINE_UNIFORM : GL_COMPUTE_SUBROUTINE;
  default:
    return 0;
  }
}

GF_GL_EXPORT GLuint glGetSubroutineIndex(GLuint program, GLenum shadertype, const GLchar *name) {
  int64_t index;
  if (by_name(program, stage_interface(shadertype, 0), name, 0, &index))
    return (GLuint)index;
  return gf_gl_send_glGetSubroutineIndex(program, shadertype, name);
}

GF_GL_EXPORT GLint glGetSubroutineUniformLocation(GLuint program, GLenum shadertype,
                                                  const GLchar *name) {
  int64_t location;
  if (by_name(program, stage_interface(shadertype, 1), name, GL_LOCATION, &location))
    return (GLint)location;
  return gf_gl_send_glGetSubroutineUniformLocation(program, shadertype, name);
}

GF_GL_EXPORT void glGetActiveSubroutineName(GLuint program, GLenum shadertype, GLuint index,
                                            GLsizei bufSize, GLsizei *length, GLchar *name) {
  if (!name_of(program, stage_interface(shadertype, 0), index, bufSize, length, name))
    gf_gl_send_glGetActiveSubroutineName(program, shadertype, index, bufSize, length, name);
}

GF_GL_EXPORT void glGetActiveSubroutineUniformName(GLuint program, GLenum shadertype, GLuint index,
                                                   GLsizei bufSize, GLsizei *length, GLchar *name) {
  if (!name_of(program, stage_interface(shadertype, 1), index, bufSize, length, name))
    gf_gl_send_glGetActiveSubroutineUniformName(program, shadertype, index, bufSize, length, name);
}

GF_GL_EXPORT void glGetActiveSubroutineUniformiv(GLuint program, GLenum shadertype, GLuint index,
                                                 GLenum pname, GLint *values) {
  const GLenum which = stage_interface(shadertype, 1);
  const GLenum property =
      pname == GL_UNIFORM_SIZE          ? GL_ARRAY_SIZE
      : pname == GL_UNIFORM_NAME_LENGTH ? GL_NAME_LENGTH
      : pname == GL_NUM_COMPATIBLE_SUBROUTINES || pname == GL_COMPATIBLE_SUBROUTINES ? pname
                                                                                     : 0;
  int32_t count;
  if (property == 0 || !value_of(program, which, index, property, ALL_VALUES, values, &count))
    gf_gl_send_glGetActiveSubroutineUniformiv(program, shadertype, index, pname, values);
}
