// What this process was started with. A program may clear its environment before its first GPU call, as daemons do;
// no driver would mind.
#pragma once

/// Of gpuferry's own variables and XDG_RUNTIME_DIR: what the environment says now, or, where it says nothing any more,
/// what it said when this library was loaded. NULL if neither.
const char *gf_environment(const char *name);
