// Runs one kernel of a PTX file on the CPU, to look at the compiler's work without a driver:
//   ptxrun FILE.ptx                      compiles every kernel, prints what that took
//   ptxrun [-n repeats] [-s shared_bytes] [-c] [-w watchdog_ms] FILE.ptx KERNEL GRIDxYxZ BLOCKxYxZ [ARGUMENT…]
// Arguments: i:5 (s32) l:5 (s64) f:1.5 (f32) d:1.5 (f64), and buffers F:count:fill, D:…, I:…, L:… whose fill is
// zero, one or iota. Prints each buffer's first elements and sum, and the median time of a run.
#include "jit.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <unistd.h>

using namespace softcuda::jit;

namespace {

struct HostMemory : DeviceMemory {
  uint64_t allocate(uint64_t bytes, uint64_t align, bool) override {
    void *memory = std::aligned_alloc(align, (bytes + align - 1) / align * align);
    if (memory)
      std::memset(memory, 0, bytes);
    return reinterpret_cast<uint64_t>(memory);
  }
  void release(uint64_t address) override { std::free(reinterpret_cast<void *>(address)); }
};

struct Console : GridServices {
  void print(std::string_view text) override { std::fwrite(text.data(), 1, text.size(), stdout); }
  void assert_failed(std::string_view text) override {
    std::fwrite(text.data(), 1, text.size(), stderr);
  }
  uint64_t heap_malloc(uint64_t bytes) override {
    return reinterpret_cast<uint64_t>(std::malloc(bytes));
  }
  void heap_free(uint64_t address) override { std::free(reinterpret_cast<void *>(address)); }
};

struct Buffer {
  char type;
  size_t count;
  std::vector<std::byte> bytes;

  template <typename T> void fill(std::string_view how) {
    bytes.resize(count * sizeof(T));
    auto *data = reinterpret_cast<T *>(bytes.data());
    for (size_t i = 0; i < count; ++i)
      data[i] = how == "iota" ? static_cast<T>(i) : how == "one" ? T{1} : T{0};
  }
  template <typename T> void show() const {
    auto *data = reinterpret_cast<const T *>(bytes.data());
    double sum = 0;
    for (size_t i = 0; i < count; ++i)
      sum += static_cast<double>(data[i]);
    std::printf("%c[%zu]:", type, count);
    for (size_t i = 0; i < std::min<size_t>(count, 8); ++i)
      std::printf(" %.9g", static_cast<double>(data[i]));
    std::printf(" … sum %.17g\n", sum);
  }
  template <typename Visit> void visit(Visit visit) {
    switch (type) {
    case 'F':
      return visit(float{});
    case 'D':
      return visit(double{});
    case 'I':
      return visit(int32_t{});
    default:
      return visit(int64_t{});
    }
  }
};

Dim3 parse_extent(const char *text) {
  Dim3 extent;
  std::sscanf(text, "%ux%ux%u", &extent.x, &extent.y, &extent.z);
  return extent;
}

void append(std::vector<std::byte> &params, const void *value, size_t size) {
  params.resize((params.size() + size - 1) / size * size);
  auto *bytes = static_cast<const std::byte *>(value);
  params.insert(params.end(), bytes, bytes + size);
}

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

int compile_all(const char *name, const std::string &source) {
  HostMemory memory;
  std::unique_ptr<Program> program;
  PtxSource unit{name, source};
  Status status = load({&unit, 1}, memory, false, program);
  if (!status) {
    std::fprintf(stderr, "load: %d\n%s\n", status.cu_result, status.log.c_str());
    return 1;
  }
  int failures = 0;
  for (size_t i = 0; i < program->kernels().size(); ++i) {
    auto start = std::chrono::steady_clock::now();
    Status prepared = program->prepare(i);
    const double prepare_ms = milliseconds_since(start);
    start = std::chrono::steady_clock::now();
    const uint32_t registers = program->register_count(i);
    std::printf("%8.2f ms  %3u registers (%.3f ms)  %.100s\n", prepare_ms, registers,
                milliseconds_since(start), program->kernels()[i].name.c_str());
    if (!prepared) {
      std::printf("    %d %s\n", prepared.cu_result, prepared.log.c_str());
      ++failures;
    }
  }
  return failures ? 1 : 0;
}

} // namespace

int main(int argc, char **argv) {
  int repeats = 1;
  LaunchConfig config;
  for (int option; (option = getopt(argc, argv, "n:s:cw:")) != -1;) {
    if (option == 'n')
      repeats = std::atoi(optarg);
    else if (option == 's')
      config.dynamic_shared_bytes = static_cast<uint32_t>(std::atoi(optarg));
    else if (option == 'w')
      config.watchdog_ms = static_cast<uint32_t>(std::atoi(optarg));
    else if (option == 'c')
      config.cooperative = true;
    else
      return 2;
  }
  if (argc - optind != 1 && argc - optind < 4) {
    std::fprintf(
        stderr,
        "usage: ptxrun [-n repeats] [-s shared] [-c] [-w ms] FILE KERNEL GRID BLOCK [ARGUMENT…]\n");
    return 2;
  }
  std::ifstream file(argv[optind]);
  std::stringstream text;
  text << file.rdbuf();
  std::string source = text.str();
  if (argc - optind == 1)
    return compile_all(argv[optind], source);
  config.grid = parse_extent(argv[optind + 2]);
  config.block = parse_extent(argv[optind + 3]);

  std::vector<Buffer> buffers;
  buffers.reserve(static_cast<size_t>(argc));
  std::vector<std::byte> params;
  for (int i = optind + 4; i < argc; ++i) {
    std::string_view argument = argv[i];
    const char *value = argv[i] + 2;
    if (argument[0] == 'i') {
      int32_t v = static_cast<int32_t>(std::atoll(value));
      append(params, &v, sizeof v);
    } else if (argument[0] == 'l') {
      int64_t v = std::atoll(value);
      append(params, &v, sizeof v);
    } else if (argument[0] == 'f') {
      float v = std::strtof(value, nullptr);
      append(params, &v, sizeof v);
    } else if (argument[0] == 'd') {
      double v = std::strtod(value, nullptr);
      append(params, &v, sizeof v);
    } else {
      Buffer &buffer =
          buffers.emplace_back(Buffer{argument[0], static_cast<size_t>(std::atoll(value)), {}});
      std::string_view how = argument.substr(argument.rfind(':') + 1);
      buffer.visit([&](auto sample) { buffer.fill<decltype(sample)>(how); });
      uint64_t address = reinterpret_cast<uint64_t>(buffer.bytes.data());
      append(params, &address, sizeof address);
    }
  }
  config.params = params;

  HostMemory memory;
  Console console;
  std::unique_ptr<Program> program;
  PtxSource unit{argv[optind], source};
  auto start = std::chrono::steady_clock::now();
  Status status = load({&unit, 1}, memory, false, program);
  double load_ms = milliseconds_since(start);
  if (!status) {
    std::fprintf(stderr, "load: %d\n%s\n", status.cu_result, status.log.c_str());
    return 1;
  }
  for (size_t index = 0; index < program->kernels().size(); ++index) {
    if (program->kernels()[index].name != argv[optind + 1])
      continue;
    start = std::chrono::steady_clock::now();
    status = program->prepare(index);
    double prepare_ms = milliseconds_since(start);
    std::vector<double> times;
    for (int i = 0; status && i < repeats; ++i) {
      start = std::chrono::steady_clock::now();
      status = program->run(index, config, console);
      times.push_back(milliseconds_since(start));
    }
    if (!status) {
      std::fprintf(stderr, "run: %d\n%s\n", status.cu_result, status.log.c_str());
      return 1;
    }
    for (Buffer &buffer : buffers)
      buffer.visit([&](auto sample) { buffer.show<decltype(sample)>(); });
    std::sort(times.begin(), times.end());
    std::printf("load %.2f ms, prepare %.2f ms, run %.4f ms\n", load_ms, prepare_ms,
                times[times.size() / 2]);
    return 0;
  }
  std::fprintf(stderr, "no kernel '%s'\n", argv[optind + 1]);
  return 1;
}
