#include "complain.h"

#include <cstdarg>
#include <cstdio>

namespace softcuda {

void complain(const char *format, ...) {
  char line[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  fprintf(stderr, "softcuda: %s\n", line);
}

} // namespace softcuda
