// Messages of the driver's own.
#pragma once

namespace softcuda {

/// A line about something that whoever runs the program should know, on stderr; never on stdout,
/// which is the application's.
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

} // namespace softcuda
