// Logic, shifts and bit fields, against loops over single bits.
#include "ptx_harness.h"

#include <algorithm>

namespace softcuda::jit::test {
namespace {

uint64_t mask_of(unsigned bits) { return bits == 64 ? ~0ull : (1ull << bits) - 1; }
bool bit(uint64_t value, unsigned index) { return value >> index & 1; }
int64_t sign_extend(uint64_t value, unsigned bits) {
  return static_cast<int64_t>(value << (64 - bits)) >> (64 - bits);
}

TEST(PtxForms, Logic) {
  std::vector<Form> forms;
  for (unsigned bits : {16u, 32u, 64u}) {
    std::string t = "b" + std::to_string(bits);
    auto two = [&](const char *name, std::function<uint64_t(uint64_t, uint64_t)> f) {
      forms.push_back({std::string(name) + "." + t + " d, a, b;", t, t, t, "",
                       [=](uint64_t a, uint64_t b, uint64_t) { return f(a, b); }});
    };
    two("and", [](uint64_t a, uint64_t b) { return a & b; });
    two("or", [](uint64_t a, uint64_t b) { return a | b; });
    two("xor", [](uint64_t a, uint64_t b) { return a ^ b; });
    forms.push_back(
        {"not." + t + " d, a;", t, t, "", "", [](uint64_t a, uint64_t, uint64_t) { return ~a; }});
    forms.push_back({"cnot." + t + " d, a;", t, t, "", "",
                     [](uint64_t a, uint64_t, uint64_t) { return a == 0; }});
    forms.push_back({"shl." + t + " d, a, b;", t, t, "b32", "",
                     [=](uint64_t a, uint64_t b, uint64_t) { return b >= bits ? 0 : a << b; }});
    forms.push_back({"shr.u" + t.substr(1) + " d, a, b;", t, t, "b32", "",
                     [=](uint64_t a, uint64_t b, uint64_t) { return b >= bits ? 0 : a >> b; }});
    forms.push_back({"shr.s" + t.substr(1) + " d, a, b;", t, t, "b32", "",
                     [=](uint64_t a, uint64_t b, uint64_t) {
                       return static_cast<uint64_t>(sign_extend(a, bits) >>
                                                    std::min<uint64_t>(b, bits - 1));
                     }});
  }
  forms.push_back({"xor.pred d, a, b;", "pred", "pred", "pred", "",
                   [](uint64_t a, uint64_t b, uint64_t) { return a ^ b; }});
  forms.push_back({"not.pred d, a;", "pred", "pred", "", "",
                   [](uint64_t a, uint64_t, uint64_t) { return a ^ 1; }});
  for (int table : {0x00, 0x80, 0xe8, 0x96, 0x1b, 0xfe, 0xff})
    forms.push_back(
        {"lop3.b32 d, a, b, c, " + std::to_string(table) + ";", "b32", "b32", "b32", "b32",
         [=](uint64_t a, uint64_t b, uint64_t c) {
           uint64_t r = 0;
           for (unsigned i = 0; i < 32; ++i)
             r |= static_cast<uint64_t>(table >> (bit(a, i) * 4 + bit(b, i) * 2 + bit(c, i)) & 1)
                  << i;
           return r;
         }});
  check_forms(forms);
}

TEST(PtxForms, Counting) {
  std::vector<Form> forms;
  for (unsigned bits : {32u, 64u}) {
    std::string t = "b" + std::to_string(bits), n = std::to_string(bits);
    forms.push_back({"popc." + t + " d, a;", "b32", t, "", "", [=](uint64_t a, uint64_t, uint64_t) {
                       uint64_t count = 0;
                       for (unsigned i = 0; i < bits; ++i)
                         count += bit(a, i);
                       return count;
                     }});
    auto leading = [=](uint64_t a) {
      unsigned count = 0;
      while (count < bits && !bit(a, bits - 1 - count))
        ++count;
      return count;
    };
    forms.push_back({"clz." + t + " d, a;", "b32", t, "", "",
                     [=](uint64_t a, uint64_t, uint64_t) { return leading(a); }});
    forms.push_back({"brev." + t + " d, a;", t, t, "", "", [=](uint64_t a, uint64_t, uint64_t) {
                       uint64_t r = 0;
                       for (unsigned i = 0; i < bits; ++i)
                         r |= static_cast<uint64_t>(bit(a, i)) << (bits - 1 - i);
                       return r;
                     }});
    for (bool sign : {false, true})
      for (bool shift : {false, true})
        forms.push_back({std::string("bfind") + (shift ? ".shiftamt" : "") + (sign ? ".s" : ".u") +
                             n + " d, a;",
                         "b32", t, "", "", [=](uint64_t a, uint64_t, uint64_t) {
                           if (sign && bit(a, bits - 1))
                             a = ~a & mask_of(bits);
                           unsigned zeros = leading(a);
                           if (zeros == bits)
                             return uint64_t{0xffffffff};
                           return uint64_t{shift ? zeros : bits - 1 - zeros};
                         }});
  }
  check_forms(forms);
}

TEST(PtxForms, BitFields) {
  std::vector<Form> forms;
  for (unsigned bits : {32u, 64u}) {
    std::string t = "b" + std::to_string(bits), n = std::to_string(bits);
    for (bool sign : {false, true})
      forms.push_back({std::string("bfe.") + (sign ? "s" : "u") + n + " d, a, b, c;", t, t, "b32",
                       "b32", [=](uint64_t a, uint64_t b, uint64_t c) { // the manual's loop
                         unsigned position = b & 0xff, length = c & 0xff;
                         bool fill =
                             sign && length && bit(a, std::min(position + length - 1, bits - 1));
                         uint64_t r = 0;
                         for (unsigned i = 0; i < bits; ++i)
                           r |= static_cast<uint64_t>(
                                    i < length && position + i < bits ? bit(a, position + i) : fill)
                                << i;
                         return r;
                       }});
    forms.push_back(
        {".reg .b32 p; .reg .b32 l; and.b32 p, c, 63; shr.u32 l, c, 8; and.b32 l, l, 63; bfi." + t +
             " d, a, b, p, l;",
         t, t, t, "b32", [=](uint64_t a, uint64_t b, uint64_t c) {
           unsigned position = c & 63, length = c >> 8 & 63;
           uint64_t r = b;
           for (unsigned i = 0; i < length && position + i < bits; ++i)
             r = (r & ~(1ull << (position + i))) | static_cast<uint64_t>(bit(a, i))
                                                       << (position + i);
           return r;
         }});
  }
  for (bool clamp : {false, true}) {
    const std::string mode = clamp ? ".clamp" : ".wrap";
    forms.push_back({"bmsk" + mode + ".b32 d, a, b;", "b32", "b32", "b32", "",
                     [=](uint64_t a, uint64_t b, uint64_t) {
                       const uint64_t first = clamp ? a : a & 31, length = clamp ? b : b & 31;
                       uint64_t r = 0;
                       for (uint64_t i = 0; i < 32; ++i)
                         r |= static_cast<uint64_t>(i >= first && i < first + length) << i;
                       return r;
                     }});
    for (bool sign : {false, true})
      forms.push_back({"szext" + mode + (sign ? ".s32" : ".u32") + " d, a, b;", "b32", "b32", "b32",
                       "", [=](uint64_t a, uint64_t b, uint64_t) {
                         const uint64_t length = clamp ? std::min<uint64_t>(b, 32) : b & 31;
                         uint64_t r = 0;
                         for (unsigned i = 0; i < 32 && length; ++i)
                           r |= static_cast<uint64_t>(
                                    i < length ? bit(a, i)
                                               : sign && bit(a, static_cast<unsigned>(length) - 1))
                                << i;
                         return r;
                       }});
  }
  forms.push_back(
      {".reg .b32 p; .reg .b32 n; and.b32 p, b, 31; shl.b32 n, c, 26; shr.s32 n, n, 26; "
       "fns.b32 d, a, p, n;",
       "b32", "b32", "b32", "b32", [](uint64_t a, uint64_t b, uint64_t c) {
         const auto base = static_cast<int>(b & 31);
         const auto offset = static_cast<int>(sign_extend(c & 63, 6));
         if (offset == 0)
           return bit(a, static_cast<unsigned>(base)) ? uint64_t(base) : 0xffffffff;
         int found = 0; // set bits from the base on, in the direction of the offset
         for (int i = base; i >= 0 && i < 32; i += offset > 0 ? 1 : -1)
           if (bit(a, static_cast<unsigned>(i)) && ++found == std::abs(offset))
             return uint64_t(i);
         return uint64_t{0xffffffff};
       }});
  check_forms(forms);
}

TEST(PtxForms, Permutes) {
  std::vector<Form> forms;
  forms.push_back(
      {"prmt.b32 d, a, b, c;", "b32", "b32", "b32", "b32", [](uint64_t a, uint64_t b, uint64_t c) {
         uint64_t bytes = b << 32 | a, r = 0;
         for (unsigned i = 0; i < 4; ++i) {
           uint64_t pick = c >> (4 * i) & 15, byte = bytes >> (8 * (pick & 7)) & 0xff;
           if (pick & 8)
             byte = byte & 0x80 ? 0xff : 0;
           r |= byte << (8 * i);
         }
         return r;
       }});
  struct Mode {
    const char *name;
    uint8_t picks[4][4]; // by selector, from the manual's table, lowest byte first
  };
  const Mode modes[] = {
      {"f4e", {{0, 1, 2, 3}, {1, 2, 3, 4}, {2, 3, 4, 5}, {3, 4, 5, 6}}},
      {"b4e", {{0, 7, 6, 5}, {1, 0, 7, 6}, {2, 1, 0, 7}, {3, 2, 1, 0}}},
      {"rc8", {{0, 0, 0, 0}, {1, 1, 1, 1}, {2, 2, 2, 2}, {3, 3, 3, 3}}},
      {"ecl", {{0, 1, 2, 3}, {1, 1, 2, 3}, {2, 2, 2, 3}, {3, 3, 3, 3}}},
      {"ecr", {{0, 0, 0, 0}, {0, 1, 1, 1}, {0, 1, 2, 2}, {0, 1, 2, 3}}},
      {"rc16", {{0, 1, 0, 1}, {2, 3, 2, 3}, {0, 1, 0, 1}, {2, 3, 2, 3}}},
  };
  for (const Mode &mode : modes)
    forms.push_back({std::string("prmt.b32.") + mode.name + " d, a, b, c;", "b32", "b32", "b32",
                     "b32", [=](uint64_t a, uint64_t b, uint64_t c) {
                       uint64_t bytes = b << 32 | a, r = 0;
                       for (unsigned i = 0; i < 4; ++i)
                         r |= (bytes >> (8 * mode.picks[c & 3][i]) & 0xff) << (8 * i);
                       return r;
                     }});
  for (bool left : {false, true})
    for (bool clamp : {false, true})
      forms.push_back({std::string("shf.") + (left ? "l" : "r") + (clamp ? ".clamp" : ".wrap") +
                           ".b32 d, a, b, c;",
                       "b32", "b32", "b32", "b32", [=](uint64_t a, uint64_t b, uint64_t c) {
                         uint64_t n = clamp ? std::min<uint64_t>(c, 32) : c & 31;
                         unsigned __int128 pair = b << 32 | a;
                         return static_cast<uint64_t>(left ? pair << n >> 32 : pair >> n);
                       }});
  check_forms(forms);
}

TEST(PtxForms, ScalarVideo) {
  auto low = [](uint64_t value) { return value & mask_of(32); };
  auto s32 = [](uint64_t value) { return sign_extend(value & mask_of(32), 32); };
  check_forms({
      {"vadd.u32.u32.u32 d, a.b1, b.h1;", "b32", "b32", "b32", "",
       [](uint64_t a, uint64_t b, uint64_t) { return (a >> 8 & 255) + (b >> 16 & 65535); }},
      {"vadd.s32.s32.s32.sat d, a, b;", "b32", "b32", "b32", "",
       [=](uint64_t a, uint64_t b, uint64_t) {
         return low(
             static_cast<uint64_t>(std::clamp<int64_t>(s32(a) + s32(b), INT32_MIN, INT32_MAX)));
       }},
      {"vsub.u32.u32.u32.sat.add d, a, b, c;", "b32", "b32", "b32", "b32",
       [=](uint64_t a, uint64_t b, uint64_t c) {
         return low((low(a) > low(b) ? low(a) - low(b) : 0) + c);
       }},
      {"vabsdiff.u32.s32.s32.max d, a.b3, b.b0, c;", "b32", "b32", "b32", "b32",
       [=](uint64_t a, uint64_t b, uint64_t c) {
         int64_t x = sign_extend(a >> 24 & 255, 8), y = sign_extend(b & 255, 8);
         return std::max<uint64_t>(static_cast<uint64_t>(x > y ? x - y : y - x), low(c));
       }},
      {"vmin.s32.s32.u32 d.b2, a, b, c;", "b32", "b32", "b32", "b32",
       [=](uint64_t a, uint64_t b, uint64_t c) {
         auto least =
             static_cast<uint64_t>(std::min<int64_t>(s32(a), static_cast<int64_t>(low(b))));
         return low((c & ~0xff0000ull) | (least & 255) << 16);
       }},
      {"vshl.u32.u32.u32.clamp d, a, b;", "b32", "b32", "b32", "",
       [=](uint64_t a, uint64_t b, uint64_t) { return low(b) >= 32 ? 0 : low(low(a) << low(b)); }},
      {"vshr.s32.s32.u32.wrap d, a, b;", "b32", "b32", "b32", "",
       [=](uint64_t a, uint64_t b, uint64_t) {
         return low(static_cast<uint64_t>(s32(a) >> (b & 31)));
       }},
      {"vset.s32.u32.lt d, a, b;", "b32", "b32", "b32", "",
       [=](uint64_t a, uint64_t b, uint64_t) -> uint64_t {
         return s32(a) < static_cast<int64_t>(low(b));
       }},
      {"vmad.s32.s32.s32.shr7 d, a.h0, b.h1, c;", "b32", "b32", "b32", "b32",
       [=](uint64_t a, uint64_t b, uint64_t c) {
         int64_t product = sign_extend(a & 65535, 16) * sign_extend(b >> 16 & 65535, 16);
         return low(static_cast<uint64_t>((product + s32(c)) >> 7));
       }},
  });
}

} // namespace
} // namespace softcuda::jit::test
