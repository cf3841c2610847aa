#include "gl/introspection.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "gl/context.h"
#include "gl/export.h"
#include "gl/program_resources.h"
#include "gl/program_variable.h"
#include "gl/resources.h"
#include "gl/stub.h"
#include "gl_send.h"
#include "gl_wire.h"

/// In the order of gf_gl_glGetProgramiv_reply.counts.
enum { LINK_STATUS, ATTRIBUTES, ATTRIBUTE_NAME_BYTES, UNIFORMS, UNIFORM_NAME_BYTES };

struct facts {
  struct facts *next;
  GLuint program;
  const struct gf_gl_lane *linker; ///< whose answers are about the last link
  int is_known;                    ///< what of variables is below
  int has_no_variables; ///< the host does not tell, as of resources: the program has too many
  uint32_t counts[5];
  struct gf_gl_program_variable *variables; ///< attributes, then uniforms
  const char **names;                       ///< of each
  void *memory;
  struct gf_gl_resources *resources; ///< NULL: not fetched
  int has_no_resources;              ///< the host does not tell: there is no use in asking again
};

#define BUCKETS 64u

struct gf_gl_introspection {
  pthread_mutex_t mutex;
  struct facts *buckets[BUCKETS];
};

static void clear(struct facts *facts) {
  free(facts->memory);
  facts->memory = NULL;
  facts->is_known = 0;
  facts->has_no_variables = 0;
  gf_gl_resources_free(facts->resources);
  facts->resources = NULL;
  facts->has_no_resources = 0;
}

void gf_gl_introspection_free(struct gf_gl_introspection *all) {
  if (all == NULL)
    return;
  for (uint32_t i = 0; i < BUCKETS; i++) {
    while (all->buckets[i] != NULL) {
      struct facts *next = all->buckets[i]->next;
      clear(all->buckets[i]);
      free(all->buckets[i]);
      all->buckets[i] = next;
    }
  }
  pthread_mutex_destroy(&all->mutex);
  free(all);
}

/// The group's, locked; NULL without memory.
static struct gf_gl_introspection *lock(void) {
  struct gf_gl_share *share = gf_gl.context->share;
  pthread_mutex_lock(&share->mutex);
  if (share->introspection == NULL &&
      (share->introspection = calloc(1, sizeof *share->introspection)) != NULL)
    pthread_mutex_init(&share->introspection->mutex, NULL);
  struct gf_gl_introspection *all = share->introspection;
  pthread_mutex_unlock(&share->mutex);
  if (all != NULL)
    pthread_mutex_lock(&all->mutex);
  return all;
}

static struct facts *find(struct gf_gl_introspection *all, GLuint program) {
  struct facts *facts = all->buckets[program % BUCKETS];
  while (facts != NULL && facts->program != program)
    facts = facts->next;
  return facts;
}

void gf_gl_introspect_forget(GLuint program, int is_linked) {
  struct gf_gl_introspection *all = lock();
  if (all == NULL)
    return;
  struct facts *facts = find(all, program);
  if (facts == NULL && is_linked && (facts = calloc(1, sizeof *facts)) != NULL) {
    facts->program = program;
    facts->next = all->buckets[program % BUCKETS];
    all->buckets[program % BUCKETS] = facts;
  }
  if (facts != NULL) {
    clear(facts);
    facts->linker = is_linked ? gf_gl.current : NULL;
  }
  pthread_mutex_unlock(&all->mutex);
}

/// The variables of a reply, copied. Leaves `facts` as it is if the reply is not whole.
static void take(struct facts *facts, const struct gf_gl_glGetProgramiv_reply *reply,
                 uint64_t reply_bytes) {
  const uint64_t count = (uint64_t)reply->counts[ATTRIBUTES] + reply->counts[UNIFORMS];
  const uint64_t values_bytes = GF_ALIGN8(reply->value_count * sizeof(GLint));
  const uint64_t list_bytes = count * sizeof *facts->variables;
  if (reply->value_count > 64 || count > 8192 ||
      sizeof *reply + values_bytes + list_bytes + reply->names_bytes > reply_bytes)
    return;
  const uint8_t *list = (const uint8_t *)(reply + 1) + values_bytes;
  uint8_t *memory = malloc(list_bytes + count * sizeof *facts->names + reply->names_bytes + 1);
  if (memory == NULL)
    return;
  struct gf_gl_program_variable *variables = (void *)memory;
  const char **names = (void *)(memory + list_bytes);
  char *text = (char *)(names + count);
  memcpy(variables, list, list_bytes);
  memcpy(text, list + list_bytes, reply->names_bytes);
  uint64_t at = 0;
  for (uint64_t i = 0; i < count; i++) {
    if (variables[i].name_bytes == 0 || variables[i].name_bytes > reply->names_bytes - at ||
        text[at + variables[i].name_bytes - 1] != '\0') {
      free(memory);
      return;
    }
    names[i] = text + at;
    at += variables[i].name_bytes;
  }
  facts->memory = memory;
  facts->variables = variables;
  facts->names = names;
  memcpy(facts->counts, reply->counts, sizeof facts->counts);
  facts->is_known = 1;
}

/// Asks the host, for everything if this thread would believe it. Values into `params` (may be NULL).
static void ask(GLuint program, GLenum pname, GLint *params) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL)
    return;
  struct gf_gl_introspection *all = lock();
  const struct facts *before = all != NULL ? find(all, program) : NULL;
  const int wants_all =
      before != NULL && before->linker == lane && !before->is_known && !before->has_no_variables;
  if (all != NULL)
    pthread_mutex_unlock(&all->mutex);
  struct gf_gl_glGetProgramiv_args *args = gf_gl_begin(lane, GF_GL_OP_glGetProgramiv, sizeof *args);
  args->program = program;
  args->pname = pname;
  args->wants_all = wants_all ? GF_GL_WANTS_VARIABLES : 0;
  args->pad = 0;
  const void *data;
  const struct gf_gl_glGetProgramiv_reply *reply;
  if (gf_gl_call(lane, &data, sizeof *reply) != 0)
    return;
  reply = data;
  const uint64_t room = gf_gl_reply_bytes(lane) - sizeof *reply;
  if (params != NULL && reply->value_count * sizeof(GLint) <= room)
    memcpy(params, reply + 1, reply->value_count * sizeof(GLint));
  if (!wants_all || (all = lock()) == NULL)
    return;
  struct facts *facts = find(all, program);
  if (facts != NULL && facts->linker == lane && !facts->is_known) {
    if (reply->has_all)
      take(facts, reply, gf_gl_reply_bytes(lane));
    facts->has_no_variables = !facts->is_known;
  }
  pthread_mutex_unlock(&all->mutex);
}

/// The program's facts, locked, fetched if that can be; NULL (and nothing locked) where they are not known.
static struct facts *known(GLuint program, int fetches, struct gf_gl_introspection **locked) {
  if (gf_gl_enter() == NULL || gf_gl.context->may_be_inside)
    return NULL;
  for (int round = 0; (*locked = lock()) != NULL; round++) {
    struct facts *facts = find(*locked, program);
    if (facts != NULL && facts->is_known)
      return facts;
    const int may_fetch = fetches && round == 0 && facts != NULL && !facts->has_no_variables &&
                          facts->linker == gf_gl.current;
    pthread_mutex_unlock(&(*locked)->mutex);
    if (!may_fetch)
      return NULL;
    ask(program, GL_LINK_STATUS, NULL);
  }
  return NULL;
}

/// Asks for the program's interfaces, which this thread has linked last. NULL: the host does not tell.
static struct gf_gl_resources *fetch_resources(struct gf_gl_lane *lane, GLuint program) {
  struct gf_gl_glGetProgramiv_args *args = gf_gl_begin(lane, GF_GL_OP_glGetProgramiv, sizeof *args);
  args->program = program;
  args->pname = GL_LINK_STATUS;
  args->wants_all = GF_GL_WANTS_RESOURCES;
  args->pad = 0;
  const void *data;
  if (gf_gl_call(lane, &data, sizeof(struct gf_gl_glGetProgramiv_reply)) != 0)
    return NULL;
  const struct gf_gl_glGetProgramiv_reply *reply = data;
  const uint64_t room = gf_gl_reply_bytes(lane) - sizeof *reply;
  const uint64_t values_bytes = GF_ALIGN8((uint64_t)reply->value_count * sizeof(GLint));
  if (reply->has_all != GF_GL_WANTS_RESOURCES || values_bytes > room ||
      reply->names_bytes > room - values_bytes)
    return NULL;
  const int32_t *words = (const void *)((const uint8_t *)(reply + 1) + values_bytes);
  return gf_gl_resources_read(words, reply->names_bytes / sizeof *words);
}

const struct gf_gl_resources *gf_gl_introspect_resources(GLuint program) {
  struct gf_gl_lane *lane = gf_gl_enter();
  if (lane == NULL || gf_gl.context->may_be_inside)
    return NULL;
  struct gf_gl_introspection *all = lock();
  struct facts *facts = all != NULL ? find(all, program) : NULL;
  if (facts != NULL && facts->resources == NULL && !facts->has_no_resources &&
      facts->linker == lane) {
    // Nobody else may link it now without making what comes worthless, and then it is this thread's no more.
    pthread_mutex_unlock(&all->mutex);
    struct gf_gl_resources *fetched = fetch_resources(lane, program);
    all = lock();
    facts = all != NULL ? find(all, program) : NULL;
    if (facts != NULL && facts->linker == lane && facts->resources == NULL) {
      facts->resources = fetched;
      facts->has_no_resources = fetched == NULL;
    } else {
      gf_gl_resources_free(fetched);
    }
  }
  if (facts != NULL && facts->resources != NULL)
    return facts->resources;
  if (all != NULL)
    pthread_mutex_unlock(&all->mutex);
  return NULL;
}

void gf_gl_introspect_release(void) {
  pthread_mutex_unlock(&gf_gl.context->share->introspection->mutex);
}

/// What an interface tells of a program's counts. 0: nothing is known.
static int count_of_blocks(GLuint program, GLenum pname, GLint *params) {
  if (pname != GL_ACTIVE_UNIFORM_BLOCKS && pname != GL_ACTIVE_UNIFORM_BLOCK_MAX_NAME_LENGTH &&
      pname != GL_ACTIVE_ATOMIC_COUNTER_BUFFERS)
    return 0;
  const struct gf_gl_resources *resources =
      params != NULL ? gf_gl_introspect_resources(program) : NULL;
  if (resources == NULL)
    return 0;
  const struct gf_gl_interface *interface = gf_gl_interface_of(
      resources,
      pname == GL_ACTIVE_ATOMIC_COUNTER_BUFFERS ? GL_ATOMIC_COUNTER_BUFFER : GL_UNIFORM_BLOCK);
  int has = interface != NULL;
  if (has && pname == GL_ACTIVE_UNIFORM_BLOCK_MAX_NAME_LENGTH) {
    has = interface->limits[0] != INT32_MIN;
    if (has)
      *params = interface->limits[0];
  } else if (has) {
    *params = (GLint)interface->count;
  }
  gf_gl_introspect_release();
  return has;
}

static int count_index(GLenum pname) {
  switch (pname) {
  case GL_LINK_STATUS:
    return LINK_STATUS;
  case GL_ACTIVE_ATTRIBUTES:
    return ATTRIBUTES;
  case GL_ACTIVE_ATTRIBUTE_MAX_LENGTH:
    return ATTRIBUTE_NAME_BYTES;
  case GL_ACTIVE_UNIFORMS:
    return UNIFORMS;
  case GL_ACTIVE_UNIFORM_MAX_LENGTH:
    return UNIFORM_NAME_BYTES;
  default:
    return -1;
  }
}

GF_GL_EXPORT void glGetProgramiv(GLuint program, GLenum pname, GLint *params) {
  struct gf_gl_introspection *locked;
  if (count_of_blocks(program, pname, params))
    return;
  const int index = count_index(pname);
  const struct facts *facts = index >= 0 ? known(program, 0, &locked) : NULL;
  if (facts == NULL) {
    ask(program, pname, params);
    return;
  }
  if (params != NULL)
    *params = (GLint)facts->counts[index];
  pthread_mutex_unlock(&locked->mutex);
}

/// Variable `index` of a kind into the application's memory. 0: it is not known, or the command is an error.
static int tell(GLuint program, enum gf_gl_variable kind, GLuint index, GLsizei room,
                GLsizei *length, GLint *size, GLenum *type, GLchar *name) {
  struct gf_gl_introspection *locked;
  const struct facts *facts = room > 0 && name != NULL ? known(program, 1, &locked) : NULL;
  if (facts == NULL)
    return 0;
  const uint32_t attributes = facts->counts[ATTRIBUTES];
  const uint32_t count = kind == GF_GL_ATTRIBUTE ? attributes : facts->counts[UNIFORMS];
  const int found = index < count;
  if (found) {
    const uint32_t at = kind == GF_GL_ATTRIBUTE ? index : attributes + index;
    const struct gf_gl_program_variable *variable = &facts->variables[at];
    const GLsizei all = (GLsizei)variable->name_bytes - 1, most = room - 1;
    const GLsizei copied = all < most ? all : most;
    memcpy(name, facts->names[at], (size_t)copied);
    name[copied] = '\0';
    if (length != NULL)
      *length = copied;
    if (size != NULL)
      *size = variable->size;
    if (type != NULL)
      *type = variable->type;
  }
  pthread_mutex_unlock(&locked->mutex);
  return found;
}

GF_GL_EXPORT void glGetActiveUniform(GLuint program, GLuint index, GLsizei bufSize, GLsizei *length,
                                     GLint *size, GLenum *type, GLchar *name) {
  if (!tell(program, GF_GL_UNIFORM, index, bufSize, length, size, type, name))
    gf_gl_send_glGetActiveUniform(program, index, bufSize, length, size, type, name);
}

GF_GL_EXPORT void glGetActiveAttrib(GLuint program, GLuint index, GLsizei bufSize, GLsizei *length,
                                    GLint *size, GLenum *type, GLchar *name) {
  if (!tell(program, GF_GL_ATTRIBUTE, index, bufSize, length, size, type, name))
    gf_gl_send_glGetActiveAttrib(program, index, bufSize, length, size, type, name);
}

/// Arrays are listed by their first element, and may be asked for without it.
static int is_named(const char *listed, const char *name) {
  const size_t bytes = strlen(name);
  return strncmp(listed, name, bytes) == 0 &&
         (listed[bytes] == '\0' || strcmp(listed + bytes, "[0]") == 0);
}

int gf_gl_introspect_location(GLuint program, enum gf_gl_variable kind, const GLchar *name,
                              GLint *location) {
  struct gf_gl_introspection *locked;
  const struct facts *facts = known(program, 1, &locked);
  if (facts == NULL)
    return 0;
  const uint32_t attributes = facts->counts[ATTRIBUTES];
  const uint32_t first = kind == GF_GL_ATTRIBUTE ? 0 : attributes;
  const uint32_t end = kind == GF_GL_ATTRIBUTE ? attributes : attributes + facts->counts[UNIFORMS];
  int found = 0;
  for (uint32_t i = first; i < end && !found; i++) {
    found = is_named(facts->names[i], name);
    if (found)
      *location = facts->variables[i].location;
  }
  pthread_mutex_unlock(&locked->mutex);
  return found;
}
