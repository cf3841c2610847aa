#include "fatbin.h"

#include <string.h>

enum gf_image_kind gf_image_kind(const void *image, size_t bytes) {
  uint32_t magic;
  if (bytes < sizeof magic)
    return GF_IMAGE_PTX;
  memcpy(&magic, image, sizeof magic);
  switch (magic) {
  case GF_WRAPPER_MAGIC:
    return GF_IMAGE_WRAPPER;
  case GF_FATBIN_MAGIC:
    return GF_IMAGE_FATBIN;
  case GF_CONTAINER_MAGIC:
    return GF_IMAGE_CONTAINER;
  case 0x464C457Fu:
    return GF_IMAGE_ELF;
  default:
    return GF_IMAGE_PTX;
  }
}

int gf_container_part(const void *container, size_t bytes, uint32_t index, const void **part,
                      size_t *part_bytes) {
  struct gf_container head;
  if (bytes < sizeof head)
    return -1;
  memcpy(&head, container, sizeof head);
  size_t table = (size_t)head.count * sizeof(uint64_t);
  if (head.magic != GF_CONTAINER_MAGIC || head.count > GF_CONTAINER_MAX ||
      bytes - sizeof head < table)
    return -1;
  if (index >= head.count)
    return 0;
  const uint8_t *base = container;
  size_t offset = sizeof head + table;
  for (uint32_t i = 0;; i++) {
    uint64_t length;
    memcpy(&length, base + sizeof head + i * sizeof length, sizeof length);
    if (length > bytes - offset)
      return -1;
    if (i == index) {
      *part = base + offset;
      *part_bytes = (size_t)length;
      return 1;
    }
    size_t padded = ((size_t)length + 7) & ~(size_t)7;
    if (padded > bytes - offset)
      return -1;
    offset += padded;
  }
}

int gf_fatbin_next(const void *fatbin, size_t bytes, size_t *cursor,
                   struct gf_fatbin_entry *entry) {
  const uint8_t *base = fatbin;
  struct gf_fatbin_header head;
  if (bytes < sizeof head)
    return -1;
  memcpy(&head, base, sizeof head);
  if (head.magic != GF_FATBIN_MAGIC || head.header_bytes < sizeof head ||
      head.header_bytes > bytes || head.bytes > bytes - head.header_bytes)
    return -1;
  size_t end = head.header_bytes + (size_t)head.bytes;
  size_t at = *cursor ? *cursor : head.header_bytes;
  if (at == end)
    return 0;
  if (at > end || end - at < sizeof entry->header)
    return -1;
  memcpy(&entry->header, base + at, sizeof entry->header);
  uint32_t header_bytes = entry->header.header_bytes;
  if (header_bytes < sizeof entry->header || header_bytes > end - at ||
      entry->header.payload_bytes > end - at - header_bytes)
    return -1;
  entry->payload = base + at + header_bytes;
  *cursor = at + header_bytes + (size_t)entry->header.payload_bytes;
  return 1;
}

int gf_entry_ptx_suits(const struct gf_entry_header *header, unsigned sm) {
  if (header->kind != GF_ENTRY_PTX)
    return 0;
  if (header->flags & GF_ENTRY_ARCH_SPECIFIC)
    return header->sm == sm;
  if (header->flags & GF_ENTRY_FAMILY_SPECIFIC)
    return header->sm <= sm && header->sm / 10 == sm / 10;
  return header->sm <= sm;
}

int gf_fatbin_best_ptx(const void *fatbin, size_t bytes, unsigned sm,
                       struct gf_fatbin_entry *entry) {
  struct gf_fatbin_entry candidate;
  size_t cursor = 0;
  int found = 0, more;
  while ((more = gf_fatbin_next(fatbin, bytes, &cursor, &candidate)) == 1) {
    if (gf_entry_ptx_suits(&candidate.header, sm) &&
        (!found || candidate.header.sm > entry->header.sm)) {
      *entry = candidate;
      found = 1;
    }
  }
  return more < 0 ? -1 : found;
}

unsigned gf_entry_max_registers(const struct gf_fatbin_entry *entry) {
  static const char kOption[] = "-maxrregcount=";
  const uint32_t header_bytes = entry->header.header_bytes;
  const uint8_t *header = entry->payload - header_bytes;
  struct gf_entry_options options;
  if (header_bytes < sizeof options || entry->header.options_offset > header_bytes - sizeof options)
    return 0;
  memcpy(&options, header + entry->header.options_offset, sizeof options);
  if (options.offset > header_bytes || options.bytes > header_bytes - options.offset)
    return 0;
  const uint8_t *at = header + options.offset, *end = at + options.bytes;
  const size_t option_bytes = sizeof kOption - 1;
  while ((size_t)(end - at) > option_bytes && memcmp(at, kOption, option_bytes) != 0)
    at++;
  if ((size_t)(end - at) <= option_bytes)
    return 0;
  unsigned registers = 0;
  for (at += option_bytes; at < end && *at >= '0' && *at <= '9' && registers < 1000; at++)
    registers = registers * 10 + (unsigned)(*at - '0');
  return registers;
}

size_t gf_entry_inflated_bytes(const struct gf_entry_header *header) {
  uint64_t bytes = header->flags & (GF_ENTRY_LZ4 | GF_ENTRY_ZSTD) ? header->inflated_bytes
                                                                  : header->payload_bytes;
  return bytes > GF_INFLATED_MAX_BYTES ? 0 : (size_t)bytes;
}
