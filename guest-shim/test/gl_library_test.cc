// The built GL libraries as a program finds them, without a server and without X.
#include <cstdlib>
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <string>

namespace {

using Proc = void (*)();
using GetProc = Proc(const char *);

class GlLibrary : public ::testing::Test {
protected:
  static void SetUpTestSuite() {
    setenv("GPUFERRY_HOST", "/nonexistent/host.sock", 1);
    setenv("GPUFERRY_LOG", "off", 1);
    ASSERT_NE(dlopen(GF_PRELOAD_PATH, RTLD_NOW | RTLD_LOCAL), nullptr) << dlerror();
  }
};

/// As programs ask for them: by SONAME, with no path that would lead there.
void *open(const char *soname) {
  void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
  EXPECT_NE(library, nullptr) << dlerror();
  return library;
}

std::string file_of(void *address) {
  Dl_info info;
  return address != nullptr && dladdr(address, &info) != 0 ? info.dli_fname : "";
}

TEST_F(GlLibrary, EverySonameLeadsToOurCode) {
  const std::pair<const char *, const char *> asked[] = {
      {"libGL.so.1", "glXSwapBuffers"},    {"libGLX.so.0", "glXSwapBuffers"},
      {"libOpenGL.so.0", "glDrawArrays"},  {"libEGL.so.1", "eglSwapBuffers"},
      {"libGLESv2.so.2", "glDrawArrays"},  {"libGLESv1_CM.so.1", "glClearColorx"},
      {"libGL.so.1", "glGenVertexArrays"},
  };
  for (const auto &[soname, symbol] : asked) {
    const std::string file = file_of(dlsym(open(soname), symbol));
    EXPECT_NE(file.find("libgpuferry-gl.so.1"), std::string::npos) << soname << ": " << file;
  }
}

TEST_F(GlLibrary, ADeepBoundLibraryMeetsThemToo) {
  void *library = dlopen("libGL.so.1", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
  ASSERT_NE(library, nullptr) << dlerror();
  EXPECT_NE(file_of(dlsym(library, "glClear")).find("libgpuferry-gl.so.1"), std::string::npos);
}

TEST_F(GlLibrary, NamesLeadToWhatIsExportedAndToNothingElse) {
  void *library = open("libGL.so.1");
  auto *glx_proc = reinterpret_cast<GetProc *>(dlsym(library, "glXGetProcAddressARB"));
  auto *egl_proc = reinterpret_cast<GetProc *>(dlsym(library, "eglGetProcAddress"));
  for (const char *name : {"glClear", "glBufferStorage", "glXCreateContextAttribsARB",
                           "glXSwapIntervalEXT", "eglCreateSync", "eglInitialize"}) {
    EXPECT_EQ(reinterpret_cast<void *>(glx_proc(name)), dlsym(library, name)) << name;
    EXPECT_EQ(glx_proc(name), egl_proc(name)) << name;
    EXPECT_NE(glx_proc(name), nullptr) << name;
  }
  for (const char *name : {"", "gl", "glNoSuchThing", "glXNoSuchThing", "eglNoSuchThing", "main"})
    EXPECT_EQ(glx_proc(name), nullptr) << name;
}

TEST_F(GlLibrary, CommandsWithoutAContextDoNothing) {
  void *library = open("libGL.so.1");
  reinterpret_cast<void (*)(unsigned)>(dlsym(library, "glClear"))(0x4000);
  reinterpret_cast<void (*)()>(dlsym(library, "glFinish"))();
  EXPECT_EQ(reinterpret_cast<unsigned (*)()>(dlsym(library, "glGetError"))(), 0u);
}

TEST_F(GlLibrary, EglSaysItsErrors) {
  void *library = open("libEGL.so.1");
  auto *error = reinterpret_cast<int (*)()>(dlsym(library, "eglGetError"));
  auto *query = reinterpret_cast<const char *(*)(void *, int)>(dlsym(library, "eglQueryString"));
  auto *initialize =
      reinterpret_cast<unsigned (*)(void *, int *, int *)>(dlsym(library, "eglInitialize"));
  auto *display = reinterpret_cast<void *(*)(unsigned, void *, const intptr_t *)>(
      dlsym(library, "eglGetPlatformDisplay"));
  enum { BAD_DISPLAY = 0x3008, BAD_PARAMETER = 0x300c, NOT_INITIALIZED = 0x3001, SUCCESS = 0x3000 };
  enum { EXTENSIONS = 0x3055, VENDOR = 0x3053, PLATFORM_SURFACELESS = 0x31dd };
  EXPECT_NE(std::string(query(nullptr, EXTENSIONS)).find("EGL_EXT_platform_base"),
            std::string::npos);
  EXPECT_EQ(error(), SUCCESS);
  int nothing;
  EXPECT_EQ(initialize(&nothing, nullptr, nullptr), 0u);
  EXPECT_EQ(error(), BAD_DISPLAY);
  EXPECT_EQ(error(), SUCCESS) << "told once";
  EXPECT_EQ(display(0x1234, nullptr, nullptr), nullptr);
  EXPECT_EQ(error(), BAD_PARAMETER);
  void *surfaceless = display(PLATFORM_SURFACELESS, nullptr, nullptr);
  EXPECT_NE(surfaceless, nullptr);
  EXPECT_EQ(display(PLATFORM_SURFACELESS, nullptr, nullptr), surfaceless)
      << "one display, one handle";
  EXPECT_EQ(query(surfaceless, VENDOR), nullptr);
  EXPECT_EQ(error(), NOT_INITIALIZED);
  EXPECT_EQ(initialize(surfaceless, nullptr, nullptr), 0u) << "there is no server";
  EXPECT_EQ(error(), NOT_INITIALIZED);
}

} // namespace
