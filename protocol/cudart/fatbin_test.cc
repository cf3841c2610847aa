#include "cudart/fatbin.h"

#include <cstring>
#include <gtest/gtest.h>
#include <lz4.h>
#include <string>
#include <vector>
#include <zstd.h>

namespace {

using Bytes = std::vector<uint8_t>;

void append(Bytes &to, const void *from, size_t count) {
  auto *bytes = static_cast<const uint8_t *>(from);
  to.insert(to.end(), bytes, bytes + count);
}

Bytes compress(const std::string &text, uint64_t flags) {
  Bytes out(4096);
  if (flags & GF_ENTRY_ZSTD)
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  else if (flags & GF_ENTRY_LZ4)
    out.resize(LZ4_compress_default(text.data(), reinterpret_cast<char *>(out.data()),
                                    static_cast<int>(text.size()), static_cast<int>(out.size())));
  else
    out.assign(text.begin(), text.end());
  return out;
}

struct Entry {
  uint16_t kind;
  uint32_t sm;
  uint64_t flags;
  std::string text;
  std::string options = "";
};

Bytes fatbin(const std::vector<Entry> &entries) {
  Bytes body;
  for (const Entry &e : entries) {
    Bytes payload = compress(e.text, e.flags);
    gf_entry_header head{};
    head.kind = e.kind;
    head.version = 0x101;
    gf_entry_options options{sizeof head + sizeof options,
                             static_cast<uint32_t>((e.options.size() + 7) & ~size_t{7})};
    head.header_bytes = options.offset + options.bytes;
    head.options_offset = sizeof head;
    head.sm = e.sm;
    head.flags = e.flags;
    if (e.flags & (GF_ENTRY_LZ4 | GF_ENTRY_ZSTD)) {
      head.compressed_bytes = static_cast<uint32_t>(payload.size());
      head.inflated_bytes = e.text.size();
    }
    payload.resize((payload.size() + 7) & ~size_t{7});
    head.payload_bytes = payload.size();
    append(body, &head, sizeof head);
    append(body, &options, sizeof options);
    append(body, e.options.data(), e.options.size());
    body.resize(body.size() + options.bytes - e.options.size());
    append(body, payload.data(), payload.size());
  }
  gf_fatbin_header head{GF_FATBIN_MAGIC, 1, sizeof head, body.size()};
  Bytes out;
  append(out, &head, sizeof head);
  append(out, body.data(), body.size());
  return out;
}

std::string best(const Bytes &image, unsigned sm) {
  gf_fatbin_entry entry;
  int found = gf_fatbin_best_ptx(image.data(), image.size(), sm, &entry);
  if (found != 1)
    return found ? "malformed" : "none";
  gf_entry_max_registers(&entry); // reads no byte outside, either
  std::string text(gf_entry_inflated_bytes(&entry.header), '\0');
  return gf_entry_inflate(&entry, text.data(), text.size()) ? "corrupt" : text.c_str();
}

const std::string kPtx(500, 'p');

TEST(Fatbin, ChoosesTheHighestPtxThatSuits) {
  Bytes image = fatbin({{GF_ENTRY_ELF, 89, GF_ENTRY_64BIT, "sass"},
                        {GF_ENTRY_PTX, 75, GF_ENTRY_64BIT, "75"},
                        {GF_ENTRY_PTX, 86, GF_ENTRY_64BIT, "86"},
                        {GF_ENTRY_PTX, 90, GF_ENTRY_64BIT | GF_ENTRY_ARCH_SPECIFIC, "90a"},
                        {GF_ENTRY_PTX, 100, GF_ENTRY_64BIT | GF_ENTRY_FAMILY_SPECIFIC, "100f"}});
  EXPECT_EQ(best(image, 70), "none");
  EXPECT_EQ(best(image, 80), "75");
  EXPECT_EQ(best(image, 89), "86");
  EXPECT_EQ(best(image, 90), "90a");
  EXPECT_EQ(best(image, 91), "86");
  EXPECT_EQ(best(image, 103), "100f");
  EXPECT_EQ(best(image, 120), "86");
  EXPECT_EQ(best(fatbin({}), 89), "none");
}

TEST(Fatbin, InflatesBothCompressions) {
  for (uint64_t flag : {uint64_t{GF_ENTRY_ZSTD}, uint64_t{GF_ENTRY_LZ4}})
    EXPECT_EQ(best(fatbin({{GF_ENTRY_PTX, 75, flag, kPtx}}), 89), kPtx);
}

unsigned max_registers(const std::string &options) {
  const Bytes image = fatbin({{GF_ENTRY_PTX, 75, 0, kPtx, options}});
  gf_fatbin_entry entry;
  EXPECT_EQ(gf_fatbin_best_ptx(image.data(), image.size(), 89, &entry), 1);
  return gf_entry_max_registers(&entry);
}

TEST(Fatbin, FindsTheLimitOfRegisters) {
  EXPECT_EQ(max_registers(""), 0u);
  EXPECT_EQ(max_registers("-v -O1"), 0u);
  EXPECT_EQ(max_registers(" -maxrregcount=40 "), 40u);
  EXPECT_EQ(max_registers("-v -O1  -maxrregcount=128"), 128u);
  EXPECT_EQ(max_registers("-maxrregcount="), 0u);
}

// Whatever single byte is changed or however it is cut: an answer, and no byte read outside.
TEST(Fatbin, SurvivesDamage) {
  for (uint64_t flag : {uint64_t{0}, uint64_t{GF_ENTRY_ZSTD}, uint64_t{GF_ENTRY_LZ4}}) {
    const Bytes good = fatbin({{GF_ENTRY_PTX, 75, flag, kPtx}, {GF_ENTRY_PTX, 80, flag, "x"}});
    for (size_t at = 0; at < good.size(); at++) {
      for (int value : {0x00, 0x7f, 0xff}) {
        Bytes bad = good;
        bad[at] = static_cast<uint8_t>(value);
        best(bad, 89);
      }
      Bytes cut(good.begin(), good.begin() + at);
      EXPECT_EQ(best(cut, 89), "malformed");
    }
  }
}

TEST(Image, WrapperOfOneFatbinIsShippedAsThatFatbin) {
  Bytes inner = fatbin({{GF_ENTRY_PTX, 75, 0, "text"}});
  gf_fatbin_wrapper wrapper{GF_WRAPPER_MAGIC, 1, inner.data(), nullptr};
  ASSERT_EQ(gf_image_flat_bytes(&wrapper), inner.size());
  Bytes flat(inner.size());
  gf_image_flatten(&wrapper, flat.data(), flat.size());
  EXPECT_EQ(flat, inner);
}

TEST(Image, RelocatableWrapperBecomesAContainer) {
  Bytes a = fatbin({{GF_ENTRY_PTX, 75, 0, "a.ptx"}}), b = fatbin({});
  const void *list[] = {a.data(), b.data(), nullptr};
  gf_fatbin_wrapper wrapper{GF_WRAPPER_MAGIC, 2, nullptr, list};
  Bytes flat(gf_image_flat_bytes(&wrapper));
  gf_image_flatten(&wrapper, flat.data(), flat.size());
  EXPECT_EQ(gf_image_kind(flat.data(), flat.size()), GF_IMAGE_CONTAINER);
  EXPECT_EQ(gf_image_flat_bytes(flat.data()), flat.size());

  const void *part;
  size_t bytes;
  ASSERT_EQ(gf_container_part(flat.data(), flat.size(), 0, &part, &bytes), 1);
  EXPECT_EQ(bytes, 0u);
  ASSERT_EQ(gf_container_part(flat.data(), flat.size(), 1, &part, &bytes), 1);
  EXPECT_EQ(bytes, a.size());
  EXPECT_EQ(std::memcmp(part, a.data(), bytes), 0);
  ASSERT_EQ(gf_container_part(flat.data(), flat.size(), 2, &part, &bytes), 1);
  EXPECT_EQ(bytes, b.size());
  EXPECT_EQ(gf_container_part(flat.data(), flat.size(), 3, &part, &bytes), 0);
  for (size_t cut = 0; cut < flat.size(); cut++)
    EXPECT_EQ(gf_container_part(flat.data(), cut, 2, &part, &bytes), -1) << cut;
}

TEST(Image, PtxTextCountsItsNul) { EXPECT_EQ(gf_image_flat_bytes(".version 9.0"), 13u); }

} // namespace
