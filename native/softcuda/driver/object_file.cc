#include "object_file.h"

#include "cudart/fatbin.h"

#include <charconv>
#include <cstring>
#include <elf.h>

namespace softcuda {

namespace {

constexpr std::string_view kArchiveMagic = "!<arch>\n";
constexpr size_t kMemberHeaderBytes = 60, kMemberSizeAt = 48, kMemberSizeDigits = 10;
constexpr std::string_view kFatbinSections[] = {".nv_fatbin", "__nv_relfatbin"};

/// A copy of the T at `offset`: nothing in an archive is aligned. False where it does not lie in `bytes`.
template <typename T> bool read_at(std::string_view bytes, uint64_t offset, T &out) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof out)
    return false;
  memcpy(&out, bytes.data() + offset, sizeof out);
  return true;
}

std::string_view part(std::string_view bytes, uint64_t offset, uint64_t size) {
  return offset <= bytes.size() && size <= bytes.size() - offset ? bytes.substr(offset, size)
                                                                 : std::string_view{};
}

/// A section holds one fatbin after the other, padded to 8 bytes.
void read_fatbins(std::string_view section, std::vector<PtxText> &sources) {
  gf_fatbin_header head;
  while (read_at(section, 0, head) && head.magic == GF_FATBIN_MAGIC &&
         head.header_bytes >= sizeof head) {
    const uint64_t size = head.header_bytes + head.bytes;
    const std::string_view fatbin = part(section, 0, size);
    if (fatbin.empty() || size < head.bytes)
      return;
    const std::string aligned(fatbin);
    std::string log;
    read_image(aligned.data(), sources, log);
    section.remove_prefix(std::min<uint64_t>((size + 7) & ~uint64_t{7}, section.size()));
  }
}

void read_object(std::string_view object, std::vector<PtxText> &sources) {
  Elf64_Ehdr head;
  if (!read_at(object, 0, head) || memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
      head.e_ident[EI_CLASS] != ELFCLASS64)
    return;
  auto section = [&](uint64_t index, Elf64_Shdr &out) {
    return index < head.e_shnum && read_at(object, head.e_shoff + index * sizeof(Elf64_Shdr), out);
  };
  Elf64_Shdr names_section, each;
  if (!section(head.e_shstrndx, names_section))
    return;
  const std::string_view names = part(object, names_section.sh_offset, names_section.sh_size);
  for (uint64_t i = 0; section(i, each); i++) {
    std::string_view name = each.sh_name < names.size() ? names.substr(each.sh_name) : "";
    name = name.substr(0, name.find('\0'));
    for (std::string_view wanted : kFatbinSections)
      if (name == wanted && each.sh_type == SHT_PROGBITS)
        read_fatbins(part(object, each.sh_offset, each.sh_size), sources);
  }
}

} // namespace

CUresult read_objects(std::string_view file, std::vector<PtxText> &sources, std::string &log) {
  const size_t before = sources.size();
  if (!file.starts_with(kArchiveMagic))
    read_object(file, sources);
  for (uint64_t at = kArchiveMagic.size(); file.starts_with(kArchiveMagic);) {
    const std::string_view digits = part(file, at + kMemberSizeAt, kMemberSizeDigits);
    uint64_t size = 0;
    if (digits.empty() ||
        std::from_chars(digits.data(), digits.data() + digits.size(), size).ec != std::errc())
      break;
    read_object(part(file, at + kMemberHeaderBytes, size), sources);
    at += kMemberHeaderBytes + size + size % 2; // at most 10 digits: no overflow
  }
  if (sources.size() > before)
    return CUDA_SUCCESS;
  log = "the object or library holds no PTX";
  return CUDA_ERROR_NO_BINARY_FOR_GPU;
}

} // namespace softcuda
