// What the jail refuses, by name: a driver that lacks a call fails in ways that say nothing of it.
#pragma once

namespace gpuferry::executor {

/// Answers, on a thread of its own and for as long as the process lasts, what a seccomp filter hands to
/// `listener`: each call fails with EPERM, and the first of each kind is a line on stderr.
void answer_refused_calls(int listener);

} // namespace gpuferry::executor
