#include "run/printf.h"

#include <cstdint>
#include <cstdio>
#include <cstring>

namespace softcuda::jit {
namespace {

class Arguments {
public:
  explicit Arguments(const std::byte *data) : data_(data) {}
  template <typename T> T take() {
    offset_ = (offset_ + sizeof(T) - 1) / sizeof(T) * sizeof(T);
    T value;
    std::memcpy(&value, data_ + offset_, sizeof value);
    offset_ += sizeof(T);
    ++count_;
    return value;
  }
  int count() const { return count_; }

private:
  const std::byte *data_;
  size_t offset_ = 0;
  int count_ = 0;
};

template <typename... Values>
void append(std::string &out, const std::string &conversion, Values... values) {
  char buffer[256];
  int length = std::snprintf(buffer, sizeof buffer, conversion.c_str(), values...);
  if (length < 0)
    return;
  if (static_cast<size_t>(length) < sizeof buffer) {
    out.append(buffer, static_cast<size_t>(length));
    return;
  }
  std::string large(static_cast<size_t>(length) + 1, '\0');
  std::snprintf(large.data(), large.size(), conversion.c_str(), values...);
  out.append(large, 0, static_cast<size_t>(length));
}

} // namespace

int format_device_printf(const char *format, const std::byte *data, std::string &out) {
  Arguments arguments(data);
  for (const char *p = format; *p;) {
    if (*p != '%') {
      out += *p++;
      continue;
    }
    if (p[1] == '%') {
      out += '%';
      p += 2;
      continue;
    }
    const char *start = p++;
    std::string conversion = "%";
    while (*p && std::strchr("-+ #0123456789.*", *p)) {
      if (*p == '*')
        conversion += std::to_string(arguments.take<int>());
      else
        conversion += *p;
      ++p;
    }
    bool wide = false;
    int halves = 0;
    for (; *p && std::strchr("hlLqjzt", *p); ++p) {
      wide |= *p != 'h';
      halves += *p == 'h';
    }
    switch (*p) {
    case 'd':
    case 'i':
      if (wide)
        append(out, conversion + "lld", arguments.take<long long>());
      else
        append(out, conversion + std::string(static_cast<size_t>(halves), 'h') + "d",
               arguments.take<int>());
      break;
    case 'u':
    case 'o':
    case 'x':
    case 'X':
      if (wide)
        append(out, conversion + "ll" + *p, arguments.take<unsigned long long>());
      else
        append(out, conversion + std::string(static_cast<size_t>(halves), 'h') + *p,
               arguments.take<unsigned>());
      break;
    case 'c':
      append(out, conversion + "c", arguments.take<int>());
      break;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case 'a':
    case 'A':
      append(out, conversion + *p, arguments.take<double>());
      break;
    case 's': {
      auto text = reinterpret_cast<const char *>(arguments.take<uint64_t>());
      append(out, conversion + "s", text ? text : "(null)");
      break;
    }
    case 'p':
      append(out, conversion + "p", reinterpret_cast<void *>(arguments.take<uint64_t>()));
      break;
    case '\0':
      out.append(start);
      return arguments.count();
    default: // printed as it is
      out.append(start, static_cast<size_t>(p + 1 - start));
    }
    ++p;
  }
  return arguments.count();
}

} // namespace softcuda::jit
