// Module images as cudart and applications hand them to cuModuleLoadData and cuLibraryLoadData.
//
//   wrapper (.nvFatBinSegment)          fatbin (.nv_fatbin)
//   ┌──────────────────────────┐        ┌────────┬───────────────┬─────────┬───────────────┬───
//   │ magic, version           │   ┌───►│ header │ entry header  │ payload │ entry header  │ …
//   │ data ────────────────────┼───┘    └────────┴───────────────┴─────────┴───────────────┴───
//   │ fatbins (version 2) ─────┼──► null-terminated array of further fatbins
//   └──────────────────────────┘
//
// A wrapper of version 2 is what `nvcc -rdc=true` makes: `data` holds the linked cubin, perhaps
// nothing, and each of `fatbins` one object file's code, whose PTX is to be linked by symbol.
//
// A wrapper is pointers, so a guest ships a *flat image* instead: the single fatbin of a wrapper of
// version 1, the ELF file or the PTX text as they are, and for a wrapper of version 2 a container:
//
//   struct gf_container │ u64 bytes[count] │ fatbin 0 │ fatbin 1 │ …      all 8-aligned
//
// Fatbin 0 is the wrapper's `data` (0 bytes where it was null), the others are its `fatbins`; so
// the host can rebuild the wrapper by pointing into its copy.
//
// Two kinds of reader: gf_image_flat_bytes and gf_image_flatten trust the image, since it lies in
// the address space of the caller, whose own code it is. All that take a length do not: every
// offset is checked against it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GF_WRAPPER_MAGIC 0x466243B1u
#define GF_FATBIN_MAGIC 0xBA55ED50u
#define GF_CONTAINER_MAGIC 0x4D466647u // "GfFM"

/// Most fatbins in one container: one per object file of a program.
#define GF_CONTAINER_MAX 65536u
/// Most bytes that one compressed entry may claim to hold.
#define GF_INFLATED_MAX_BYTES (1ull << 30)

struct gf_fatbin_wrapper {
  uint32_t magic;
  uint32_t version; ///< 1: `fatbins` is a file name and of no use. 2: as above.
  const void *data;
  const void *const *fatbins;
};

struct gf_fatbin_header {
  uint32_t magic;
  uint16_t version;
  uint16_t header_bytes;
  uint64_t bytes; ///< of the entries that follow the header
};

struct gf_container {
  uint32_t magic;
  uint32_t count;
};

enum { GF_ENTRY_PTX = 1, GF_ENTRY_ELF = 2 };

enum {
  GF_ENTRY_64BIT = 1,
  GF_ENTRY_DEBUG = 2,
  GF_ENTRY_LINUX = 0x10,
  GF_ENTRY_LZ4 = 0x2000,
  GF_ENTRY_ZSTD = 0x8000,
  GF_ENTRY_ARCH_SPECIFIC = 0x100000, ///< compute_90a: runs on that very capability
  GF_ENTRY_FAMILY_SPECIFIC =
      0x200000, ///< compute_100f: runs on that major's capabilities from it on
};

/// The fixed part of an entry's header, which may be longer.
struct gf_entry_header {
  uint16_t kind; ///< GF_ENTRY_PTX, GF_ENTRY_ELF; others occur and are to be skipped
  uint16_t version;
  uint32_t header_bytes;
  uint64_t payload_bytes;    ///< padded; the next entry follows it
  uint32_t compressed_bytes; ///< of the payload, where it is compressed
  uint32_t options_offset;   ///< of a gf_entry_options, from the header's start
  uint32_t unknown24;
  uint32_t sm; ///< 75, 90, 120
  uint32_t name_offset, name_bytes;
  uint64_t flags; ///< GF_ENTRY_*
  uint64_t unknown48;
  uint64_t inflated_bytes; ///< 0 where it is not compressed
};

/// Where in an entry's header the compiler's options are, as "-maxrregcount=32 -lineinfo".
struct gf_entry_options {
  uint32_t offset; ///< from the header's start
  uint32_t bytes;
};

#ifdef __cplusplus
static_assert(sizeof(gf_entry_header) == 64 && sizeof(gf_fatbin_header) == 16);
#else
_Static_assert(sizeof(struct gf_entry_header) == 64, "as in the file");
_Static_assert(sizeof(struct gf_fatbin_header) == 16, "as in the file");
#endif

enum gf_image_kind {
  GF_IMAGE_PTX, ///< text, where no magic matches
  GF_IMAGE_ELF,
  GF_IMAGE_FATBIN,
  GF_IMAGE_WRAPPER,
  GF_IMAGE_CONTAINER,
};

/// What `image` is, by its first four bytes; `bytes` is how many there are (≥ 4 is not required).
enum gf_image_kind gf_image_kind(const void *image, size_t bytes);

/// Bytes of the flat image of `image`: the terminating NUL of PTX text counts. 0: not an image.
size_t gf_image_flat_bytes(const void *image);

/// Writes the flat image. `out_bytes` is what gf_image_flat_bytes gave for the same image.
void gf_image_flatten(const void *image, void *out, size_t out_bytes);

/// Part `index` of a container of `bytes` bytes: 1 and where it is (`*part_bytes` may be 0), 0 past
/// the last, -1 where the container is malformed.
int gf_container_part(const void *container, size_t bytes, uint32_t index, const void **part,
                      size_t *part_bytes);

struct gf_fatbin_entry {
  struct gf_entry_header header;
  const uint8_t *payload; ///< header.payload_bytes of them, inside the fatbin
};

/// The entry at `*cursor` (0 at first) of a fatbin of at most `bytes` bytes: 1 and moves the
/// cursor, 0 after the last one, -1 where the fatbin is malformed.
int gf_fatbin_next(const void *fatbin, size_t bytes, size_t *cursor, struct gf_fatbin_entry *entry);

/// Can the PTX of this entry be compiled for compute capability `sm` (89 for 8.9)?
int gf_entry_ptx_suits(const struct gf_entry_header *header, unsigned sm);

/// The best PTX entry for `sm`: the highest that suits. 1 and the entry, 0 where there is none, -1
/// where the fatbin is malformed.
int gf_fatbin_best_ptx(const void *fatbin, size_t bytes, unsigned sm,
                       struct gf_fatbin_entry *entry);

/// The N of -maxrregcount=N, with which the entry's PTX is to be compiled; 0 where there is none.
unsigned gf_entry_max_registers(const struct gf_fatbin_entry *entry);

/// Bytes that gf_entry_inflate needs: those of the payload itself where it is not compressed. 0:
/// the entry claims more than GF_INFLATED_MAX_BYTES.
size_t gf_entry_inflated_bytes(const struct gf_entry_header *header);

/// Copies or decompresses the payload into `out`, which has gf_entry_inflated_bytes bytes. 0 on
/// success, -1 where the payload is corrupt. In the library gf_cudart_inflate, which brings zstd
/// and LZ4.
int gf_entry_inflate(const struct gf_fatbin_entry *entry, void *out, size_t out_bytes);

#ifdef __cplusplus
}
#endif
