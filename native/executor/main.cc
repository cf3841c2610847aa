// The executor: one process per session, between a guest that is believed nothing and a GPU driver.
//
//   1. The server starts it ahead of need, with a control socket. It loads a CUDA driver, and the jail
//      goes up; from here on the process can only compute, use its GPU and answer
//      (docs/design/security.md). Then it says `ready`: all this takes time, and no guest waits for it.
//   2. The server sends `serve` with the session's memory and sockets.
//   3. Frames are executed until the guest leaves, misbehaves or is sent away. Then the process ends,
//      and everything that the session had ends with it.
#include "executor/address_space.h"
#include "executor/crash_report.h"
#include "executor/describe_gl.h"
#include "executor/options.h"
#include "executor/process.h"

#include <cstdio>
#include <exception>
#include <unistd.h>

int main(int argc, char **argv) {
  gpuferry::executor::report_crashes();
  try {
    const auto options = gpuferry::executor::parse_options(argc, argv);
    if (options.describe_gl)
      return gpuferry::executor::describe_gl(options.gl_driver);
    gpuferry::executor::move_mappings_away(argv);
    return gpuferry::executor::run(options);
  } catch (const std::exception &error) {
    std::fprintf(stderr, "gpuferry-executor: %s\n", error.what());
    // Not exit(): a driver's threads may be in the middle of anything.
    _exit(1);
  }
}
