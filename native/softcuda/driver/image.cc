#include "image.h"

#include "cudart/fatbin.h"
#include "device.h"

#include <cstring>

namespace softcuda {

namespace {

constexpr unsigned kSm = Device::kMajor * 10 + Device::kMinor;
constexpr unsigned kNewestSm = 121; // the newest that CUDA 13.0 knows

constexpr const char *kNoPtx =
    "the image holds machine code of a GPU only, and a software device needs PTX: build with nvcc "
    "without -arch, or with -gencode arch=compute_75,code=compute_75, or with "
    "CUPY_COMPILE_WITH_PTX=1";

size_t fatbin_extent(const void *fatbin) { return fatbin ? gf_image_flat_bytes(fatbin) : 0; }

// Adds the fatbin's best PTX. CUDA_ERROR_NO_BINARY_FOR_GPU where it has none.
CUresult add_fatbin(const void *fatbin, size_t bytes, const std::string &name,
                    std::vector<PtxText> &sources) {
  gf_fatbin_entry entry;
  int found = gf_fatbin_best_ptx(fatbin, bytes, kSm, &entry);
  // A GPU could not run what was made for a newer one. A CPU can, but for the few instructions that
  // are new there, and libraries tend to bring PTX for the newest GPU only.
  if (found == 0)
    found = gf_fatbin_best_ptx(fatbin, bytes, kNewestSm, &entry);
  if (found < 0)
    return CUDA_ERROR_INVALID_IMAGE;
  if (found == 0)
    return CUDA_ERROR_NO_BINARY_FOR_GPU;
  size_t text_bytes = gf_entry_inflated_bytes(&entry.header);
  std::string text(text_bytes, '\0');
  if (text_bytes == 0 || gf_entry_inflate(&entry, text.data(), text.size()))
    return CUDA_ERROR_INVALID_IMAGE;
  text.resize(strnlen(text.c_str(), text.size())); // the payload is padded
  sources.push_back({name, std::move(text), gf_entry_max_registers(&entry)});
  return CUDA_SUCCESS;
}

bool is_empty(const void *fatbin, size_t bytes) {
  gf_fatbin_entry entry;
  size_t cursor = 0;
  return bytes == 0 || gf_fatbin_next(fatbin, bytes, &cursor, &entry) == 0;
}

// The first fatbin is the linked machine code, which nvcc -rdc=true makes; PTX is in the others,
// one for each object file. Some linkers put everything into the first.
template <class Part>
CUresult add_relocatable(uint32_t count, Part part, std::vector<PtxText> &sources) {
  CUresult worst = CUDA_SUCCESS;
  for (uint32_t i = 0; i < count; i++) {
    auto [fatbin, bytes] = part(i);
    if (is_empty(fatbin, bytes))
      continue;
    CUresult result = add_fatbin(fatbin, bytes, "object " + std::to_string(i), sources);
    if (result == CUDA_ERROR_INVALID_IMAGE || (result && i > 0))
      worst = result;
  }
  return worst;
}

struct Extent {
  const void *start;
  size_t bytes;
};

CUresult read_wrapper(const gf_fatbin_wrapper *wrapper, std::vector<PtxText> &sources,
                      std::string &log) {
  if (wrapper->version != 2)
    return wrapper->data ? read_image(wrapper->data, sources, log) : CUDA_ERROR_INVALID_IMAGE;
  uint32_t count = 1;
  while (wrapper->fatbins && wrapper->fatbins[count - 1])
    count++;
  return add_relocatable(
      count,
      [&](uint32_t i) {
        const void *fatbin = i == 0 ? wrapper->data : wrapper->fatbins[i - 1];
        return Extent{fatbin, fatbin_extent(fatbin)};
      },
      sources);
}

CUresult read_container(const void *image, std::vector<PtxText> &sources) {
  size_t bytes = gf_image_flat_bytes(image);
  uint32_t count = static_cast<const gf_container *>(image)->count;
  const void *part;
  size_t part_bytes;
  if (gf_container_part(image, bytes, count, &part, &part_bytes) < 0)
    return CUDA_ERROR_INVALID_IMAGE;
  return add_relocatable(
      count,
      [&](uint32_t i) {
        return gf_container_part(image, bytes, i, &part, &part_bytes) == 1
                   ? Extent{part, part_bytes}
                   : Extent{nullptr, 0};
      },
      sources);
}

} // namespace

CUresult read_image(const void *image, std::vector<PtxText> &sources, std::string &log) {
  CUresult result = CUDA_SUCCESS;
  switch (gf_image_kind(image, sizeof(uint32_t))) {
  case GF_IMAGE_PTX: {
    std::string text(static_cast<const char *>(image));
    if (text.find(".version") == std::string::npos)
      result = CUDA_ERROR_INVALID_IMAGE;
    sources.push_back({"PTX", std::move(text)});
    break;
  }
  case GF_IMAGE_ELF:
    result = CUDA_ERROR_NO_BINARY_FOR_GPU;
    break;
  case GF_IMAGE_FATBIN:
    result = add_fatbin(image, gf_image_flat_bytes(image), "fatbin", sources);
    break;
  case GF_IMAGE_WRAPPER:
    result = read_wrapper(static_cast<const gf_fatbin_wrapper *>(image), sources, log);
    break;
  case GF_IMAGE_CONTAINER:
    result = read_container(image, sources);
    break;
  }
  if (result == CUDA_ERROR_NO_BINARY_FOR_GPU)
    log = kNoPtx;
  else if (result)
    log = "the image is malformed";
  return result;
}

std::vector<std::string> entry_names(const std::string &ptx) {
  std::vector<std::string> names;
  constexpr std::string_view kEntry = ".entry";
  for (size_t at = ptx.find(kEntry); at != std::string::npos; at = ptx.find(kEntry, at)) {
    at += kEntry.size();
    size_t start = ptx.find_first_not_of(" \t\r\n", at);
    if (start == std::string::npos || start == at)
      continue;
    size_t end = ptx.find_first_of(" \t\r\n(", start);
    if (end != std::string::npos)
      names.push_back(ptx.substr(start, end - start));
  }
  return names;
}

std::string pack_image(const std::vector<PtxText> &sources) {
  std::vector<std::string> fatbins;
  for (const PtxText &source : sources) {
    auto padded = [](size_t bytes) { return (bytes + 7) & ~size_t{7}; };
    std::string options;
    if (source.max_registers > 0)
      options = "-maxrregcount=" + std::to_string(source.max_registers);
    const size_t payload_bytes = padded(source.text.size() + 1);
    const gf_entry_options place{sizeof(gf_entry_header) + sizeof(gf_entry_options),
                                 static_cast<uint32_t>(options.size())};
    gf_entry_header entry{};
    entry.kind = GF_ENTRY_PTX;
    entry.version = 0x101;
    entry.header_bytes = static_cast<uint32_t>(padded(place.offset + options.size()));
    entry.options_offset = sizeof entry;
    entry.payload_bytes = payload_bytes;
    entry.flags = GF_ENTRY_64BIT;
    gf_fatbin_header head{GF_FATBIN_MAGIC, 1, sizeof head, entry.header_bytes + payload_bytes};
    std::string fatbin(sizeof head + entry.header_bytes + payload_bytes, '\0');
    memcpy(fatbin.data(), &head, sizeof head);
    char *header = fatbin.data() + sizeof head;
    memcpy(header, &entry, sizeof entry);
    memcpy(header + entry.options_offset, &place, sizeof place);
    memcpy(header + place.offset, options.data(), options.size());
    memcpy(header + entry.header_bytes, source.text.data(), source.text.size());
    fatbins.push_back(std::move(fatbin));
  }
  std::vector<const void *> pointers;
  for (const std::string &fatbin : fatbins)
    pointers.push_back(fatbin.data());
  pointers.push_back(nullptr);
  gf_fatbin_wrapper wrapper{GF_WRAPPER_MAGIC, 2, nullptr, pointers.data()};
  std::string image(gf_image_flat_bytes(&wrapper), '\0');
  gf_image_flatten(&wrapper, image.data(), image.size());
  return image;
}

} // namespace softcuda
