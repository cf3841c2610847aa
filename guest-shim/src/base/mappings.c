#include "base/mappings.h"

#include <inttypes.h>
#include <stdio.h>

static int take(const char *line, struct gf_mapping *mapping) {
  char access[5] = "";
  if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %" SCNu64, &mapping->first,
             &mapping->end, access, &mapping->offset_bytes, &mapping->inode) != 5)
    return 0;
  mapping->is_readable = access[0] == 'r';
  mapping->is_writable = access[1] == 'w';
  mapping->is_shared = access[3] == 's';
  return 1;
}

int gf_mappings_of(uint64_t first, uint64_t end, struct gf_mapping *mappings, int room) {
  FILE *file = fopen("/proc/self/maps", "re");
  if (file == NULL)
    return -1;
  char line[512];
  int count = 0, is_start = 1;
  while (count < room && fgets(line, sizeof line, file) != NULL) {
    struct gf_mapping mapping;
    // A path may make a line longer than we care for.
    const int is_whole = is_start;
    is_start = 0;
    for (const char *at = line; *at != '\0'; at++)
      is_start |= *at == '\n';
    if (!is_whole || !take(line, &mapping) || mapping.end <= first)
      continue;
    if (mapping.first >= end)
      break;
    mappings[count++] = mapping;
  }
  fclose(file);
  return count;
}

static enum gf_memory_kind kind_of(const struct gf_mapping *mapping, uint64_t inode) {
  if (!mapping->is_readable)
    return GF_MEMORY_UNREADABLE;
  if (!mapping->is_writable)
    return GF_MEMORY_READ_ONLY;
  return mapping->is_shared && mapping->inode != inode ? GF_MEMORY_SHARED : GF_MEMORY_OWN;
}

enum gf_memory_kind gf_memory_kind(uint64_t first, uint64_t end, uint64_t inode) {
  enum { AT_ONCE = 64 };
  struct gf_mapping mappings[AT_ONCE];
  enum gf_memory_kind least = GF_MEMORY_OWN;
  while (first < end) {
    const int count = gf_mappings_of(first, end, mappings, AT_ONCE);
    if (count < 0)
      return GF_MEMORY_UNKNOWN;
    if (count == 0)
      return GF_MEMORY_UNREADABLE;
    for (int i = 0; i < count; i++) {
      if (mappings[i].first > first)
        return GF_MEMORY_UNREADABLE;
      const enum gf_memory_kind kind = kind_of(&mappings[i], inode);
      least = kind < least ? kind : least;
      first = mappings[i].end;
    }
  }
  return least;
}
