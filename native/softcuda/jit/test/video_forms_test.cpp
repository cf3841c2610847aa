// SIMD video instructions in every combination of types, and with masks and chosen lanes, against the manual's loops.
#include "ptx_harness.h"

#include <algorithm>

namespace softcuda::jit::test {
namespace {

struct Selection {
  std::string d, a, b; // suffixes, or none
};

int64_t element(uint64_t a, uint64_t b, unsigned index, unsigned width, bool is_signed) {
  const uint64_t bits = (b << 32 | a) >> (index * width) & ((1ull << width) - 1);
  const bool negative = is_signed && bits >> (width - 1);
  return static_cast<int64_t>(bits) - (negative ? int64_t{1} << width : 0);
}

int64_t combine(const std::string &name, const std::string &comparison, int64_t a, int64_t b) {
  if (name == "vadd")
    return a + b;
  if (name == "vsub")
    return a - b;
  if (name == "vavrg") // away from zero
    return (a + b >= 0 ? a + b + 1 : a + b) >> 1;
  if (name == "vabsdiff")
    return std::max(a, b) - std::min(a, b);
  if (name == "vmin")
    return std::min(a, b);
  if (name == "vmax")
    return std::max(a, b);
  return comparison == "eq"   ? a == b
         : comparison == "ne" ? a != b
         : comparison == "lt" ? a < b
         : comparison == "le" ? a <= b
         : comparison == "gt" ? a > b
                              : a >= b;
}

Form form(const std::string &name, unsigned lanes, bool d_signed, bool a_signed, bool b_signed,
          const std::string &how, const Selection &selection) {
  auto type = [](bool is_signed) { return is_signed ? ".s32" : ".u32"; };
  const bool is_set = name == "vset";
  const std::string comparison = is_set ? how.substr(1, 2) : "";
  const bool adds = how.ends_with(".add"), saturates = how == ".sat";
  const unsigned width = 32 / lanes;
  std::string code = name + std::to_string(lanes) + (is_set ? "" : type(d_signed)) +
                     type(a_signed) + type(b_signed) + how + " d" + selection.d + ", a" +
                     selection.a + ", b" + selection.b + ", c;";
  auto lanes_of = [lanes](const std::string &suffix, unsigned first) {
    std::vector<unsigned> list;
    for (unsigned lane = 0; lane < lanes; ++lane)
      list.push_back(suffix.empty()
                         ? first + lane
                         : static_cast<unsigned>(suffix[suffix.size() - 1 - lane] - '0'));
    return list;
  };
  const auto from_a = lanes_of(selection.a, 0), from_b = lanes_of(selection.b, lanes);
  return {code, "b32", "b32", "b32", "b32", [=](uint64_t a, uint64_t b, uint64_t c) {
            uint64_t sum = c, merged = 0;
            const uint64_t ones = (1ull << width) - 1;
            for (unsigned lane = 0; lane < lanes; ++lane) {
              const bool taken =
                  selection.d.empty() ||
                  selection.d.find(static_cast<char>('0' + lane), 2) != std::string::npos;
              int64_t t = combine(name, comparison, element(a, b, from_a[lane], width, a_signed),
                                  element(a, b, from_b[lane], width, b_signed));
              if (saturates && d_signed)
                t = std::clamp(t, -(int64_t{1} << (width - 1)), (int64_t{1} << (width - 1)) - 1);
              else if (saturates)
                t = std::clamp(t, int64_t{0}, static_cast<int64_t>(ones));
              if (taken)
                sum += static_cast<uint64_t>(t);
              const uint64_t kept = c >> (lane * width);
              merged |= ((taken ? static_cast<uint64_t>(t) : kept) & ones) << (lane * width);
            }
            return adds ? sum : merged;
          }};
}

TEST(VideoForms, EveryTypeAndMode) {
  for (const char *name : {"vadd", "vsub", "vavrg", "vabsdiff", "vmin", "vmax", "vset"}) {
    std::vector<Form> forms;
    const bool is_set = name == std::string("vset");
    std::vector<std::string> modes = {"", ".sat", ".add"};
    if (is_set)
      modes = {".eq", ".ne", ".lt", ".le", ".gt", ".ge", ".lt.add", ".ne.add"};
    for (unsigned lanes : {2u, 4u})
      for (unsigned types = 0; types < (is_set ? 4u : 8u); ++types)
        for (const std::string &mode : modes)
          forms.push_back(form(name, lanes, types & 4, types & 1, types & 2, mode, {}));
    check_forms(forms);
  }
}

TEST(VideoForms, MasksAndChosenLanes) {
  std::vector<Form> forms;
  for (const char *name : {"vadd", "vsub", "vavrg", "vabsdiff", "vmin", "vmax", "vset"}) {
    std::vector<std::string> modes = {"", ".sat", ".add"};
    if (name == std::string("vset"))
      modes = {".ge", ".ge.add"};
    for (const std::string &mode : modes) {
      for (const Selection &selection : {Selection{".h0", "", ""},
                                         {".h1", ".h31", ""},
                                         {".h10", ".h02", ".h20"},
                                         {"", ".h33", ".h01"}})
        forms.push_back(form(name, 2, true, true, false, mode, selection));
      for (const Selection &selection : {Selection{".b2", "", ""},
                                         {".b310", ".b7610", ".b3254"},
                                         {".b3210", ".b0000", ""},
                                         {"", ".b1357", ".b6420"},
                                         {".b20", "", ".b0123"}})
        forms.push_back(form(name, 4, false, false, true, mode, selection));
    }
  }
  check_forms(forms);
}

} // namespace
} // namespace softcuda::jit::test
