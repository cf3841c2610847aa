// What libraries ask this libcuda.so.1 for, so that one run on a new machine tells all that is missing.
#pragma once

/// Logs, once for each `name`, that it was asked for and is not there: at level info, for most callers go without.
void gf_asked_in_vain(const char *what, const char *name, int version);

/// Logs, at level debug, everything that is asked for by name.
void gf_asked(const char *name, int version, unsigned flags, const char *answer);
