// What the shim has to say goes to stderr (or a file), one line at a time, never to stdout.
//
// GPUFERRY_LOG = off | error | warn | info | debug, or a path: lines are appended to that file at
// level debug. Default: warn.
#pragma once

enum gf_log_level { GF_LOG_OFF, GF_LOG_ERROR, GF_LOG_WARN, GF_LOG_INFO, GF_LOG_DEBUG };

/// Writes "gpuferry: <text>\n" in one write(2), so that lines of several threads never mix.
void gf_log(enum gf_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/// Non-zero if a line of this level would be written: for messages that are costly to make.
int gf_log_wants(enum gf_log_level level);
