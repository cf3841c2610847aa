// Registered memory: application pages that became pages of the heap (shared_pages.h), by cuMemHostRegister.
//
// What this asks of the application is what CUDA asks: that nobody else writes the range while it is
// being registered. The device sees the memory at its heap address, which is not the application's:
// so CU_DEVICE_ATTRIBUTE_CAN_USE_HOST_POINTER_FOR_REGISTERED_MEM is 0.
//
// Memory that others see too (shared mappings, files), that may only be read, or that shares a page with a registered
// range, keeps its pages: it is registered in name, copies of it go as those of pageable memory, and the device has no address for it.
#pragma once

#include <stdint.h>

struct gf_shared_pages;

struct gf_alias {
  uint8_t *base;         ///< first application page
  uint64_t pages_bytes;  ///< whole pages around the range
  uint64_t offset_bytes; ///< of the same pages in the heap; UINT64_MAX: in name only
  uint8_t *range;        ///< as registered
  uint64_t range_bytes;
  struct gf_shared_pages *pages; ///< NULL: in name only
  uint32_t flags;                ///< the caller's, for later questions
  uint64_t context;              ///< the context it was registered in
};

enum gf_alias_status {
  GF_ALIAS_OK,
  GF_ALIAS_OVERLAPS,    ///< part of it is registered already
  GF_ALIAS_IN_ONE_PAGE, ///< a page of it is registered for another range: it can be so in name
  GF_ALIAS_NO_MEMORY,   ///< the heap is full
  GF_ALIAS_BAD_RANGE,   ///< not memory, or the heap itself
};

/// Shares the range's pages, unless `in_name_only`.
enum gf_alias_status gf_alias_add(void *range, uint64_t range_bytes, int in_name_only,
                                  struct gf_alias *alias);

/// Notes flags and context of the registered range that begins at `range`.
void gf_alias_describe(void *range, uint32_t flags, uint64_t context);

/// Puts private pages with the present bytes back and frees the heap's. Non-zero if `range` is the
/// start of a registered range.
int gf_alias_remove(void *range);

/// The registered range that holds `pointer`. Non-zero if there is one.
int gf_alias_find(const void *pointer, struct gf_alias *alias);

/// Heap offset of a range that lies in one registered range; UINT64_MAX for others.
uint64_t gf_alias_range_offset(const void *pointer, uint64_t size_bytes);

/// Whether [pointer, pointer + size_bytes) begins in a registered range, and whether it ends in it.
enum gf_alias_fit { GF_ALIAS_NONE, GF_ALIAS_FITS, GF_ALIAS_OVERRUN };
enum gf_alias_fit gf_alias_fit(const void *pointer, uint64_t size_bytes);

/// The application's address of registered memory that lies at this offset of the heap; NULL where
/// none does.
void *gf_alias_at(uint64_t offset_bytes);
