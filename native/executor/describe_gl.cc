#include "executor/describe_gl.h"

#include "backends/gl/egl.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace gpuferry::executor {

int describe_gl(const std::string &gl_driver) {
  gl::Egl egl(gl_driver);
  nlohmann::json said;
  if (const gl::HostGl *host = egl.open())
    said = {{"vendor", host->gl_vendor},
            {"renderer", host->gl_renderer},
            {"version", host->gl_version}};
  else
    said = {{"error", egl.why_not()}};
  std::printf("%s\n", said.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  return said.contains("error") ? 1 : 0;
}

} // namespace gpuferry::executor
