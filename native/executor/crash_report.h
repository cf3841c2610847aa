// When a driver crashes, its session ends with it, and nobody else's. What is left to do is to say in
// the host's log whose code it was.
#pragma once

namespace gpuferry::executor {

/// From here on a fatal signal first writes one line to stderr:
///
///   gpuferry-executor: crashed: signal 11, issuing <symbol>, in <library>+0x<offset>
///
/// where <library> is the innermost one on the stack that is not the C library, or `code made at run
/// time`. Then the process dies by the signal as ever.
void report_crashes();

/// That line goes to `fd` from here on.
void report_crashes_to(int fd);

/// For a thread that runs a driver: the line is written even where it has used up its stack.
void report_crashes_here();

/// What this thread is issuing, for that line; a string that stays, or null.
void note_issuing(const char *symbol);

} // namespace gpuferry::executor
