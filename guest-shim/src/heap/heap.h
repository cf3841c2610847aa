// The shared heap's allocator: staging slots, pinned and managed host memory. The book-keeping lives
// in the guest's own memory, so that nothing the executor writes can mislead it.
//
// Blocks are whole pages. The books are an array sorted by offset: programs hold tens or hundreds of
// pinned blocks, look-ups are a binary search, and freeing joins neighbours by itself.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum gf_heap_kind {
  GF_HEAP_STAGING = 1, ///< the shim's own
  GF_HEAP_PINNED,      ///< cuMemHostAlloc, cuMemAllocHost
  GF_HEAP_MANAGED,     ///< cuMemAllocManaged
  GF_HEAP_REGISTERED,  ///< stands in for application memory, see heap/alias.h
};

struct gf_heap_block {
  uint64_t offset_bytes; ///< in the heap; a multiple of the page size
  uint64_t size_bytes;   ///< as asked for
  uint64_t pages_bytes;  ///< as reserved
  enum gf_heap_kind kind;
  uint32_t flags;       ///< the caller's: allocation flags for later questions
  uint64_t context;     ///< the context it was made in
  uint64_t accessed_by; ///< devices by bit, of managed memory, as it was advised
  int sync_memops;      ///< CU_POINTER_ATTRIBUTE_SYNC_MEMOPS
};

/// Reserves `size_bytes` and makes its pages present. Non-zero on success.
int gf_heap_alloc(uint64_t size_bytes, enum gf_heap_kind kind, struct gf_heap_block *block);

/// Reserves `size_bytes` of the heap's addresses alone. Non-zero on success.
int gf_heap_reserve(uint64_t size_bytes, enum gf_heap_kind kind, struct gf_heap_block *block);

/// Makes the 2 MiB pieces that lie whole in a reserved range present as one huge page each, which takes a
/// tenth of the time that 512 small ones do. Non-zero if they are; the kernel may not want to, or not
/// know how (before 6.1).
int gf_heap_make_huge(uint64_t offset_bytes, uint64_t size_bytes);

/// Makes pages of a reserved range present, where they are not yet. Non-zero on success; failure was
/// logged.
int gf_heap_make_present(uint64_t offset_bytes, uint64_t size_bytes);

/// Changes flags and context of a block that lives.
void gf_heap_describe(uint64_t offset_bytes, uint32_t flags, uint64_t context);

/// Changes flags of a managed block, and which devices access it.
void gf_heap_advise(uint64_t offset_bytes, uint32_t flags, uint64_t accessed_by);

void gf_heap_set_sync_memops(uint64_t offset_bytes, int sync_memops);

/// Ends a block and gives its pages back to the system. Non-zero if there was one at this offset.
int gf_heap_free(uint64_t offset_bytes);

/// The block that holds `offset_bytes`, if any. Non-zero if found.
int gf_heap_find(uint64_t offset_bytes, struct gf_heap_block *block);

/// Turns a pointer into the heap to its offset; UINT64_MAX for other pointers.
uint64_t gf_heap_offset(const void *pointer);

/// As above for a range that lies in one block of pinned, managed or registered memory.
uint64_t gf_heap_range_offset(const void *pointer, uint64_t size_bytes);
