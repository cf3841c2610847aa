#include "gl/resources.h"

#include <stdlib.h>
#include <string.h>

#include "gl/program_resources.h"

struct gf_gl_resources {
  uint32_t interface_count;
  struct gf_gl_interface interfaces[GF_GL_INTERFACE_COUNT];
  struct gf_gl_resource *resources; ///< of all interfaces
  int32_t words[];
};

/// Words that are still to be read.
struct reader {
  const int32_t *at, *end;
};

/// The next `count` words, NULL where there are fewer.
static const int32_t *take(struct reader *reader, uint64_t count) {
  const int32_t *words = reader->at;
  if (count > (uint64_t)(reader->end - reader->at))
    return NULL;
  reader->at += count;
  return words;
}

static int read_name(struct reader *reader, struct gf_gl_resource *resource) {
  const int32_t *bytes = take(reader, 1);
  if (bytes == NULL || *bytes < 0)
    return 0;
  const int32_t *text = take(reader, ((uint64_t)*bytes + 3) / 4);
  if (text == NULL)
    return 0;
  resource->name = *bytes > 0 ? (const char *)text : NULL;
  resource->name_bytes = (uint32_t)*bytes;
  return *bytes == 0 || resource->name[*bytes - 1] == '\0';
}

static int read_resource(struct reader *reader, uint32_t properties,
                         struct gf_gl_resource *resource) {
  const uint32_t single_bits = (1u << GF_GL_SINGLE_PROPERTY_COUNT) - 1;
  if (!read_name(reader, resource))
    return 0;
  resource->values = take(reader, (uint64_t)__builtin_popcount(properties & single_bits));
  resource->lists = reader->at;
  for (uint32_t lists = properties & ~single_bits; lists != 0; lists &= lists - 1) {
    const int32_t *count = take(reader, 1);
    if (count == NULL || *count < 0 || take(reader, (uint64_t)*count) == NULL)
      return 0;
  }
  return resource->values != NULL;
}

/// One interface, its resources into `resources`, of which there is room for `room`.
static int read_interface(struct reader *reader, struct gf_gl_interface *interface,
                          struct gf_gl_resource *resources, uint64_t room) {
  const int32_t *head = take(reader, 2 + GF_GL_INTERFACE_LIMIT_COUNT + 1);
  if (head == NULL || head[1] < 0 || (uint64_t)head[1] > room)
    return 0;
  *interface = (struct gf_gl_interface){
      .which = (GLenum)head[0],
      .count = (uint32_t)head[1],
      .limits = head + 2,
      .properties = (uint32_t)head[2 + GF_GL_INTERFACE_LIMIT_COUNT],
      .resources = resources,
  };
  for (uint32_t i = 0; i < interface->count; i++) {
    if (!read_resource(reader, interface->properties, &resources[i]))
      return 0;
  }
  return interface->properties < 1u << GF_GL_INTERFACE_PROPERTY_COUNT;
}

struct gf_gl_resources *gf_gl_resources_read(const int32_t *words, uint64_t count) {
  struct gf_gl_resources *all = malloc(sizeof *all + count * sizeof *words);
  // A resource takes one word at least.
  struct gf_gl_resource *resources = calloc(count + 1, sizeof *resources);
  if (all == NULL || resources == NULL) {
    free(resources);
    free(all);
    return NULL;
  }
  memcpy(all->words, words, count * sizeof *words);
  all->resources = resources;
  all->interface_count = 0;
  struct reader reader = {all->words, all->words + count};
  uint64_t used = 0;
  while (reader.at < reader.end) {
    struct gf_gl_interface *interface = &all->interfaces[all->interface_count];
    if (all->interface_count == GF_GL_INTERFACE_COUNT ||
        !read_interface(&reader, interface, resources + used, count - used)) {
      gf_gl_resources_free(all);
      return NULL;
    }
    used += interface->count;
    all->interface_count++;
  }
  return all;
}

void gf_gl_resources_free(struct gf_gl_resources *resources) {
  if (resources == NULL)
    return;
  free(resources->resources);
  free(resources);
}

const struct gf_gl_interface *gf_gl_interface_of(const struct gf_gl_resources *resources,
                                                 GLenum which) {
  for (uint32_t i = 0; i < resources->interface_count; i++) {
    if (resources->interfaces[i].which == which)
      return &resources->interfaces[i];
  }
  return NULL;
}

static uint32_t property_bit(GLenum property) {
  for (uint32_t i = 0; i < GF_GL_INTERFACE_PROPERTY_COUNT; i++) {
    if (gf_gl_interface_properties[i] == property)
      return 1u << i;
  }
  return 0;
}

int32_t gf_gl_resource_values(const struct gf_gl_interface *interface, uint32_t index,
                              GLenum property, int32_t room, GLint *values) {
  const uint32_t bit = property_bit(property);
  if (!(interface->properties & bit) || index >= interface->count)
    return -1;
  const struct gf_gl_resource *resource = &interface->resources[index];
  const uint32_t before = interface->properties & (bit - 1);
  if (bit < 1u << GF_GL_SINGLE_PROPERTY_COUNT) {
    if (room > 0)
      values[0] = resource->values[__builtin_popcount(before)];
    return 1;
  }
  const int32_t *list = resource->lists;
  for (uint32_t lists = before >> GF_GL_SINGLE_PROPERTY_COUNT; lists != 0; lists &= lists - 1)
    list += 1 + *list;
  for (int32_t i = 0; i < *list && i < room; i++)
    values[i] = list[1 + i];
  return *list;
}

int64_t gf_gl_resource_named(const struct gf_gl_interface *interface, const char *name,
                             int may_be_array) {
  const size_t bytes = strlen(name);
  for (uint32_t i = 0; i < interface->count; i++) {
    const char *listed = interface->resources[i].name;
    if (listed != NULL && strncmp(listed, name, bytes) == 0 &&
        (listed[bytes] == '\0' || (may_be_array && strcmp(listed + bytes, "[0]") == 0)))
      return i;
  }
  return -1;
}
