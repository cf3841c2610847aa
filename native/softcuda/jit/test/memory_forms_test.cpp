// Loads, stores and moves in every space, width and order, against the bytes that lie there; and what tells spaces apart.
#include "ptx_harness.h"

#include <array>
#include <cstring>

namespace softcuda::jit::test {
namespace {

constexpr uint32_t kSourceBytes = 64;
constexpr uint32_t kCellBytes = 32;

uint8_t source_byte(uint32_t index) { return static_cast<uint8_t>(index * 89 + 0x93); }

struct Bytes {
  uint8_t of[kSourceBytes];
  Bytes() {
    for (uint32_t i = 0; i < kSourceBytes; ++i)
      of[i] = source_byte(i);
  }
};

/// The value of `bytes` bytes, the lowest first, extended to `register_bits` by its sign where it has one.
uint64_t value_at(uint32_t offset, uint32_t bytes, bool is_signed, uint32_t register_bits) {
  uint64_t value = 0;
  for (uint32_t i = 0; i < bytes; ++i)
    value |= uint64_t{source_byte(offset + i)} << (8 * i);
  if (is_signed && (value >> (8 * bytes - 1) & 1) && bytes < 8)
    value |= ~uint64_t{0} << (8 * bytes);
  return register_bits == 64 ? value : value & ((1ull << register_bits) - 1);
}

struct ElementType {
  std::string name;
  uint32_t bytes() const { return static_cast<uint32_t>(std::stoi(name.substr(1))) / 8; }
  bool is_signed() const { return name[0] == 's'; }
  bool is_float() const { return name[0] == 'f'; }
  bool is_telling() const {
    return name == "u8" || name == "s16" || name == "f32" || name == "b64";
  }
  /// Registers that may hold one: as wide, or wider.
  std::vector<uint32_t> register_bits() const {
    std::vector<uint32_t> widths;
    for (uint32_t bits : {16u, 32u, 64u})
      if (bits >= 8 * bytes() && (!is_float() || bits == 8 * bytes()))
        widths.push_back(bits);
    return widths;
  }
};

std::vector<ElementType> element_types() {
  std::vector<ElementType> types;
  for (const char *name : {"b8", "u8", "s8", "b16", "u16", "s16", "b32", "u32", "s32", "f32", "b64",
                           "u64", "s64", "f64"})
    types.push_back({name});
  return types;
}

/// How an access may be qualified; `address` is what stands before the offset.
struct Place {
  std::string suffix, address;
  bool is_volatile_shared = false; // which makes lanes take turns
  /// Cache operators and scopes, which change nothing: a few types will do.
  bool is_hint() const {
    for (const char *scope : {".cta", ".cluster", ".sys"})
      if (suffix.find(scope) != std::string::npos)
        return true;
    return suffix.find(".L") != std::string::npos || suffix.find(".c", 1) == suffix.size() - 3 ||
           suffix.ends_with(".lu") || suffix.ends_with(".wb") || suffix.ends_with(".wt");
  }
  bool is_plain() const { return suffix.find('.', 1) == std::string::npos; }
};

std::vector<Place> places_for(bool loads) {
  std::vector<Place> places;
  auto add = [&](const std::string &suffix, const std::string &address) {
    places.push_back({suffix, address,
                      suffix.find("volatile") != std::string::npos &&
                          suffix.find("shared") != std::string::npos});
  };
  const std::string global = loads ? "%in" : "%cell";
  struct Target {
    std::string space, address;
  };
  for (const Target &target :
       {Target{".global", global}, Target{"", global}, Target{".shared", "%s"},
        Target{".shared::cta", "%s"}, Target{".shared::cluster", "%s"}, Target{"", "%gs"},
        Target{".local", "%l"}, Target{"", "%gl"}}) {
    const bool is_local = target.space == ".local" || target.address == "%gl";
    add(target.space, target.address);
    add(".weak" + target.space, target.address);
    add(".volatile" + target.space, target.address);
    for (const char *scope : {".cta", ".cluster", ".gpu", ".sys"})
      for (const char *order : {".relaxed", loads ? ".acquire" : ".release"})
        if (!is_local)
          add(order + std::string(scope) + target.space, target.address);
    if (target.address == global)
      add(".mmio.relaxed.sys" + target.space, target.address);
    using Names = std::vector<std::string>;
    for (const std::string &cache :
         loads ? Names{".ca", ".cg", ".cs", ".lu", ".cv"} : Names{".wb", ".cg", ".cs", ".wt"})
      add(target.space + cache, target.address);
    for (const char *hint : {".L1::evict_normal", ".L1::evict_unchanged", ".L1::evict_first",
                             ".L1::evict_last", ".L1::no_allocate"})
      if (target.space == ".global")
        add(target.space + hint, target.address);
  }
  if (!loads)
    return places;
  for (const char *suffix :
       {".global.nc", ".global.ca.nc", ".global.cg.nc", ".global.cs.nc", ".global.L2::64B",
        ".global.L2::128B", ".global.L2::256B", ".global.nc.L1::no_allocate.L2::128B"})
    add(suffix, "%in");
  add(".const", "c");
  add("", "%gc");
  add(".param", "p");
  add(".param::entry", "p");
  return places;
}

std::string kernel(const std::string &body, bool regions) {
  std::string initial;
  for (uint32_t i = 0; i < kSourceBytes; ++i)
    initial += (i ? ", " : "") + std::to_string(source_byte(i));
  return module_header() + ".const .align 32 .b8 c[64] = {" + initial +
         "};\n"
         ".visible .entry k(.param .align 16 .b8 p[64], .param .u64 in, .param .u64 out)\n{\n"
         "  .shared .align 32 .b8 s[64]; .local .align 32 .b8 l[64];\n"
         "  .reg .b64 %in, %out, %cell, %gs, %gl, %gc, %l, %v<8>; .reg .b32 %s; .reg .b128 %q;\n"
         "  ld.param.u64 %in, [in]; ld.param.u64 %out, [out]; mov.u32 %s, s; mov.u64 %l, l;\n"
         "  cvt.u64.u32 %gs, %s; cvta.shared.u64 %gs, %gs; cvta.local.u64 %gl, %l; mov.u64 %gc, c; "
         "cvta.const.u64 %gc, %gc;\n" +
         (regions ? "  bar.sync 0;\n" : "") + body + "  ret;\n}\n";
}

/// Runs one thread and compares the cells of `wanted`.size() / kCellBytes cases.
void check(const std::string &body, bool regions, const std::vector<uint8_t> &wanted,
           const std::vector<std::string> &names) {
  Ptx ptx(kernel(body, regions));
  ASSERT_TRUE(ptx.status) << ptx.status.log;
  alignas(32) static const Bytes source;
  std::vector<uint64_t> memory(wanted.size() / 8 + 4, 0xeeeeeeeeeeeeeeee);
  auto *out =
      reinterpret_cast<uint8_t *>((reinterpret_cast<uint64_t>(memory.data()) + 31) & ~31ull);
  Status status = ptx.run("k", Dim3{1}, Dim3{1}, source, &source, out);
  ASSERT_TRUE(status) << status.cu_result << " " << status.log;
  for (size_t i = 0; i < names.size(); ++i)
    EXPECT_EQ(std::memcmp(out + i * kCellBytes, &wanted[i * kCellBytes], kCellBytes), 0)
        << names[i] << (regions ? " in regions" : " in a loop");
}

std::string registers(const std::string &prefix, uint32_t width, uint32_t first = 0) {
  std::string list;
  for (uint32_t i = 0; i < width; ++i)
    list += (i ? ", " : "") + prefix + std::to_string(first + i);
  return width == 1 ? list : "{" + list + "}";
}

std::string vector_suffix(uint32_t width) { return width == 1 ? "" : ".v" + std::to_string(width); }

bool fits(const Place &place, const ElementType &type, uint32_t width) {
  const bool is_global = place.suffix.find(".global") != std::string::npos;
  const uint32_t most = is_global && type.bytes() >= 4 ? 32 : 16; // 32 bytes at once: sm_100
  return type.bytes() * width <= most && (width < 8 || type.bytes() == 4);
}

TEST(MemoryForms, Loads) {
  std::string filled; // from %in, a byte at a time
  for (const char *to : {"shared", "local"})
    for (uint32_t i = 0; i < kSourceBytes; ++i)
      filled += std::string("  ld.global.u8 %v0, [%in+") + std::to_string(i) + "]; st." + to +
                ".u8 [" + to[0] + "+" + std::to_string(i) + "], %v0;\n";
  for (const Place &place : places_for(true))
    for (bool regions : {false, true}) {
      if (regions ? !place.is_plain() && !place.is_volatile_shared : place.is_volatile_shared)
        continue;
      std::string body = filled;
      std::vector<uint8_t> wanted;
      std::vector<std::string> names;
      for (const ElementType &type : element_types())
        for (uint32_t width : {1u, 2u, 4u, 8u})
          for (uint32_t bits : type.register_bits()) {
            if (!fits(place, type, width) || (place.is_hint() && !type.is_telling()) ||
                (width > 1 && bits > std::max(16u, 8 * type.bytes())))
              continue;
            const uint32_t size = type.bytes() * width;
            const auto offset = static_cast<uint32_t>(names.size() * size %
                                                      (kSourceBytes - size + 1) / size * size);
            const std::string code = "ld" + place.suffix + vector_suffix(width) + "." + type.name +
                                     " " + registers("r", width) + ", [" + place.address + "+" +
                                     std::to_string(offset) + "];";
            const std::string kind = type.is_float() ? ".f" : ".b";
            body += "  { .reg " + kind + std::to_string(bits) + " r<8>; .reg .b64 w; " + code;
            std::array<uint64_t, 4> cell{}; // a sum of the elements, each turned by its index
            body += " mov.b64 %v0, 0;";
            for (uint32_t i = 0; i < width; ++i) {
              const std::string r = "r" + std::to_string(i);
              body += bits == 64 ? " mov.b64 w, " + r + ";"
                      : type.is_float()
                          ? " { .reg .b32 t; mov.b32 t, " + r + "; cvt.u64.u32 w, t; }"
                          : " cvt.u64.u" + std::to_string(bits) + " w, " + r + ";";
              body += " mad.lo.u64 %v0, %v0, 1000003, w;";
              cell[0] = cell[0] * 1000003 +
                        value_at(offset + i * type.bytes(), type.bytes(), type.is_signed(), bits);
            }
            body +=
                " st.global.u64 [%out+" + std::to_string(names.size() * kCellBytes) + "], %v0; }\n";
            cell[1] = cell[2] = cell[3] = 0xeeeeeeeeeeeeeeee;
            const auto *bytes = reinterpret_cast<const uint8_t *>(cell.data());
            wanted.insert(wanted.end(), bytes, bytes + kCellBytes);
            names.push_back(code);
          }
      check(body, regions, wanted, names);
    }
}

TEST(MemoryForms, Stores) {
  for (const Place &place : places_for(false))
    for (bool regions : {false, true}) {
      if (regions ? !place.is_plain() && !place.is_volatile_shared : place.is_volatile_shared)
        continue;
      std::string body = "  ld.global.v4.u64 {%v0, %v1, %v2, %v3}, [%in]; ld.global.v4.u64 {%v4, "
                         "%v5, %v6, %v7}, [%in+32];\n";
      std::vector<uint8_t> wanted;
      std::vector<std::string> names;
      for (const ElementType &type : element_types())
        for (uint32_t width : {1u, 2u, 4u, 8u})
          for (uint32_t bits : type.register_bits()) {
            if (!fits(place, type, width) || (place.is_hint() && !type.is_telling()) ||
                (width > 1 && bits > std::max(16u, 8 * type.bytes())))
              continue;
            const std::string code = "st" + place.suffix + vector_suffix(width) + "." + type.name +
                                     " [" + place.address + "], " + registers("r", width) + ";";
            const std::string kind = type.is_float() ? ".f" : ".b";
            body += "  { .reg " + kind + std::to_string(bits) + " r<8>; add.u64 %cell, %out, " +
                    std::to_string(names.size() * kCellBytes) + ";";
            for (uint32_t i = 0; i < width; ++i) { // the element's bytes are the low ones of %v<i>
              const std::string r = "r" + std::to_string(i), v = "%v" + std::to_string(i);
              body += bits == 64 ? " mov.b64 " + r + ", " + v + ";"
                      : type.is_float()
                          ? " { .reg .b32 t; cvt.u32.u64 t, " + v + "; mov.b32 " + r + ", t; }"
                          : " cvt.u" + std::to_string(bits) + ".u64 " + r + ", " + v + ";";
            }
            const bool is_global = place.address == "%cell";
            const std::string space =
                place.address == "%s" || place.address == "%gs" ? "shared" : "local";
            const std::string base = space == "shared" ? "%s" : "%l";
            if (!is_global) // into a space that is full of 0xee, and from there to the cell
              for (const char *at : {"", "+8", "+16", "+24"})
                body += " st." + space + ".u64 [" + base + at + "], 0xeeeeeeeeeeeeeeee;";
            body += " " + code;
            if (!is_global)
              for (const char *at : {"", "+8", "+16", "+24"})
                body += " { .reg .b64 t; ld." + space + ".u64 t, [" + base + at +
                        "]; st.global.u64 [%cell" + at + "], t; }";
            body += " }\n";
            std::array<uint8_t, kCellBytes> cell;
            cell.fill(0xee);
            for (uint32_t i = 0; i < width; ++i)
              for (uint32_t byte = 0; byte < type.bytes(); ++byte)
                cell[i * type.bytes() + byte] = source_byte(8 * i + byte);
            wanted.insert(wanted.end(), cell.begin(), cell.end());
            names.push_back(code);
          }
      check(body, regions, wanted, names);
    }
}

TEST(MemoryForms, SixteenBytesAtOnceAndCachePolicies) {
  const std::string body =
      "  ld.relaxed.gpu.global.b128 %q, [%in+16]; mov.b128 {%v0, %v1}, %q;\n"
      "  st.global.v2.u64 [%out], {%v0, %v1}; mov.b128 %q, {%v1, %v0}; st.release.sys.global.b128 "
      "[%out+32], %q;\n"
      "  createpolicy.fractional.L2::evict_last.b64 %v2, 1.0; ld.global.L2::cache_hint.v2.u64 "
      "{%v0, "
      "%v1}, [%in], %v2;\n"
      "  st.global.L2::cache_hint.v2.u64 [%out+64], {%v0, %v1}, %v2; ldu.global.v2.u64 {%v0, %v1}, "
      "[%in+32]; st.global.v2.u64 [%out+96], {%v0, %v1};\n";
  std::vector<uint8_t> wanted(4 * kCellBytes, 0xee);
  for (uint32_t i = 0; i < 16; ++i) {
    wanted[i] = source_byte(16 + i);
    wanted[32 + i] = source_byte(16 + (i + 8) % 16);
    wanted[64 + i] = source_byte(i);
    wanted[96 + i] = source_byte(32 + i);
  }
  for (bool regions : {false, true})
    check(body, regions, wanted, {"ld.b128", "st.b128", "cache_hint", "ldu"});
}

TEST(MemoryForms, MovesPackAndUnpack) {
  struct Move {
    const char *code; // of the eight bytes in %v0 makes %v1
    std::array<uint8_t, 8> bytes;
  };
  const Move moves[] = {
      {".reg .b32 a, b; mov.b64 {a, b}, %v0; mov.b64 %v1, {b, a};", {4, 5, 6, 7, 0, 1, 2, 3}},
      {".reg .b16 a, b, c, d; mov.b64 {a, b, c, d}, %v0; mov.b64 %v1, {d, b, c, a};",
       {6, 7, 2, 3, 4, 5, 0, 1}},
      {".reg .b32 t, u; .reg .b16 a, b; mov.b64 {t, u}, %v0; mov.b32 {a, b}, t; mov.b32 t, {b, a}; "
       "mov.b64 %v1, {t, u};",
       {2, 3, 0, 1, 4, 5, 6, 7}},
      {".reg .b32 t, u; .reg .b8 a, b, c, d; mov.b64 {t, u}, %v0; mov.b32 {a, b, c, d}, u; mov.b32 "
       "t, "
       "{d, c, b, a}; mov.b64 %v1, {u, t};",
       {4, 5, 6, 7, 7, 6, 5, 4}},
      {".reg .b16 s, u, v, w; .reg .b8 a, b; mov.b64 {s, u, v, w}, %v0; mov.b16 {a, b}, s; mov.b16 "
       "s, "
       "{b, a}; mov.b64 %v1, {s, u, v, w};",
       {1, 0, 2, 3, 4, 5, 6, 7}},
      {".reg .b32 a; mov.b64 {_, a}, %v0; mov.b64 %v1, {a, a};", {4, 5, 6, 7, 4, 5, 6, 7}},
  };
  std::string body = "  ld.global.u64 %v0, [%in];\n";
  std::vector<uint8_t> wanted;
  std::vector<std::string> names;
  for (const Move &move : moves) {
    body += std::string("  { ") + move.code + " st.global.u64 [%out+" +
            std::to_string(names.size() * kCellBytes) + "], %v1; }\n";
    std::array<uint8_t, kCellBytes> cell;
    cell.fill(0xee);
    for (uint32_t i = 0; i < 8; ++i)
      cell[i] = source_byte(move.bytes[i]);
    wanted.insert(wanted.end(), cell.begin(), cell.end());
    names.push_back(move.code);
  }
  check(body, false, wanted, names);
}

TEST(MemoryForms, SpacesAreToldApart) {
  // Generic addresses of the five spaces, asked for each space; and whether converting there and back keeps them.
  const char *kAddresses[] = {"%in", "%gs", "%gl", "%gc", "%gp"};
  const char *kSpaces[] = {"global", "shared", "local", "const", "param::entry"};
  std::string body =
      "  .reg .b64 %gp, t; .reg .pred is; mov.u64 %gp, p; cvta.param.u64 %gp, %gp;\n";
  std::vector<uint8_t> wanted;
  std::vector<std::string> names;
  auto expect = [&](const std::string &name, uint8_t value) {
    body += "  selp.u64 t, 1, 0, is; st.global.u64 [%out+" +
            std::to_string(names.size() * kCellBytes) + "], t;\n";
    std::array<uint8_t, kCellBytes> cell;
    cell.fill(0xee);
    std::fill_n(cell.begin(), 8, uint8_t{0});
    cell[0] = value;
    wanted.insert(wanted.end(), cell.begin(), cell.end());
    names.push_back(name);
  };
  for (size_t space = 0; space < std::size(kSpaces); ++space)
    for (size_t address = 0; address < std::size(kAddresses); ++address)
      for (const char *offset : {"0", "60"}) {
        const std::string name = std::string("isspacep.") + kSpaces[space];
        body += std::string("  add.u64 t, ") + kAddresses[address] + ", " + offset + "; " + name +
                " is, t;\n";
        // constants and parameters lie in memory that is global, too, for whoever looks through a generic address
        const bool also_global = space == 0 && address >= 3;
        if (!also_global)
          expect(name + " " + kAddresses[address], space == address);
      }
  for (const char *name : {"isspacep.shared::cta", "isspacep.shared::cluster"})
    for (size_t address = 0; address < std::size(kAddresses); ++address) {
      body += std::string("  ") + name + " is, " + kAddresses[address] + ";\n";
      expect(std::string(name) + " " + kAddresses[address], address == 1);
    }
  for (size_t space = 0; space < 4; ++space) {
    const std::string name = kSpaces[space];
    body += "  cvta.to." + name + ".u64 t, " + kAddresses[space] + "; cvta." + name +
            ".u64 t, t; setp.eq.u64 is, t, " + kAddresses[space] + ";\n";
    expect("cvta." + name, 1);
  }
  for (bool regions : {false, true})
    check(body, regions, wanted, names);
}

} // namespace
} // namespace softcuda::jit::test
