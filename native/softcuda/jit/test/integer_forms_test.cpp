// Integer arithmetic in all widths, against arithmetic in 128 bits.
#include "ptx_harness.h"

#include <algorithm>

namespace softcuda::jit::test {
namespace {

using Wide = __int128;

struct IntegerType {
  const char *name;
  unsigned bits;
  bool sign;
  Wide value(uint64_t raw) const {
    uint64_t masked = bits == 64 ? raw : raw & ((1ull << bits) - 1);
    if (sign && bits < 64)
      return static_cast<int64_t>(masked << (64 - bits)) >> (64 - bits);
    return sign ? Wide{static_cast<int64_t>(masked)} : Wide{masked};
  }
  Wide lowest() const { return sign ? -(Wide{1} << (bits - 1)) : 0; }
  Wide highest() const { return sign ? (Wide{1} << (bits - 1)) - 1 : (Wide{1} << bits) - 1; }
};

const IntegerType kTypes[] = {{"u16", 16, false}, {"s16", 16, true},  {"u32", 32, false},
                              {"s32", 32, true},  {"u64", 64, false}, {"s64", 64, true}};

using Reference = std::function<Wide(const IntegerType &, Wide a, Wide b, Wide c)>;

Form form(const IntegerType &type, const std::string &opcode, int operands, Reference reference) {
  const char *lists[] = {"", " d, a;", " d, a, b;", " d, a, b, c;"};
  return {opcode + "." + type.name + lists[operands],
          type.name,
          type.name,
          operands > 1 ? type.name : "",
          operands > 2 ? type.name : "",
          [=](uint64_t a, uint64_t b, uint64_t c) {
            return static_cast<uint64_t>(
                reference(type, type.value(a), type.value(b), type.value(c)));
          }};
}

// 64-bit products of mul.hi need more than 128 bits only for unsigned; shifting halves keeps them exact.
Wide high_product(const IntegerType &t, Wide a, Wide b) {
  if (t.bits < 64 || t.sign)
    return (a * b) >> t.bits;
  unsigned __int128 product = static_cast<unsigned __int128>(a) * static_cast<unsigned __int128>(b);
  return static_cast<Wide>(product >> 64);
}

TEST(PtxForms, IntegerArithmetic) {
  std::vector<Form> forms;
  for (const IntegerType &t : kTypes) {
    forms.push_back(form(t, "add", 2, [](auto &, Wide a, Wide b, Wide) { return a + b; }));
    forms.push_back(form(t, "sub", 2, [](auto &, Wide a, Wide b, Wide) { return a - b; }));
    forms.push_back(form(t, "mul.lo", 2, [](auto &, Wide a, Wide b, Wide) {
      return static_cast<Wide>(static_cast<unsigned __int128>(a) *
                               static_cast<unsigned __int128>(b));
    }));
    forms.push_back(form(
        t, "mul.hi", 2, [](auto &type, Wide a, Wide b, Wide) { return high_product(type, a, b); }));
    forms.push_back(form(t, "mad.lo", 3, [](auto &, Wide a, Wide b, Wide c) {
      return static_cast<Wide>(static_cast<unsigned __int128>(a) *
                               static_cast<unsigned __int128>(b)) +
             c;
    }));
    forms.push_back(form(t, "mad.hi", 3, [](auto &type, Wide a, Wide b, Wide c) {
      return high_product(type, a, b) + c;
    }));
    forms.push_back(
        form(t, "div", 2, [](auto &, Wide a, Wide b, Wide) { return b == 0 ? Wide{-1} : a / b; }));
    forms.push_back(
        form(t, "rem", 2, [](auto &, Wide a, Wide b, Wide) { return b == 0 ? a : a % b; }));
    forms.push_back(form(t, "min", 2, [](auto &, Wide a, Wide b, Wide) { return std::min(a, b); }));
    forms.push_back(form(t, "max", 2, [](auto &, Wide a, Wide b, Wide) { return std::max(a, b); }));
    forms.push_back(form(
        t, "sad", 3, [](auto &, Wide a, Wide b, Wide c) { return c + (a > b ? a - b : b - a); }));
    if (t.sign) {
      forms.push_back(form(t, "neg", 1, [](auto &, Wide a, Wide, Wide) { return -a; }));
      forms.push_back(form(t, "abs", 1, [](auto &, Wide a, Wide, Wide) { return a < 0 ? -a : a; }));
    }
  }
  check_forms(forms);
}

TEST(PtxForms, WideProducts) {
  std::vector<Form> forms;
  const char *wider[] = {"u32", "s32", "u64", "s64"};
  for (int i = 0; i < 4; ++i) {
    const IntegerType t = kTypes[i];
    std::string to = wider[i];
    forms.push_back({std::string("mul.wide.") + t.name + " d, a, b;", to, t.name, t.name, "",
                     [=](uint64_t a, uint64_t b, uint64_t) {
                       return static_cast<uint64_t>(t.value(a) * t.value(b));
                     }});
    forms.push_back({std::string("mad.wide.") + t.name + " d, a, b, c;", to, t.name, t.name, to,
                     [=](uint64_t a, uint64_t b, uint64_t c) {
                       return static_cast<uint64_t>(t.value(a) * t.value(b)) + c;
                     }});
  }
  const IntegerType s32 = kTypes[3];
  forms.push_back(
      {"add.sat.s32 d, a, b;", "b32", "b32", "b32", "", [=](uint64_t a, uint64_t b, uint64_t) {
         return static_cast<uint64_t>(
             std::clamp(s32.value(a) + s32.value(b), s32.lowest(), s32.highest()));
       }});
  forms.push_back(
      {"sub.sat.s32 d, a, b;", "b32", "b32", "b32", "", [=](uint64_t a, uint64_t b, uint64_t) {
         return static_cast<uint64_t>(
             std::clamp(s32.value(a) - s32.value(b), s32.lowest(), s32.highest()));
       }});
  for (bool sign : {false, true}) {
    const IntegerType low24{"", 24, sign};
    std::string suffix = sign ? ".s32" : ".u32";
    forms.push_back({"mul24.lo" + suffix + " d, a, b;", "b32", "b32", "b32", "",
                     [=](uint64_t a, uint64_t b, uint64_t) {
                       return static_cast<uint64_t>(low24.value(a) * low24.value(b));
                     }});
    forms.push_back({"mul24.hi" + suffix + " d, a, b;", "b32", "b32", "b32", "",
                     [=](uint64_t a, uint64_t b, uint64_t) {
                       return static_cast<uint64_t>((low24.value(a) * low24.value(b)) >> 16);
                     }});
    forms.push_back({"mad24.lo" + suffix + " d, a, b, c;", "b32", "b32", "b32", "b32",
                     [=](uint64_t a, uint64_t b, uint64_t c) {
                       return static_cast<uint64_t>(low24.value(a) * low24.value(b)) + c;
                     }});
  }
  check_forms(forms);
}

TEST(PtxForms, CarryChains) {
  std::vector<Form> forms;
  auto add128 = [](uint64_t a, uint64_t b, uint64_t c) {
    unsigned __int128 x = static_cast<unsigned __int128>(c) << 64 | a,
                      y = static_cast<unsigned __int128>(a) << 64 | b;
    return static_cast<uint64_t>((x + y) >> 64);
  };
  auto sub128 = [](uint64_t a, uint64_t b, uint64_t c) {
    unsigned __int128 x = static_cast<unsigned __int128>(c) << 64 | a,
                      y = static_cast<unsigned __int128>(a) << 64 | b;
    return static_cast<uint64_t>((x - y) >> 64);
  };
  // (c:a) ± (a:b), the upper half
  forms.push_back(
      {".reg .b64 l; add.cc.u64 l, a, b; addc.u64 d, c, a;", "b64", "b64", "b64", "b64", add128});
  forms.push_back(
      {".reg .b64 l; sub.cc.u64 l, a, b; subc.u64 d, c, a;", "b64", "b64", "b64", "b64", sub128});
  forms.push_back({".reg .b32 l; add.cc.u32 l, a, b; addc.cc.u32 d, c, c; addc.u32 d, a, 0;", "b32",
                   "b32", "b32", "b32", [](uint64_t a, uint64_t b, uint64_t c) {
                     uint64_t carry = (a + b) >> 32;
                     return a + ((c + c + carry) >> 32);
                   }});
  // a 32 × 32 product by hand, as libdevice multiplies for argument reduction
  forms.push_back({".reg .b32 l; mad.lo.cc.u32 l, a, b, c; madc.hi.u32 d, a, b, 7;", "b32", "b32",
                   "b32", "b32", [](uint64_t a, uint64_t b, uint64_t c) {
                     return ((a * b & 0xffffffff) + c + ((a * b >> 32) << 32) + (7ull << 32)) >> 32;
                   }});
  check_forms(forms);
}

TEST(PtxForms, DotProducts) {
  std::vector<Form> forms;
  auto part = [](uint64_t word, unsigned index, unsigned bits, bool sign) {
    return static_cast<int64_t>(IntegerType{"", bits, sign}.value(word >> (index * bits)));
  };
  for (bool a_sign : {false, true})
    for (bool b_sign : {false, true}) {
      std::string types = std::string(a_sign ? ".s32" : ".u32") + (b_sign ? ".s32" : ".u32");
      forms.push_back({"dp4a" + types + " d, a, b, c;", "b32", "b32", "b32", "b32",
                       [=](uint64_t a, uint64_t b, uint64_t c) {
                         int64_t sum = static_cast<int64_t>(c);
                         for (unsigned i = 0; i < 4; ++i)
                           sum += part(a, i, 8, a_sign) * part(b, i, 8, b_sign);
                         return static_cast<uint64_t>(sum);
                       }});
      for (unsigned half : {0u, 1u})
        forms.push_back({std::string("dp2a.") + (half ? "hi" : "lo") + types + " d, a, b, c;",
                         "b32", "b32", "b32", "b32", [=](uint64_t a, uint64_t b, uint64_t c) {
                           int64_t sum = static_cast<int64_t>(c);
                           for (unsigned i = 0; i < 2; ++i)
                             sum += part(a, i, 16, a_sign) * part(b, i + 2 * half, 8, b_sign);
                           return static_cast<uint64_t>(sum);
                         }});
    }
  check_forms(forms);
}

} // namespace
} // namespace softcuda::jit::test
