// The host's libEGL.so.1, NVIDIA's or Mesa's: one display without windows, contexts without configs.
#pragma once

#include "abi/gl.h"
#include "gl_driver.h"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <array>
#include <mutex>
#include <string>
#include <vector>

namespace gpuferry::gl {

/// What gfGlOpen tells.
struct HostGl {
  EGLint egl_major = 0, egl_minor = 0;
  std::array<gf_gl_offer, GF_GL_OFFER_COUNT> offers{};
  std::vector<gf_gl_host_config> configs;
  std::string vendor, version, extensions, client_apis;
  std::string gl_vendor, gl_renderer, gl_version, gl_extensions;
};

class Egl {
public:
  /// `which`: "auto" (libEGL.so.1 from the loader's path), "none", or the path of a library.
  /// `cuda_device`: prefer the GPU that CUDA counts so. Nothing is loaded yet.
  explicit Egl(std::string which, int cuda_device = 0)
      : which_(std::move(which)), cuda_device_(cuda_device) {}

  /// Loads the library and finds out what it offers, once; from any thread. Null, and why_not() says
  /// it, where there is no OpenGL.
  const HostGl *open();
  const std::string &why_not() const { return why_not_; }

  /// After open().
  const GlDriver &driver() const { return driver_; }

  /// eglCreateContext of `api` (GF_GL_API_*); EGL_NO_CONTEXT with the error.
  EGLContext create_context(uint32_t api, EGLContext share, const EGLint *attributes,
                            EGLint *error);
  void destroy_context(EGLContext context);
  /// Makes `context` (or EGL_NO_CONTEXT) current on this thread, without surfaces. EGL_SUCCESS or the
  /// error.
  EGLint make_current(EGLContext context);
  /// eglCreateImageKHR of an object of `context`'s; EGL_NO_IMAGE_KHR with the error.
  EGLImageKHR create_image(EGLContext context, EGLenum target, uint32_t object,
                           const EGLint *attributes, EGLint *error);
  void destroy_image(EGLImageKHR image);
  /// The thread is about to end.
  void release_thread();

private:
  struct Entries {
    decltype(&::eglGetProcAddress) GetProcAddress = nullptr;
    decltype(&::eglGetError) GetError = nullptr;
    decltype(&::eglInitialize) Initialize = nullptr;
    decltype(&::eglQueryString) QueryString = nullptr;
    decltype(&::eglBindAPI) BindAPI = nullptr;
    decltype(&::eglCreateContext) CreateContext = nullptr;
    decltype(&::eglDestroyContext) DestroyContext = nullptr;
    decltype(&::eglMakeCurrent) MakeCurrent = nullptr;
    decltype(&::eglReleaseThread) ReleaseThread = nullptr;
    decltype(&::eglGetConfigs) GetConfigs = nullptr;
    decltype(&::eglGetConfigAttrib) GetConfigAttrib = nullptr;
    PFNEGLGETPLATFORMDISPLAYEXTPROC GetPlatformDisplay = nullptr;
    PFNEGLCREATEIMAGEKHRPROC CreateImage = nullptr;   // null: the host has no images
    PFNEGLDESTROYIMAGEKHRPROC DestroyImage = nullptr; // likewise
  };

  void load();
  void load_entries();
  void load_driver();
  bool open_device();
  bool open_display(EGLenum platform, void *native);
  void describe();
  void describe_configs();
  void try_out(unsigned offer, uint32_t api, const EGLint *attributes);

  const std::string which_;
  const int cuda_device_;
  std::mutex lock_;
  bool tried_ = false;
  std::string why_not_;
  void *library_ = nullptr;
  Entries egl_;
  EGLDisplay display_ = EGL_NO_DISPLAY;
  HostGl host_;
  GlDriver driver_{};
};

} // namespace gpuferry::gl
