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

int gf_is_own_memory(uint64_t first, uint64_t end, uint64_t inode) {
  enum { AT_ONCE = 64 };
  struct gf_mapping mappings[AT_ONCE];
  while (first < end) {
    const int count = gf_mappings_of(first, end, mappings, AT_ONCE);
    if (count <= 0)
      return 0;
    for (int i = 0; i < count; i++) {
      if (mappings[i].first > first || !mappings[i].is_readable || !mappings[i].is_writable ||
          (mappings[i].is_shared && mappings[i].inode != inode))
        return 0;
      first = mappings[i].end;
    }
  }
  return 1;
}
