#include "backends/gl/egl.h"

#include <algorithm>
#include <cstring>
#include <dlfcn.h>
#include <stdexcept>
#include <string_view>

namespace gpuferry::gl {

namespace {

/// Whether `name` is one word of the space-separated `list`.
bool has_word(const char *list, std::string_view name) {
  for (const char *at = list; at && (at = std::strstr(at, name.data())); at += name.size()) {
    const bool starts = at == list || at[-1] == ' ';
    const char after = at[name.size()];
    if (starts && (after == ' ' || after == '\0'))
      return true;
  }
  return false;
}

std::string text_or_empty(const char *text) { return text ? text : ""; }

EGLenum api_of(uint32_t api) { return api == GF_GL_API_GL ? EGL_OPENGL_API : EGL_OPENGL_ES_API; }

} // namespace

const HostGl *Egl::open() {
  std::lock_guard lock(lock_);
  if (!tried_) {
    tried_ = true;
    try {
      load();
    } catch (const std::runtime_error &error) {
      why_not_ = error.what();
    }
  }
  return why_not_.empty() ? &host_ : nullptr;
}

void Egl::load() {
  if (which_ == "none")
    throw std::runtime_error("OpenGL is switched off on this host");
  const char *file = which_ == "auto" ? "libEGL.so.1" : which_.c_str();
  library_ = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (!library_)
    throw std::runtime_error(dlerror());
  load_entries();
  // A GPU of the vendor's own first; where there is none, or no rights to its device, Mesa's platform
  // without windows finds a render node or falls back to the CPU.
  if (!open_device() && !open_display(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY))
    throw std::runtime_error(std::string(file) + " has no display without windows");
  const char *extensions = egl_.QueryString(display_, EGL_EXTENSIONS);
  for (const char *needed : {"EGL_KHR_surfaceless_context", "EGL_KHR_no_config_context"})
    if (!has_word(extensions, needed))
      throw std::runtime_error(std::string(file) + " lacks " + needed);
  if (has_word(extensions, "EGL_KHR_image_base")) {
    egl_.CreateImage =
        reinterpret_cast<PFNEGLCREATEIMAGEKHRPROC>(egl_.GetProcAddress("eglCreateImageKHR"));
    egl_.DestroyImage =
        reinterpret_cast<PFNEGLDESTROYIMAGEKHRPROC>(egl_.GetProcAddress("eglDestroyImageKHR"));
  }
  load_driver();
  describe();
}

void Egl::load_entries() {
  const auto load = [this](auto &entry, const char *name) {
    entry = reinterpret_cast<std::remove_reference_t<decltype(entry)>>(dlsym(library_, name));
    if (!entry)
      throw std::runtime_error(which_ + " is no libEGL: it lacks " + name);
  };
  load(egl_.GetProcAddress, "eglGetProcAddress");
  load(egl_.GetError, "eglGetError");
  load(egl_.Initialize, "eglInitialize");
  load(egl_.QueryString, "eglQueryString");
  load(egl_.BindAPI, "eglBindAPI");
  load(egl_.CreateContext, "eglCreateContext");
  load(egl_.DestroyContext, "eglDestroyContext");
  load(egl_.MakeCurrent, "eglMakeCurrent");
  load(egl_.ReleaseThread, "eglReleaseThread");
  load(egl_.GetConfigs, "eglGetConfigs");
  load(egl_.GetConfigAttrib, "eglGetConfigAttrib");
  egl_.GetPlatformDisplay = reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(
      egl_.GetProcAddress("eglGetPlatformDisplayEXT"));
  if (!egl_.GetPlatformDisplay)
    throw std::runtime_error(which_ + " lacks EGL_EXT_platform_base");
}

/// The EGL device that is the session's CUDA device; only NVIDIA's library says which one that is.
bool Egl::open_device() {
  const char *client = egl_.QueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
  const auto query_devices =
      reinterpret_cast<PFNEGLQUERYDEVICESEXTPROC>(egl_.GetProcAddress("eglQueryDevicesEXT"));
  const auto query_text = reinterpret_cast<PFNEGLQUERYDEVICESTRINGEXTPROC>(
      egl_.GetProcAddress("eglQueryDeviceStringEXT"));
  const auto query_number = reinterpret_cast<PFNEGLQUERYDEVICEATTRIBEXTPROC>(
      egl_.GetProcAddress("eglQueryDeviceAttribEXT"));
  if (!has_word(client, "EGL_EXT_platform_device") || !query_devices || !query_text ||
      !query_number)
    return false;
  EGLDeviceEXT devices[32];
  EGLint count = 0;
  if (!query_devices(std::size(devices), devices, &count))
    return false;
  for (EGLint i = 0; i < count; ++i) {
    EGLAttrib cuda_device = -1;
    if (has_word(query_text(devices[i], EGL_EXTENSIONS), "EGL_NV_device_cuda") &&
        query_number(devices[i], EGL_CUDA_DEVICE_NV, &cuda_device) && cuda_device == cuda_device_ &&
        open_display(EGL_PLATFORM_DEVICE_EXT, devices[i]))
      return true;
  }
  return false;
}

bool Egl::open_display(EGLenum platform, void *native) {
  display_ = egl_.GetPlatformDisplay(platform, native, nullptr);
  return display_ != EGL_NO_DISPLAY &&
         egl_.Initialize(display_, &host_.egl_major, &host_.egl_minor) == EGL_TRUE;
}

void Egl::load_driver() {
  const auto load = [this](const char *name, auto member) {
    using Pointer = std::remove_reference_t<decltype(driver_.*member)>;
    driver_.*member = reinterpret_cast<Pointer>(egl_.GetProcAddress(name));
  };
  for_each_gl_symbol(load);
  // A driver may know an entry point by an older name only.
  for_each_gl_alias([this](const char *name, const char *other) {
    for_each_gl_symbol([&](const char *symbol, auto member) {
      if (!(driver_.*member) && std::strcmp(symbol, name) == 0)
        driver_.*member = reinterpret_cast<std::remove_reference_t<decltype(driver_.*member)>>(
            egl_.GetProcAddress(other));
    });
  });
  if (!driver_.glGetString || !driver_.glGetIntegerv || !driver_.glFlush)
    throw std::runtime_error(which_ + " has no entry points of OpenGL");
}

EGLContext Egl::create_context(uint32_t api, EGLContext share, const EGLint *attributes,
                               EGLint *error) {
  egl_.BindAPI(api_of(api));
  EGLContext context = egl_.CreateContext(display_, EGL_NO_CONFIG_KHR, share, attributes);
  *error = context == EGL_NO_CONTEXT ? egl_.GetError() : EGL_SUCCESS;
  return context;
}

void Egl::destroy_context(EGLContext context) { egl_.DestroyContext(display_, context); }

EGLint Egl::make_current(EGLContext context) {
  return egl_.MakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context) ? EGL_SUCCESS
                                                                             : egl_.GetError();
}

EGLImageKHR Egl::create_image(EGLContext context, EGLenum target, uint32_t object,
                              const EGLint *attributes, EGLint *error) {
  *error = EGL_BAD_PARAMETER;
  if (!egl_.CreateImage || !egl_.DestroyImage)
    return EGL_NO_IMAGE_KHR;
  // OpenGL's objects are numbers, which EGL passes as pointers.
  const auto buffer = reinterpret_cast<EGLClientBuffer>(uintptr_t{object});
  EGLImageKHR image = egl_.CreateImage(display_, context, target, buffer, attributes);
  *error = image == EGL_NO_IMAGE_KHR ? egl_.GetError() : EGL_SUCCESS;
  return image;
}

void Egl::destroy_image(EGLImageKHR image) { egl_.DestroyImage(display_, image); }

void Egl::release_thread() { egl_.ReleaseThread(); }

void Egl::describe() {
  host_.vendor = text_or_empty(egl_.QueryString(display_, EGL_VENDOR));
  host_.version = text_or_empty(egl_.QueryString(display_, EGL_VERSION));
  host_.extensions = text_or_empty(egl_.QueryString(display_, EGL_EXTENSIONS));
  host_.client_apis = text_or_empty(egl_.QueryString(display_, EGL_CLIENT_APIS));
  describe_configs();
  constexpr EGLint core[] = {EGL_CONTEXT_MAJOR_VERSION,
                             3,
                             EGL_CONTEXT_MINOR_VERSION,
                             2,
                             EGL_CONTEXT_OPENGL_PROFILE_MASK,
                             EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
                             EGL_NONE};
  constexpr EGLint es1[] = {EGL_CONTEXT_MAJOR_VERSION, 1, EGL_NONE};
  constexpr EGLint es2[] = {EGL_CONTEXT_MAJOR_VERSION, 2, EGL_NONE};
  constexpr EGLint compat[] = {EGL_NONE};
  try_out(GF_GL_OFFER_COMPAT, GF_GL_API_GL, compat);
  try_out(GF_GL_OFFER_CORE, GF_GL_API_GL, core);
  try_out(GF_GL_OFFER_ES2, GF_GL_API_ES2, es2);
  try_out(GF_GL_OFFER_ES1, GF_GL_API_ES1, es1);
}

void Egl::describe_configs() {
  EGLint count = 0;
  egl_.GetConfigs(display_, nullptr, 0, &count);
  std::vector<EGLConfig> configs(static_cast<size_t>(std::max(count, 0)));
  egl_.GetConfigs(display_, configs.data(), count, &count);
  configs.resize(static_cast<size_t>(std::max(count, 0)));
  for (const EGLConfig config : configs) {
    const auto get = [&](EGLint attribute) {
      EGLint value = 0;
      egl_.GetConfigAttrib(display_, config, attribute, &value);
      return value;
    };
    host_.configs.push_back({get(EGL_CONFIG_ID), get(EGL_RED_SIZE), get(EGL_GREEN_SIZE),
                             get(EGL_BLUE_SIZE), get(EGL_ALPHA_SIZE), get(EGL_DEPTH_SIZE),
                             get(EGL_STENCIL_SIZE), get(EGL_SAMPLES), get(EGL_RENDERABLE_TYPE),
                             get(EGL_SURFACE_TYPE), get(EGL_CONFIG_CAVEAT),
                             get(EGL_COLOR_COMPONENT_TYPE_EXT)});
  }
}

/// Makes a context of one kind to ask it what it is. The first one also gives the texts.
void Egl::try_out(unsigned offer, uint32_t api, const EGLint *attributes) {
  EGLint error = 0;
  EGLContext context = create_context(api, EGL_NO_CONTEXT, attributes, &error);
  if (context == EGL_NO_CONTEXT)
    return;
  if (make_current(context) == EGL_SUCCESS) {
    const auto text = [this](GLenum name) {
      return text_or_empty(reinterpret_cast<const char *>(driver_.glGetString(name)));
    };
    const auto number = [this](GLenum name) {
      GLint value = 0;
      driver_.glGetIntegerv(name, &value);
      return static_cast<uint32_t>(std::max(value, 0));
    };
    const std::string version = text(GL_VERSION);
    gf_gl_offer &is = host_.offers[offer];
    // "4.5 (…) Mesa …" or "OpenGL ES 3.2 Mesa …" or "OpenGL ES-CM 1.1 …"
    if (const size_t digit = version.find_first_of("0123456789");
        digit != std::string::npos && digit + 2 < version.size())
      is.version = static_cast<uint32_t>(version[digit] - '0') * 100 +
                   static_cast<uint32_t>(version[digit + 2] - '0') * 10;
    is.max_samples = number(GL_MAX_SAMPLES);
    is.max_size_pixels = number(GL_MAX_RENDERBUFFER_SIZE);
    if (host_.gl_version.empty()) {
      host_.gl_vendor = text(GL_VENDOR);
      host_.gl_renderer = text(GL_RENDERER);
      host_.gl_version = version;
      host_.gl_extensions = text(GL_EXTENSIONS);
    }
    make_current(EGL_NO_CONTEXT);
  }
  destroy_context(context);
}

} // namespace gpuferry::gl
