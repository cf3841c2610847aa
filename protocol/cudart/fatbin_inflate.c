// Decompression of fatbin entries, apart from fatbin.c since the guest's shim must not need it.
#include "fatbin.h"

#include <limits.h>
#include <lz4.h>
#include <string.h>
#include <zstd.h>

int gf_entry_inflate(const struct gf_fatbin_entry *entry, void *out, size_t out_bytes) {
  const struct gf_entry_header *header = &entry->header;
  if (!(header->flags & (GF_ENTRY_LZ4 | GF_ENTRY_ZSTD))) {
    if (header->payload_bytes > out_bytes)
      return -1;
    memcpy(out, entry->payload, (size_t)header->payload_bytes);
    return 0;
  }
  if (header->compressed_bytes > header->payload_bytes || header->inflated_bytes > out_bytes)
    return -1;
  if (header->flags & GF_ENTRY_ZSTD) {
    size_t written = ZSTD_decompress(out, out_bytes, entry->payload, header->compressed_bytes);
    return ZSTD_isError(written) || written != header->inflated_bytes ? -1 : 0;
  }
  if (header->compressed_bytes > INT_MAX || out_bytes > INT_MAX)
    return -1;
  int written = LZ4_decompress_safe((const char *)entry->payload, out,
                                    (int)header->compressed_bytes, (int)out_bytes);
  return written < 0 || (uint64_t)written != header->inflated_bytes ? -1 : 0;
}
