// The linker: collects PTX, and gives out an image that cuModuleLoadData takes.
#include "../entry.h"
#include "../image.h"
#include "../jit_options.h"
#include "../object_file.h"

#include <cstring>

using namespace softcuda;

namespace {

struct Link : Object<Link, Kind::Link> {
  JitOptions options;
  std::vector<PtxText> sources;
  std::string image; // once complete; lives as long as the link
};

CUresult enter_link(CUlinkState handle, Link **link) {
  Context *context;
  GF_TRY(enter(&context));
  *link = Link::from(handle);
  return *link ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUresult add(Link &link, CUjitInputType type, const void *data, size_t bytes, const char *name) {
  if (type == CU_JIT_INPUT_PTX) {
    // Need not end with a NUL, when `bytes` says where it ends.
    const auto *chars = static_cast<const char *>(data);
    std::string text(chars, strnlen(chars, bytes));
    link.sources.push_back({name ? name : "PTX", std::move(text)});
    return CUDA_SUCCESS;
  }
  std::string log;
  const std::string_view file(static_cast<const char *>(data), bytes);
  if (type == CU_JIT_INPUT_LIBRARY || (type == CU_JIT_INPUT_OBJECT && file.starts_with("\x7f"
                                                                                       "ELF"))) {
    CUresult result = read_objects(file, link.sources, log);
    if (result)
      link.options.report(result, log);
    return result;
  }
  CUresult result =
      type == CU_JIT_INPUT_FATBINARY || type == CU_JIT_INPUT_CUBIN || type == CU_JIT_INPUT_OBJECT
          ? read_image(data, link.sources, log)
          : CUDA_ERROR_NO_BINARY_FOR_GPU;
  if (result && log.empty())
    log = "a software device links PTX and fatbins that hold PTX; this input is neither";
  if (result)
    link.options.report(result, log);
  return result;
}

} // namespace

GF_API cuLinkCreate_v2(unsigned int count, CUjit_option *options, void **values, CUlinkState *out) {
  Context *context;
  GF_TRY(enter(&context));
  GF_REQUIRE(out);
  auto *link = new Link;
  link->options = JitOptions(count, options, values);
  *out = handle_of<CUlinkState>(link);
  return CUDA_SUCCESS;
}

GF_API cuLinkAddData_v2(CUlinkState handle, CUjitInputType type, void *data, size_t bytes,
                        const char *name, unsigned int, CUjit_option *, void **) {
  Link *link;
  GF_TRY(enter_link(handle, &link));
  GF_REQUIRE(data && bytes);
  return add(*link, type, data, bytes, name);
}

GF_API cuLinkAddFile_v2(CUlinkState handle, CUjitInputType type, const char *path, unsigned int,
                        CUjit_option *, void **) {
  Link *link;
  GF_TRY(enter_link(handle, &link));
  GF_REQUIRE(path);
  std::string content;
  GF_TRY(read_file(path, content));
  return add(*link, type, content.data(), content.size(), path);
}

GF_API cuLinkComplete(CUlinkState handle, void **image, size_t *bytes) {
  Link *link;
  GF_TRY(enter_link(handle, &link));
  GF_REQUIRE(image);
  if (link->sources.empty())
    return CUDA_ERROR_INVALID_VALUE;
  link->options.limit_registers(link->sources);
  link->image = pack_image(link->sources);
  link->options.report(CUDA_SUCCESS, "");
  *image = link->image.data();
  if (bytes)
    *bytes = link->image.size();
  return CUDA_SUCCESS;
}

GF_API cuLinkDestroy(CUlinkState handle) {
  Link *link;
  GF_TRY(enter_link(handle, &link));
  delete link;
  return CUDA_SUCCESS;
}

// The first versions differ from the second only where pointers have 32 bits.
GF_API cuLinkCreate(unsigned int count, CUjit_option *options, void **values, CUlinkState *out) {
  return cuLinkCreate_v2(count, options, values, out);
}
GF_API cuLinkAddData(CUlinkState link, CUjitInputType type, void *data, size_t bytes,
                     const char *name, unsigned int count, CUjit_option *options, void **values) {
  return cuLinkAddData_v2(link, type, data, bytes, name, count, options, values);
}
GF_API cuLinkAddFile(CUlinkState link, CUjitInputType type, const char *path, unsigned int count,
                     CUjit_option *options, void **values) {
  return cuLinkAddFile_v2(link, type, path, count, options, values);
}
