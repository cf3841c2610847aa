// Making a flat image out of what an application's own address space holds. See fatbin.h.
#include "fatbin.h"

#include <elf.h>
#include <string.h>

static size_t padded(size_t bytes) { return (bytes + 7) & ~(size_t)7; }

static size_t fatbin_bytes(const void *fatbin) {
  struct gf_fatbin_header head;
  memcpy(&head, fatbin, sizeof head);
  return head.magic == GF_FATBIN_MAGIC ? head.header_bytes + (size_t)head.bytes : 0;
}

// An ELF file ends where its last section, its last segment or one of its two tables ends.
static size_t elf_bytes(const void *image) {
  const uint8_t *base = image;
  Elf64_Ehdr head;
  memcpy(&head, base, sizeof head);
  if (head.e_ident[EI_CLASS] != ELFCLASS64)
    return 0;
  size_t end = sizeof head;
  size_t sections = head.e_shoff + (size_t)head.e_shnum * head.e_shentsize;
  size_t segments = head.e_phoff + (size_t)head.e_phnum * head.e_phentsize;
  if (sections > end)
    end = sections;
  if (segments > end)
    end = segments;
  for (unsigned i = 0; i < head.e_shnum; i++) {
    Elf64_Shdr section;
    memcpy(&section, base + head.e_shoff + (size_t)i * head.e_shentsize, sizeof section);
    size_t last = section.sh_type == SHT_NOBITS ? 0 : section.sh_offset + section.sh_size;
    if (last > end)
      end = last;
  }
  for (unsigned i = 0; i < head.e_phnum; i++) {
    Elf64_Phdr segment;
    memcpy(&segment, base + head.e_phoff + (size_t)i * head.e_phentsize, sizeof segment);
    if (segment.p_offset + segment.p_filesz > end)
      end = segment.p_offset + segment.p_filesz;
  }
  return end;
}

static uint32_t fatbin_count(const struct gf_fatbin_wrapper *wrapper) {
  uint32_t count = 1;
  for (const void *const *each = wrapper->fatbins; each && *each; each++)
    count++;
  return count;
}

static const void *nth_fatbin(const struct gf_fatbin_wrapper *wrapper, uint32_t n) {
  return n == 0 ? wrapper->data : wrapper->fatbins[n - 1];
}

size_t gf_image_flat_bytes(const void *image) {
  switch (gf_image_kind(image, sizeof(uint32_t))) {
  case GF_IMAGE_PTX:
    return strlen(image) + 1;
  case GF_IMAGE_ELF:
    return elf_bytes(image);
  case GF_IMAGE_FATBIN:
    return fatbin_bytes(image);
  case GF_IMAGE_WRAPPER: {
    const struct gf_fatbin_wrapper *wrapper = image;
    if (wrapper->version != 2)
      return wrapper->data ? gf_image_flat_bytes(wrapper->data) : 0;
    uint32_t count = fatbin_count(wrapper);
    size_t bytes = sizeof(struct gf_container) + count * sizeof(uint64_t);
    for (uint32_t i = 0; i < count; i++)
      if (nth_fatbin(wrapper, i))
        bytes += padded(gf_image_flat_bytes(nth_fatbin(wrapper, i)));
    return bytes;
  }
  case GF_IMAGE_CONTAINER: {
    struct gf_container head;
    memcpy(&head, image, sizeof head);
    const uint8_t *table = (const uint8_t *)image + sizeof head;
    size_t bytes = sizeof head + (size_t)head.count * sizeof(uint64_t);
    for (uint32_t i = 0; i < head.count; i++) {
      uint64_t part;
      memcpy(&part, table + i * sizeof part, sizeof part);
      bytes += padded((size_t)part);
    }
    return bytes;
  }
  }
  return 0;
}

void gf_image_flatten(const void *image, void *out, size_t out_bytes) {
  const struct gf_fatbin_wrapper *wrapper = image;
  if (gf_image_kind(image, sizeof(uint32_t)) != GF_IMAGE_WRAPPER) {
    memcpy(out, image, out_bytes);
    return;
  }
  if (wrapper->version != 2) {
    memcpy(out, wrapper->data, out_bytes);
    return;
  }
  struct gf_container head = {GF_CONTAINER_MAGIC, fatbin_count(wrapper)};
  uint8_t *base = out;
  size_t at = sizeof head + head.count * sizeof(uint64_t);
  memset(out, 0, out_bytes);
  memcpy(base, &head, sizeof head);
  for (uint32_t i = 0; i < head.count; i++) {
    const void *fatbin = nth_fatbin(wrapper, i);
    uint64_t bytes = fatbin ? gf_image_flat_bytes(fatbin) : 0;
    memcpy(base + sizeof head + i * sizeof bytes, &bytes, sizeof bytes);
    if (bytes)
      memcpy(base + at, fatbin, bytes);
    at += padded(bytes);
  }
}
