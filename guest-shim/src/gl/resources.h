// A linked program's interfaces as the host has listed them (protocol/gl/program_resources.h), and what is found in
// them. What is not there the application's question goes to the driver for.
#pragma once

#include <stdint.h>

#include "gl_api.h"

struct gf_gl_resource {
  const char *name;      ///< NULL: it has none
  uint32_t name_bytes;   ///< with the zero
  const int32_t *values; ///< of the properties with one
  const int32_t *lists;  ///< of the others: count and values each
};

struct gf_gl_interface {
  GLenum which;
  uint32_t count;
  const int32_t *limits;
  uint32_t properties; ///< a bit for each
  const struct gf_gl_resource *resources;
};

struct gf_gl_resources;

/// Of words that the host has sent; NULL where they are no whole list, or without memory.
struct gf_gl_resources *gf_gl_resources_read(const int32_t *words, uint64_t count);

/// NULL is allowed.
void gf_gl_resources_free(struct gf_gl_resources *resources);

const struct gf_gl_interface *gf_gl_interface_of(const struct gf_gl_resources *resources,
                                                 GLenum which);

/// A value of a resource that there is. Copies at most `room` values; how many there are, or -1: not known.
int32_t gf_gl_resource_values(const struct gf_gl_interface *interface, uint32_t index,
                              GLenum property, int32_t room, GLint *values);

/// The resource of exactly this name, or with `may_be_array` of this name and "[0]"; -1: none.
int64_t gf_gl_resource_named(const struct gf_gl_interface *interface, const char *name,
                             int may_be_array);
