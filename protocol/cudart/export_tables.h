// The private tables that cudart asks for with cuGetExportTable: UUIDs and slots.
//
// A table is an array of pointer-sized slots; slot 0 holds its size in bytes, but for the
// context-local storage. cudart 11.8, 12.4 and 13.0 refuse to start when one of the six is denied,
// and call a slot without looking whether it is null: of 11.8 to 13.2 only slots named here are called. cudart
// 13.0 also asks for F8CFF951-2146-8B4E-B9E2-FB469E7C0DD9, and takes an error for an answer. Never
// succeed with a null table.
#pragma once

#include <stdint.h>

/// UUIDs as raw bytes in memory order (CUuuid::bytes).
#define GF_UUID_CUDART_INTERFACE                                                                   \
  {0x6B, 0xD5, 0xFB, 0x6C, 0x5B, 0xF4, 0xE7, 0x4A, 0x89, 0x87, 0xD9, 0x39, 0x12, 0xFD, 0x9D, 0xF9}
#define GF_UUID_TOOLS_HOOKS                                                                        \
  {0xA0, 0x94, 0x79, 0x8C, 0x2E, 0x74, 0x2E, 0x74, 0x93, 0xF2, 0x08, 0x00, 0x20, 0x0C, 0x0A, 0x66}
#define GF_UUID_TOOLS_TLS                                                                          \
  {0x42, 0xD8, 0x5A, 0x81, 0x23, 0xF6, 0xCB, 0x47, 0x82, 0x98, 0xF6, 0xE7, 0x8A, 0x3A, 0xEC, 0xDC}
#define GF_UUID_CONTEXT_STORAGE                                                                    \
  {0xC6, 0x93, 0x33, 0x6E, 0x11, 0x21, 0xDF, 0x11, 0xA8, 0xC3, 0x68, 0xF3, 0x55, 0xD8, 0x95, 0x93}
#define GF_UUID_CONTEXT_CHECKS                                                                     \
  {0x26, 0x3E, 0x88, 0x60, 0x7C, 0xD2, 0x61, 0x43, 0x92, 0xF6, 0xBB, 0xD5, 0x00, 0x6D, 0xFA, 0x7E}
#define GF_UUID_INTEGRITY                                                                          \
  {0xD4, 0x08, 0x20, 0x55, 0xBD, 0xE6, 0x70, 0x4B, 0x8D, 0x34, 0xBA, 0x12, 0x3C, 0x66, 0xE1, 0xF2}

/// The cudart interface. 13 slots of which the runtimes call:
///   [2] CUresult (CUcontext *out, CUdevice)          the primary context's handle, not retained
///   [6] CUresult (CUmodule *out, const void *wrapper, void *, void *, unsigned)   load (11.8 only)
///   [7] CUresult (CUmodule)                                               unload (11.8 only)
/// [1], [8] and [12] exist in NVIDIA's; fill them with functions that return an error./// Asked for by cuDNN, cuFFT and runtimes after 13.2, not by cudart to 13.2. cudnnCreate fails where it is denied.
#define GF_UUID_TOOLS_CONTEXT                                                                      \
  {0x21, 0x31, 0x8C, 0x60, 0x97, 0x14, 0x32, 0x48, 0x8C, 0xA6, 0x41, 0xFF, 0x73, 0x24, 0xC8, 0xF2}
/// CUPTI's own, for profilers.
#define GF_UUID_CUPTI                                                                              \
  {0x7C, 0xB6, 0x3F, 0x9B, 0x9C, 0xA4, 0x8E, 0x42, 0xA4, 0x84, 0xBE, 0xB6, 0x6E, 0x6A, 0xED, 0x7F}

enum {
  GF_CUDART_SLOTS = 13,
  GF_CUDART_GET_MODULE_FROM_CUBIN = 1,
  GF_CUDART_GET_PRIMARY_CONTEXT = 2,
  GF_CUDART_LOAD_MODULE = 6,
  GF_CUDART_UNLOAD_MODULE = 7,
  GF_CUDART_MAY_START =
      12, ///< (void): 13.2 asks it first of all, and takes anything but 0 for its own error
};

/// Hooks of profilers. Both slots are void (void **buffer, size_t *size) and hand out a zeroed
/// buffer that lives as long as the library. The size to report for A counts words: one for each
/// call of the runtime, non-zero where a profiler listens. A buffer of only so many bytes makes
/// cudart read past it and call a hook that is not there.
enum {
  GF_TOOLS_HOOKS_SLOTS = 7,
  GF_TOOLS_HOOKS_BUFFER_A = 2,
  GF_TOOLS_HOOKS_BUFFER_B = 6,
  GF_TOOLS_HOOKS_A_SIZE = 1024,
  GF_TOOLS_HOOKS_A_BYTES = 8 * GF_TOOLS_HOOKS_A_SIZE,
  GF_TOOLS_HOOKS_B_SIZE = 14,
  GF_TOOLS_HOOKS_B_BYTES = 8 * GF_TOOLS_HOOKS_B_SIZE,
};

/// Thread-local storage of profilers: only its size slot is read.
enum {
  GF_TOOLS_TLS_SLOTS = 4,
  GF_TOOLS_TLS_CONTEXT =
      2, ///< (CUcontext *): the calling thread's; cublasLt asks for its number next
};

/// What the runtime keeps for each context. No size slot:
///   [0] CUresult (CUcontext, void *key, void *value,
///                 void (*destructor)(CUcontext, void *key, void *value))
///   [1] CUresult (CUcontext, void *key)
///   [2] CUresult (void **value, CUcontext, void *key)
///       CUDA_ERROR_INVALID_HANDLE (400) where the key is missing
/// A null context is the current one. [2] is called by nearly every runtime call. The destructor
/// runs when the context goes.
enum {
  GF_STORAGE_SLOTS = 4,
  GF_STORAGE_PUT = 0,
  GF_STORAGE_DELETE = 1,
  GF_STORAGE_GET = 2,
};

/// Questions about a context's state, not asked by 11.8:
///   [2] CUresult (CUcontext, uint32_t *answer, const void **)     answer 0: nothing special
///   [3] CUresult (void)                                           CUDA_SUCCESS
enum {
  GF_CHECKS_SLOTS = 4,
  GF_CHECKS_CONTEXT = 2,
  GF_CHECKS_GLOBAL = 3,
};

/// See integrity.h: [1] CUresult (uint32_t version, uint64_t unix_seconds, uint64_t answer[2])
enum {
  GF_INTEGRITY_SLOTS = 3,
  GF_INTEGRITY_ASK = 1,
};

enum {
  GF_TOOLS_CONTEXT_SLOTS = 95,
  GF_TOOLS_CONTEXT_NUMBER =
      4, ///< (CUcontext, uint64_t *): a number that no other context of the process has
};
