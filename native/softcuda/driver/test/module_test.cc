// Modules, libraries, the linker, launches and their checks.
#include "support.h"

#include "cudart/fatbin.h"

#include <cstring>
#include <elf.h>
#include <string>

namespace {

using softcuda::test::kPtx;
using ModuleTest = softcuda::test::KernelTest;

TEST_F(ModuleTest, NamesAreFoundOrNot) {
  CUfunction found;
  EXPECT_CU(CUDA_ERROR_NOT_FOUND, cuModuleGetFunction(&found, module, "nothing"));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuModuleGetFunction(&found, module, nullptr));
  CUdeviceptr address;
  size_t bytes;
  EXPECT_CU(CUDA_SUCCESS, cuModuleGetGlobal_v2(&address, &bytes, module, "counter"));
  EXPECT_EQ(bytes, 4u);
  EXPECT_EQ(read(address, 1)[0], 7u);
  EXPECT_CU(CUDA_SUCCESS, cuModuleGetGlobal_v2(&address, &bytes, module, "table"));
  EXPECT_EQ(bytes, 16u);
  EXPECT_EQ(read(address, 1)[0], 0x04030201u);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuMemFree_v2(address)); // not the application's
  EXPECT_CU(CUDA_ERROR_NOT_FOUND, cuModuleGetGlobal_v2(&address, &bytes, module, "nothing"));
  unsigned count;
  EXPECT_CU(CUDA_SUCCESS, cuModuleGetFunctionCount(&count, module));
  EXPECT_EQ(count, 5u);
  const char *name;
  EXPECT_CU(CUDA_SUCCESS, cuFuncGetName(&name, function("twice")));
  EXPECT_STREQ(name, "twice");
}

TEST_F(ModuleTest, BadImagesAreRefused) {
  CUmodule bad;
  EXPECT_CU(CUDA_ERROR_INVALID_IMAGE, cuModuleLoadData(&bad, "no PTX at all"));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuModuleLoadData(&bad, nullptr));
  EXPECT_CU(CUDA_ERROR_NO_BINARY_FOR_GPU, cuModuleLoadData(&bad, "\x7f"
                                                                 "ELF machine code"));
  EXPECT_CU(CUDA_ERROR_FILE_NOT_FOUND, cuModuleLoad(&bad, "/nonexistent.ptx"));
  char log[512] = "?";
  CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void *values[] = {log, reinterpret_cast<void *>(sizeof log)};
  EXPECT_CU(
      CUDA_ERROR_INVALID_PTX,
      cuModuleLoadDataEx(
          &bad,
          ".version 7.5\n.target sm_75\n.address_size 64\n.visible .entry k() { nonsense.op; }", 2,
          options, values));
  EXPECT_GT(strlen(log), 0u);
  EXPECT_NE(log[0], '?');
}

// A fatbin with one PTX, for the given architecture.
std::string fatbin_of(unsigned sm, std::string text) {
  text.resize((text.size() + 1 + 7) & ~size_t{7});
  gf_entry_header entry{};
  entry.kind = GF_ENTRY_PTX;
  entry.version = 0x101;
  entry.header_bytes = sizeof entry;
  entry.payload_bytes = text.size();
  entry.sm = sm;
  entry.flags = GF_ENTRY_64BIT;
  gf_fatbin_header head{GF_FATBIN_MAGIC, 1, sizeof head, sizeof entry + text.size()};
  std::string image(reinterpret_cast<const char *>(&head), sizeof head);
  image.append(reinterpret_cast<const char *>(&entry), sizeof entry);
  return image + text;
}

TEST_F(ModuleTest, PtxForNewerDevicesIsTakenWhereThereIsNoOther) {
  const std::string ptx = ".version 9.0\n.target sm_120\n.address_size 64\n"
                          ".visible .entry nothing() { ret; }\n";
  for (unsigned sm : {75u, 89u, 90u, 120u, 121u}) {
    CUmodule loaded;
    ASSERT_CU(cuModuleLoadData(&loaded, fatbin_of(sm, ptx).c_str()));
    EXPECT_CU(CUDA_SUCCESS, cuModuleUnload(loaded));
  }
  CUmodule bad;
  EXPECT_CU(CUDA_ERROR_NO_BINARY_FOR_GPU, cuModuleLoadData(&bad, fatbin_of(200, ptx).c_str()));
}

TEST_F(ModuleTest, ParametersAreDescribed) {
  size_t offset, bytes;
  EXPECT_CU(CUDA_SUCCESS, cuFuncGetParamInfo(function("fill"), 2, &offset, &bytes));
  EXPECT_EQ(offset, 12u);
  EXPECT_EQ(bytes, 4u);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, cuFuncGetParamInfo(function("fill"), 3, &offset, &bytes));
  int value;
  EXPECT_CU(CUDA_SUCCESS, cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK,
                                             function("limited")));
  EXPECT_EQ(value, 64);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE,
            cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_MAX, function("fill")));
}

TEST_F(ModuleTest, LaunchesAreChecked) {
  CUdeviceptr data = allocate(64);
  unsigned value = 1, count = 16;
  void *params[] = {&data, &value, &count};
  CUfunction fill = function("fill");
  auto launch = [&](unsigned grid_x, unsigned grid_y, unsigned block, unsigned shared) {
    return cuLaunchKernel(fill, grid_x, grid_y, 1, block, 1, 1, shared, nullptr, params, nullptr);
  };
  EXPECT_CU(CUDA_SUCCESS, launch(1, 1, 16, 0));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, launch(0, 1, 16, 0));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, launch(1, 1, 0, 0));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, launch(1, 1, 1025, 0));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, launch(1, 65536, 16, 0));
  EXPECT_CU(CUDA_SUCCESS, launch(1, 1, 16, 48 << 10));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, launch(1, 1, 16, (48 << 10) + 1));
  EXPECT_CU(CUDA_SUCCESS,
            cuFuncSetAttribute(fill, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 64 << 10));
  EXPECT_CU(CUDA_SUCCESS, launch(1, 1, 16, 64 << 10));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE,
            cuFuncSetAttribute(fill, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 128 << 10));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE,
            cuLaunchKernel(fill, 1, 1, 1, 16, 1, 1, 0, nullptr, nullptr, nullptr));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE,
            cuLaunchKernel(nullptr, 1, 1, 1, 1, 1, 1, 0, nullptr, params, nullptr));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE,
            cuLaunchKernel(function("limited"), 1, 1, 1, 65, 1, 1, 0, nullptr, nullptr, nullptr));
  EXPECT_CU(CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE,
            cuLaunchCooperativeKernel(fill, 100'000, 1, 1, 16, 1, 1, 0, nullptr, params));
  EXPECT_CU(CUDA_SUCCESS, cuCtxSynchronize());
  cuMemFree_v2(data);
}

TEST_F(ModuleTest, ParametersMayComeAsOneBuffer) {
  CUdeviceptr data = allocate(64);
  struct {
    CUdeviceptr out;
    unsigned value, count;
  } packed{data, 100, 16};
  size_t bytes = sizeof packed;
  void *extra[] = {CU_LAUNCH_PARAM_BUFFER_POINTER, &packed, CU_LAUNCH_PARAM_BUFFER_SIZE, &bytes,
                   CU_LAUNCH_PARAM_END};
  EXPECT_CU(CUDA_SUCCESS,
            cuLaunchKernel(function("fill"), 1, 1, 1, 16, 1, 1, 0, nullptr, nullptr, extra));
  EXPECT_EQ(read(data, 16)[15], 115u);
  cuMemFree_v2(data);
}

TEST_F(ModuleTest, LibrariesAndKernels) {
  CUlibrary library;
  ASSERT_CU(cuLibraryLoadData(&library, kPtx, nullptr, nullptr, 0, nullptr, nullptr, 0));
  CUkernel kernel;
  EXPECT_CU(CUDA_SUCCESS, cuLibraryGetKernel(&kernel, library, "fill"));
  EXPECT_CU(CUDA_ERROR_NOT_FOUND, cuLibraryGetKernel(&kernel, library, "fil"));
  EXPECT_CU(CUDA_SUCCESS, cuLibraryGetKernel(&kernel, library, "fill"));
  unsigned count;
  EXPECT_CU(CUDA_SUCCESS, cuLibraryGetKernelCount(&count, library));
  EXPECT_EQ(count, 5u);
  CUdeviceptr data = allocate(64);
  unsigned value = 5, n = 16;
  void *params[] = {&data, &value, &n};
  EXPECT_CU(CUDA_SUCCESS, cuLaunchKernel(reinterpret_cast<CUfunction>(kernel), 1, 1, 1, 16, 1, 1, 0,
                                         nullptr, params, nullptr));
  EXPECT_EQ(read(data, 16)[1], 6u);
  CUfunction as_function;
  EXPECT_CU(CUDA_SUCCESS, cuKernelGetFunction(&as_function, kernel));
  CUmodule its_module;
  EXPECT_CU(CUDA_SUCCESS, cuLibraryGetModule(&its_module, library));
  EXPECT_CU(CUDA_ERROR_NOT_PERMITTED, cuModuleUnload(its_module));
  CUdeviceptr address;
  EXPECT_CU(CUDA_ERROR_NOT_FOUND, cuLibraryGetManaged(&address, nullptr, library, "counter"));
  EXPECT_CU(CUDA_SUCCESS, cuLibraryUnload(library));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, cuLibraryUnload(library));
  cuMemFree_v2(data);
}

// A static library with one object, whose device code is `fatbin`, as nvcc -rdc=true makes it.
std::string library_of(const std::string &fatbin) {
  const std::string names("\0__nv_relfatbin\0", 16);
  Elf64_Ehdr head{};
  memcpy(head.e_ident, ELFMAG, SELFMAG);
  head.e_ident[EI_CLASS] = ELFCLASS64;
  head.e_shoff = sizeof head;
  head.e_shnum = 2;
  head.e_shstrndx = 0;
  Elf64_Shdr sections[2]{};
  sections[0].sh_type = SHT_STRTAB;
  sections[0].sh_offset = sizeof head + sizeof sections;
  sections[0].sh_size = names.size();
  sections[1].sh_name = 1;
  sections[1].sh_type = SHT_PROGBITS;
  sections[1].sh_offset = sections[0].sh_offset + names.size();
  sections[1].sh_size = fatbin.size();
  std::string object(reinterpret_cast<const char *>(&head), sizeof head);
  object.append(reinterpret_cast<const char *>(sections), sizeof sections);
  object += names + fatbin;
  std::string size = std::to_string(object.size());
  size.resize(10, ' ');
  return "!<arch>\n" + std::string(48, ' ') + size + "`\n" + object;
}

TEST_F(ModuleTest, LinkerTakesLibraries) {
  const std::string library = library_of(fatbin_of(
      75, ".version 7.5\n.target sm_75\n.address_size 64\n.visible .entry inside() { ret; }\n"));
  auto add = [&](std::string data) {
    CUlinkState link;
    EXPECT_CU(CUDA_SUCCESS, cuLinkCreate_v2(0, nullptr, nullptr, &link));
    CUresult result = cuLinkAddData_v2(link, CU_JIT_INPUT_LIBRARY, data.data(), data.size(), "lib",
                                       0, nullptr, nullptr);
    void *image;
    CUmodule linked;
    CUfunction found;
    if (result == CUDA_SUCCESS) {
      EXPECT_CU(CUDA_SUCCESS, cuLinkComplete(link, &image, nullptr));
      EXPECT_CU(CUDA_SUCCESS, cuModuleLoadData(&linked, image));
      EXPECT_CU(CUDA_SUCCESS, cuModuleGetFunction(&found, linked, "inside"));
    }
    EXPECT_CU(CUDA_SUCCESS, cuLinkDestroy(link));
    return result;
  };
  EXPECT_EQ(add(library), CUDA_SUCCESS);
  // However it is cut short, nothing is read outside.
  for (size_t bytes = 1; bytes < library.size(); bytes += 7)
    EXPECT_EQ(add(library.substr(0, bytes)), CUDA_ERROR_NO_BINARY_FOR_GPU) << bytes;
}

TEST_F(ModuleTest, LinkerJoinsTwoSources) {
  const char *caller = R"(
.version 7.5
.target sm_75
.address_size 64
.extern .func (.param .b32 out) triple(.param .b32 in);
.visible .entry call(.param .u64 out)
{
  .reg .b32 %r<3>;
  .reg .b64 %rd<2>;
  .param .b32 a;
  .param .b32 b;
  ld.param.u64 %rd0, [out];
  mov.u32 %r0, 14;
  st.param.b32 [a], %r0;
  call.uni (b), triple, (a);
  ld.param.b32 %r1, [b];
  st.global.u32 [%rd0], %r1;
  ret;
}
)";
  const char *callee = R"(
.version 7.5
.target sm_75
.address_size 64
.visible .func (.param .b32 out) triple(.param .b32 in)
{
  .reg .b32 %r<2>;
  ld.param.b32 %r0, [in];
  mul.lo.s32 %r0, %r0, 3;
  st.param.b32 [out], %r0;
  ret;
}
)";
  CUlinkState link;
  ASSERT_CU(cuLinkCreate_v2(0, nullptr, nullptr, &link));
  for (const char *source : {caller, callee})
    ASSERT_CU(cuLinkAddData_v2(link, CU_JIT_INPUT_PTX, const_cast<char *>(source),
                               strlen(source) + 1, "source", 0, nullptr, nullptr));
  void *image;
  size_t bytes;
  ASSERT_CU(cuLinkComplete(link, &image, &bytes));
  std::string kept(static_cast<char *>(image), bytes);
  ASSERT_CU(cuLinkDestroy(link));
  CUmodule linked;
  ASSERT_CU(cuModuleLoadData(&linked, kept.data()));
  CUfunction call;
  ASSERT_CU(cuModuleGetFunction(&call, linked, "call"));
  CUdeviceptr data = allocate(4);
  void *params[] = {&data};
  EXPECT_CU(CUDA_SUCCESS, cuLaunchKernel(call, 1, 1, 1, 1, 1, 1, 0, nullptr, params, nullptr));
  EXPECT_EQ(read(data, 1)[0], 42u);
  EXPECT_CU(CUDA_SUCCESS, cuModuleUnload(linked));
  cuMemFree_v2(data);
}

// CU_JIT_MAX_REGISTERS reaches the kernel whichever way its PTX is loaded, also through the linker's image.
TEST_F(ModuleTest, LimitsRegisters) {
  std::string ptx =
      ".version 7.5\n.target sm_75\n.address_size 64\n"
      ".visible .entry wide(.param .u64 out)\n{\n.reg .b32 %r<50>;\n.reg .b64 %rd<1>;\n"
      "ld.param.u64 %rd0, [out];\n";
  for (int i = 0; i < 50; i++)
    ptx += "ld.global.u32 %r" + std::to_string(i) + ", [%rd0];\n";
  for (int i = 0; i < 50; i++)
    ptx += "st.global.u32 [%rd0], %r" + std::to_string(i) + ";\n";
  ptx += "ret;\n}\n";
  auto registers_of = [&](const void *image, unsigned count, CUjit_option *options, void **values) {
    CUmodule module;
    CUfunction wide;
    int registers = 0;
    EXPECT_CU(CUDA_SUCCESS, cuModuleLoadDataEx(&module, image, count, options, values));
    EXPECT_CU(CUDA_SUCCESS, cuModuleGetFunction(&wide, module, "wide"));
    EXPECT_CU(CUDA_SUCCESS, cuFuncGetAttribute(&registers, CU_FUNC_ATTRIBUTE_NUM_REGS, wide));
    EXPECT_CU(CUDA_SUCCESS, cuModuleUnload(module));
    return registers;
  };
  CUjit_option option = CU_JIT_MAX_REGISTERS;
  void *value = reinterpret_cast<void *>(uintptr_t{24});
  EXPECT_EQ(registers_of(ptx.c_str(), 0, nullptr, nullptr), 52);
  EXPECT_EQ(registers_of(ptx.c_str(), 1, &option, &value), 24);

  CUlinkState link;
  ASSERT_CU(cuLinkCreate_v2(1, &option, &value, &link));
  ASSERT_CU(cuLinkAddData_v2(link, CU_JIT_INPUT_PTX, ptx.data(), ptx.size() + 1, "wide", 0, nullptr,
                             nullptr));
  void *image;
  size_t bytes;
  ASSERT_CU(cuLinkComplete(link, &image, &bytes));
  EXPECT_EQ(registers_of(image, 0, nullptr, nullptr), 24);
  ASSERT_CU(cuLinkDestroy(link));
}

TEST_F(ModuleTest, Occupancy) {
  int blocks = 0, grid = 0, block = 0;
  CUfunction fill = function("fill");
  EXPECT_CU(CUDA_SUCCESS, cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, fill, 256, 0));
  EXPECT_GE(blocks, 1);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE,
            cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, fill, 0, 0));
  EXPECT_CU(CUDA_SUCCESS, cuOccupancyMaxPotentialBlockSize(&grid, &block, fill, nullptr, 0, 0));
  EXPECT_GE(block, 32);
  EXPECT_LE(block, 1024);
  EXPECT_GE(grid, 1);
}

} // namespace
