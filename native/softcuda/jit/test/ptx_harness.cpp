#include "ptx_harness.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <random>

namespace softcuda::jit::test {

uint64_t HostMemory::allocate(uint64_t bytes, uint64_t align, bool) {
  void *memory = std::aligned_alloc(align, (bytes + align - 1) / align * align);
  if (memory)
    std::memset(memory, 0, bytes);
  return reinterpret_cast<uint64_t>(memory);
}
void HostMemory::release(uint64_t address) { std::free(reinterpret_cast<void *>(address)); }

uint64_t Services::heap_malloc(uint64_t bytes) {
  return reinterpret_cast<uint64_t>(std::malloc(bytes));
}
void Services::heap_free(uint64_t address) { std::free(reinterpret_cast<void *>(address)); }

Ptx::Ptx(const std::string &text) {
  PtxSource source{"test.ptx", text};
  status = load({&source, 1}, memory_, false, program_);
}

Status Ptx::launch(const char *kernel, LaunchConfig config, const std::vector<std::byte> &params) {
  if (!status)
    return status;
  config.params = params;
  for (size_t i = 0; i < program_->kernels().size(); ++i)
    if (program_->kernels()[i].name == kernel)
      return program_->run(i, config, services);
  return {500, std::string("no kernel ") + kernel};
}

std::string module_header() { return ".version 9.0\n.target sm_89\n.address_size 64\n"; }

namespace {

constexpr size_t kRandomCases = 200;

bool is_pred(const std::string &type) { return type == "pred"; }
std::string width_of(const std::string &type) { // the digits of b32, f16x2 → 32
  if (type.find("x2") != std::string::npos)
    return type == "f32x2" ? "64" : "32";
  std::string digits;
  for (char c : type)
    if (std::isdigit(static_cast<unsigned char>(c)))
      digits += c;
  return digits;
}

std::string load_operand(const std::string &name, const std::string &type) {
  if (type.empty())
    return "";
  if (is_pred(type))
    return "  .reg .pred " + name + "; and.b64 %bit, %l" + name + ", 1; setp.ne.u64 " + name +
           ", %bit, 0;\n";
  std::string width = width_of(type);
  std::string declare = "  .reg .b" + width + " " + name + "; ";
  return declare +
         (width == "64" ? "mov.b64 " + name + ", %l" + name
                        : "cvt.u" + width + ".u64 " + name + ", %l" + name) +
         ";\n";
}

std::string store_result(const std::string &type, size_t form) {
  std::string text;
  if (is_pred(type))
    text = "  selp.u64 %result, 1, 0, d;\n";
  else if (width_of(type) == "64")
    text = "  mov.b64 %result, d;\n";
  else
    text = "  cvt.u64.u" + width_of(type) + " %result, d;\n";
  return text + "  mad.lo.u64 %at, %count, " + std::to_string(form) +
         ", %index;\n  shl.b64 %at, %at, 3;\n" +
         "  add.u64 %at, %out, %at;\n  st.global.u64 [%at], %result;\n";
}

std::string kernel_text(const std::vector<Form> &forms) {
  std::string text =
      module_header() +
      ".visible .entry forms(.param .u64 in, .param .u64 out, .param .u64 count)\n{\n"
      "  .reg .b64 %in, %out, %count, %index, %at, %result, %la, %lb, %lc, %bit; .reg .b32 %t<4>;\n"
      "  .reg .pred %outside;\n"
      "  ld.param.u64 %in, [in]; ld.param.u64 %out, [out]; ld.param.u64 %count, [count];\n"
      "  mov.u32 %t0, %tid.x; mov.u32 %t1, %ctaid.x; mov.u32 %t2, %ntid.x;\n"
      "  mad.lo.s32 %t3, %t1, %t2, %t0; cvt.u64.u32 %index, %t3;\n"
      "  setp.ge.u64 %outside, %index, %count; @%outside bra DONE;\n"
      "  mad.lo.u64 %at, %index, 24, %in;\n"
      "  ld.global.u64 %la, [%at]; ld.global.u64 %lb, [%at+8]; ld.global.u64 %lc, [%at+16];\n";
  for (size_t i = 0; i < forms.size(); ++i) {
    const Form &form = forms[i];
    text +=
        "{\n" + load_operand("a", form.a) + load_operand("b", form.b) + load_operand("c", form.c);
    text += is_pred(form.d) ? "  .reg .pred d;\n" : "  .reg .b" + width_of(form.d) + " d;\n";
    text += "  " + form.code + "\n" + store_result(form.d, i) + "}\n";
  }
  return text + "DONE:\n  ret;\n}\n";
}

std::vector<uint64_t> interesting(const std::string &type) {
  std::vector<uint64_t> values = {0,
                                  1,
                                  2,
                                  5,
                                  31,
                                  32,
                                  33,
                                  63,
                                  64,
                                  0x7f,
                                  0x80,
                                  0xff,
                                  0x7fff,
                                  0x8000,
                                  0xffff,
                                  0x7fffffff,
                                  0x80000000,
                                  0xffffffff,
                                  0x7fffffffffffffff,
                                  0x8000000000000000,
                                  ~0ull};
  if (type == "f32")
    for (float f : {0.0f,   -0.0f,           1.0f,           -1.5f,   2.5f,     3.5f,
                    -2.5f,  0.49999997f,     1e-40f,         -1e-45f, 1e38f,    -3.4e38f,
                    255.5f, 2147483648.0f,   -2147483904.0f, 9.3e18f, INFINITY, -INFINITY,
                    NAN,    1.17549435e-38f, 65520.0f})
      values.push_back(bits_of(f));
  if (type == "f64")
    for (double f : {0.0,
                     -0.0,
                     1.0,
                     -1.5,
                     2.5,
                     3.5,
                     -2.5,
                     0.49999999999999994,
                     5e-324,
                     -1e-310,
                     1e308,
                     -1.7e308,
                     255.5,
                     2147483647.5,
                     -2147483648.9,
                     1.8446744073709552e19,
                     9.3e18,
                     1e-46,
                     3.4028235677973366e38,
                     static_cast<double>(INFINITY),
                     -static_cast<double>(INFINITY),
                     static_cast<double>(NAN),
                     65520.0})
      values.push_back(bits_of(f));
  if (type == "f16")
    for (uint64_t h : {0x0000, 0x8000, 0x3c00, 0xbe00, 0x0001, 0x83ff, 0x0400, 0x7bff, 0xfbff,
                       0x7c00, 0xfc00, 0x7e00, 0x3555, 0x4100, 0x6400})
      values.push_back(h);
  if (type == "bf16")
    for (uint64_t h :
         {0x0000, 0x8000, 0x3f80, 0xbfc0, 0x0001, 0x7f7f, 0xff7f, 0x7f80, 0xff80, 0x7fc0, 0x4049})
      values.push_back(h);
  return values;
}

uint64_t random_operand(const std::string &type, std::mt19937_64 &random) {
  uint64_t bits = random();
  if (type == "f32" && bits % 4) // mostly of moderate size, so that sums and products stay finite
    return bits_of(std::ldexp(static_cast<float>(static_cast<int32_t>(bits >> 32)),
                              static_cast<int>(bits % 60) - 61));
  if (type == "f64" && bits % 4)
    return bits_of(std::ldexp(static_cast<double>(static_cast<int64_t>(bits)),
                              static_cast<int>(bits % 90) - 100));
  return bits % 3 ? bits : bits >> (bits % 60);
}

bool is_nan(uint64_t bits, const std::string &type) {
  if (type == "f32")
    return std::isnan(as_float(bits));
  if (type == "f64")
    return std::isnan(as_double(bits));
  if (type == "f16")
    return (bits & 0x7fff) > 0x7c00;
  return type == "bf16" && (bits & 0x7fff) > 0x7f80;
}

} // namespace

void check_forms(const std::vector<Form> &forms) {
  Ptx ptx(kernel_text(forms));
  ASSERT_TRUE(ptx.status) << ptx.status.log;
  // Every form gets the same triples; each operand's list is built from all types in use at its place.
  std::mt19937_64 random(1);
  std::vector<uint64_t> triples;
  std::vector<std::string> types;
  for (const Form &form : forms)
    for (const std::string &type : {form.a, form.b, form.c})
      if (std::find(types.begin(), types.end(), type) == types.end())
        types.push_back(type);
  for (const std::string &type : types) {
    std::vector<uint64_t> edge = interesting(type);
    for (uint64_t a : edge)
      for (uint64_t b : edge) {
        uint64_t c = edge[random() % edge.size()];
        triples.insert(triples.end(), {a, b, c});
      }
    for (size_t i = 0; i < kRandomCases; ++i)
      for (int operand = 0; operand < 3; ++operand)
        triples.push_back(random_operand(type, random));
  }
  uint64_t count = triples.size() / 3;
  std::vector<uint64_t> out(forms.size() * count);
  Status status = ptx.run("forms", Dim3{static_cast<uint32_t>((count + 127) / 128)}, Dim3{128},
                          triples.data(), out.data(), count);
  ASSERT_TRUE(status) << status.cu_result << " " << status.log;
  for (size_t f = 0; f < forms.size(); ++f) {
    const Form &form = forms[f];
    int failures = 0;
    auto narrow = [](uint64_t bits, const std::string &type) -> uint64_t {
      if (type.empty() || is_pred(type))
        return bits & 1;
      unsigned width = static_cast<unsigned>(std::stoi(width_of(type)));
      return width == 64 ? bits : bits & ((1ull << width) - 1);
    };
    for (size_t i = 0; i < count && failures < 3; ++i) {
      uint64_t a = narrow(triples[3 * i], form.a), b = narrow(triples[3 * i + 1], form.b),
               c = narrow(triples[3 * i + 2], form.c);
      uint64_t wanted = narrow(form.expected(a, b, c), form.d), got = out[f * count + i];
      bool good = form.close ? form.close(got, wanted, a, b)
                             : got == wanted || (is_nan(got, form.d) && is_nan(wanted, form.d));
      if (good)
        continue;
      ++failures;
      ADD_FAILURE() << form.code << std::hex << " a=" << a << " b=" << b << " c=" << c << ": got "
                    << got << ", wanted " << wanted;
    }
  }
}

} // namespace softcuda::jit::test
