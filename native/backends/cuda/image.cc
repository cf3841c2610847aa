#include "backends/cuda/image.h"

#include <cstring>
#include <elf.h>

namespace gpuferry::cuda {

CUresult Image::take(Call &call, const gf_heap_range &range) {
  const auto bytes = call.heap(range);
  if (!bytes)
    return call.poisoned();
  if (bytes->empty())
    return CUDA_ERROR_INVALID_IMAGE;
  size_bytes_ = bytes->size();
  storage_.resize(size_bytes_ / sizeof(uint64_t) + 1); // PTX gets a zero at its end, come what may
  std::memcpy(storage_.data(), bytes->data(), size_bytes_);
  data_ = storage_.data();
  switch (gf_image_kind(data_, size_bytes_)) {
  case GF_IMAGE_PTX:
    return CUDA_SUCCESS;
  case GF_IMAGE_ELF:
    return check_elf();
  case GF_IMAGE_FATBIN:
    return check_fatbin(data_, size_bytes_);
  case GF_IMAGE_CONTAINER:
    return rebuild_wrapper();
  case GF_IMAGE_WRAPPER: // pointers of another process
    return CUDA_ERROR_INVALID_IMAGE;
  }
  return CUDA_ERROR_INVALID_IMAGE;
}

CUresult Image::check_fatbin(const void *fatbin, size_t bytes) const {
  size_t cursor = 0;
  gf_fatbin_entry entry;
  int more = 0;
  while ((more = gf_fatbin_next(fatbin, bytes, &cursor, &entry)) == 1) {
  }
  return more == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_IMAGE;
}

/// Header, section table and sections lie inside.
CUresult Image::check_elf() const {
  const auto fits = [this](uint64_t offset, uint64_t bytes) {
    return offset <= size_bytes_ && bytes <= size_bytes_ - offset;
  };
  Elf64_Ehdr head;
  if (!fits(0, sizeof head))
    return CUDA_ERROR_INVALID_IMAGE;
  std::memcpy(&head, data_, sizeof head);
  if (head.e_ident[EI_CLASS] != ELFCLASS64 ||
      (head.e_shnum && head.e_shentsize != sizeof(Elf64_Shdr)) ||
      !fits(head.e_shoff, uint64_t{head.e_shnum} * head.e_shentsize) ||
      !fits(head.e_phoff, uint64_t{head.e_phnum} * head.e_phentsize))
    return CUDA_ERROR_INVALID_IMAGE;
  for (unsigned i = 0; i < head.e_shnum; ++i) {
    Elf64_Shdr section;
    std::memcpy(&section, static_cast<const char *>(data_) + head.e_shoff + i * sizeof section,
                sizeof section);
    if (section.sh_type != SHT_NOBITS && !fits(section.sh_offset, section.sh_size))
      return CUDA_ERROR_INVALID_IMAGE;
  }
  return CUDA_SUCCESS;
}

CUresult Image::rebuild_wrapper() {
  const void *part = nullptr;
  size_t part_bytes = 0;
  int more = 0;
  std::vector<const void *> parts;
  for (uint32_t i = 0; (more = gf_container_part(data_, size_bytes_, i, &part, &part_bytes)) == 1;
       ++i) {
    if (part_bytes != 0)
      if (const CUresult error = check_fatbin(part, part_bytes))
        return error;
    parts.push_back(part_bytes ? part : nullptr);
  }
  if (more != 0 || parts.empty())
    return CUDA_ERROR_INVALID_IMAGE;
  fatbins_.assign(parts.begin() + 1, parts.end());
  std::erase(fatbins_, nullptr);
  fatbins_.push_back(nullptr);
  wrapper_ = {GF_WRAPPER_MAGIC, 2, parts[0], fatbins_.data()};
  data_ = &wrapper_;
  return CUDA_SUCCESS;
}

} // namespace gpuferry::cuda
