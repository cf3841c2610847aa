#include "executor/process.h"

#include "backends/cuda/backend.h"
#include "backends/gl/backend.h"
#include "cuda_wire.h"
#include "executor/control.h"
#include "executor/crash_report.h"
#include "executor/driver_output.h"
#include "executor/ending.h"
#include "executor/issuer.h"
#include "executor/jail.h"
#include "executor/lane_threads.h"

#include <cstdio>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace gpuferry::executor {

namespace {

using nlohmann::json;

constexpr const char *kPrinterSymbol = "gpuferry_softcuda_set_printer";
constexpr const char *kAssertSymbol = "gpuferry_softcuda_set_assert_printer";
using Printer = void (*)(const char *text, size_t bytes, void *user);
using SetPrinter = void (*)(Printer printer, void *user);

json describe(const cuda::DriverLibrary &library) {
  char hash[17];
  std::snprintf(hash, sizeof hash, "%016llx", static_cast<unsigned long long>(GF_PROTOCOL_HASH));
  json devices = json::array();
  for (const cuda::DeviceSummary &device : library.devices)
    devices.push_back({{"ordinal", device.ordinal},
                       {"name", device.name},
                       {"uuid", device.uuid},
                       {"memoryBytes", device.memory_bytes},
                       {"computeMajor", device.compute_major},
                       {"computeMinor", device.compute_minor},
                       {"pciBusId", device.pci_bus_id}});
  return {{"type", "ready"},
          {"protocolHash", hash},
          {"driverPath", library.path},
          {"driverKind", library.is_soft ? "soft" : "native"},
          {"driverVersion", library.version},
          {"devices", devices}};
}

/// What kernels print would go to our stdout; it belongs on the guest's. Our own device hands it over,
/// any other writes it.
void redirect_printing(const cuda::DriverLibrary &library, cuda::Session &session) {
  Courier &courier = session.courier;
  if (!library.is_soft) {
    session.printed =
        new DriverOutput([&courier](std::string_view text) { courier.print(text); },
                         [&courier](std::string_view text) { courier.assertion(text); });
    report_crashes_to(session.printed->log_fd());
    return;
  }
  if (auto set = reinterpret_cast<SetPrinter>(library.symbol(kPrinterSymbol)))
    set([](const char *text, size_t bytes,
           void *user) { static_cast<Courier *>(user)->print({text, bytes}); },
        &courier);
  if (auto set = reinterpret_cast<SetPrinter>(library.symbol(kAssertSymbol)))
    set([](const char *text, size_t bytes,
           void *user) { static_cast<Courier *>(user)->assertion({text, bytes}); },
        &courier);
}

/// Everything of one session. Never destroyed: the process ends with it.
struct Serving {
  Serving(ControlChannel &control, cuda::DriverLibrary &library, gl::Egl &egl, const json &order,
          int region_fd, int grant_fd, int courier_fd)
      : region(region_fd, order.at("regionBytes"), order.at("heapBytes")), grant(grant_fd),
        ending(control, region),
        courier(courier_fd, &region.header()->courier_sent,
                [this] { ending.end(End::guest_left, "the guest closed its connection"); }),
        session(library, region, courier, grant, order.at("devices").get<std::vector<int>>(),
                order.value("memoryQuotaBytes", UINT64_MAX),
                order.value("shareKey", std::string())),
        backend(session, [this] { revoke(); }), gl_session(egl, region, grant, &courier),
        gl_backend(gl_session, [this] { revoke(); }), gl_lanes(region, gl_backend, ending),
        issuer(region, backend, ending, &grant->calls, &gl_lanes) {}

  void revoke() { ending.end(End::revoked, "the grant page says so"); }

  ring::Region region;
  GrantPage grant;
  Ending ending;
  Courier courier;
  cuda::Session session;
  cuda::CudaBackend backend;
  gl::Session gl_session;
  gl::GlBackend gl_backend;
  LaneThreads gl_lanes;
  Issuer issuer;
};

Serving *start(ControlChannel &control, cuda::DriverLibrary &library, gl::Egl &egl,
               const ControlMessage &message) {
  constexpr size_t kFds = 3; // region, grant page, courier
  if (message.fds.size() != kFds)
    throw std::runtime_error("serve came with " + std::to_string(message.fds.size()) +
                             " descriptors");
  auto *serving = new Serving(control, library, egl, message.body, message.fds[0], message.fds[1],
                              message.fds[2]);
  redirect_printing(library, serving->session);
  serving->issuer.start();
  return serving;
}

/// What the server itself inherited from whoever started it, and could not mark, is nothing for an executor.
void close_inherited(int control_fd) {
  const auto first = static_cast<unsigned>(control_fd) + 1;
#ifdef SYS_close_range
  if (syscall(SYS_close_range, first, ~0u, 0) == 0)
    return;
#endif
  const long end = sysconf(_SC_OPEN_MAX);
  for (int fd = static_cast<int>(first); fd < end; ++fd)
    close(fd);
}

/// Drivers reserve far more address space than memory, and only say that there is none.
std::string address_space_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return "";
  return "; the executor may have " + std::to_string(limit.rlim_cur >> 20) +
         " MiB of address space (ulimit -v)";
}

} // namespace

int run(const Options &options) {
  close_inherited(options.control_fd);
  limit_process(getppid());
  ControlChannel control(options.control_fd);
  cuda::DriverLibrary library;
  gl::Egl egl(options.gl_driver);
  // All that takes time, as nobody waits yet.
  try {
    library = cuda::load_driver(options.cuda_driver);
    // Here, where a driver may still do what the jail forbids. A session that turns out to use OpenGL
    // without this loads it inside of the jail.
    if (options.preload_gl && !egl.open())
      std::fprintf(stderr, "gpuferry-executor: no OpenGL: %s\n", egl.why_not().c_str());
    give_up_privileges();
    if (options.jail)
      enter_jail();
  } catch (const std::exception &error) {
    const std::string reason = error.what() + address_space_limit();
    control.send({{"type", "failed"}, {"reason", reason}});
    std::fprintf(stderr, "gpuferry-executor: %s\n", reason.c_str());
    _exit(1);
  }
  control.send(describe(library));

  Serving *serving = nullptr;
  while (const auto message = control.receive()) {
    const std::string type = message->body["type"];
    if (type == "serve" && !serving) {
      serving = start(control, library, egl, *message);
    } else if (type == "end") {
      if (serving)
        serving->ending.end(End::revoked, message->body.value("reason", ""));
      _exit(0);
    } else {
      throw std::runtime_error("unexpected control message " + type);
    }
  }
  _exit(0); // the server is gone, and with it whoever would account for the session
}

} // namespace gpuferry::executor
