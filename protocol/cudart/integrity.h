// The integrity question that cudart puts to a libcuda.so.1 (export table GF_TABLE_INTEGRITY, slot
// 1).
//
// cudart asks three times, for its own version + 0, + 1 and + 2, and compares the answer with what
// it computes itself. The first two answers are constants. The third is a keyed hash over facts
// that both sides see: process, thread, addresses of two export tables, the second it was asked in,
// and every device. So whoever answers must run in the asking process, and the device attributes
// PCI_BUS_ID (33), PCI_DEVICE_ID (34) and PCI_DOMAIN_ID (50) and the UUIDs must be those hashed
// here.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What is hashed first: 48 bytes, little-endian.
struct gf_integrity_record {
  uint32_t driver_version; ///< what cuDriverGetVersion gives, e.g. 13000
  uint32_t version;        ///< the slot's first argument
  uint32_t pid;
  uint32_t thread_low;             ///< low half of pthread_self()
  uint64_t cudart_interface_table; ///< address that cuGetExportTable gave out
  uint64_t integrity_table;        ///< address that cuGetExportTable gave out
  uint64_t integrity_function;     ///< slot 1 of the integrity table
  uint64_t seconds;                ///< the slot's second argument: Unix time
};

/// What is hashed for each device, in order of ordinals: 28 bytes.
struct gf_integrity_device {
  uint8_t uuid[16];
  uint32_t pci_domain, pci_bus, pci_device;
};

#ifdef __cplusplus
static_assert(sizeof(gf_integrity_record) == 48 && sizeof(gf_integrity_device) == 28);
#else
_Static_assert(sizeof(struct gf_integrity_record) == 48, "hashed as 48 bytes");
_Static_assert(sizeof(struct gf_integrity_device) == 28, "hashed as 28 bytes");
#endif

/// The 16 bytes that cudart expects for `record->version`, whose last decimal digit says which of
/// the three questions it is.
void gf_integrity_answer(const struct gf_integrity_record *record,
                         const struct gf_integrity_device *devices, size_t device_count,
                         uint64_t answer[2]);

#ifdef __cplusplus
}
#endif
