// What libgpuferry-ptx.so, the part with LLVM in it, does for the rest. It is loaded on the first kernel that the
// disk cache lacks: loading LLVM takes 10 to 20 ms, more than a warm start may cost altogether.
#pragma once

#include "abi.h"
#include "program/link.h"

namespace softcuda::jit {

struct CompileRequest {
  const LinkedProgram *program;
  std::vector<uint32_t> roots; // one kernel, or every device function whose address is taken
};

struct CompileResult {
  std::string object; // relocatable ELF; defines kSymbolLoop, or kSymbolRegions,
                      // kSymbolSites and kSymbolFrameBytes, or f<id> per root
  std::string log;    // why not
};

/// Symbols that an object leaves open: v<id>, a variable of the program; f<id>, the address of a function;
/// rt_*, ptx_* and C library functions of run/runtime_symbols.cpp.
inline constexpr const char *kSymbolLoop = "kernel_loop";
inline constexpr const char *kSymbolRegions = "kernel_regions";
inline constexpr const char *kSymbolSites = "kernel_sites";            // Site[]
inline constexpr const char *kSymbolFrameBytes = "kernel_frame_bytes"; // uint64_t ()

/// `interface_version` must be kCompilerInterface, else the two halves are of different builds. False: see the log.
using CompileFunction = bool (*)(uint32_t interface_version, const CompileRequest &,
                                 CompileResult &);
inline constexpr uint32_t kCompilerInterface = 1;
inline constexpr const char *kCompileSymbol = "gpuferry_ptx_compile";

} // namespace softcuda::jit
