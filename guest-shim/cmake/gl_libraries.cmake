# The guest's GL libraries: one that holds the code, and thin ones that only carry a SONAME and need it.
#
# glibc takes a library that is loaded under a SONAME for every later request of that name, and dlsym()
# on a handle also searches what the library needs. So a thin libGL.so.1 is all that a program, linked or
# with dlopen, has to find. libgpuferry.so itself needs none of them: on a machine that has libglvnd, a program
# linked with -lGL would get libGL.so.1 from there and libGLX.so.0 from here, and neither would work.

set(generated_c ${CMAKE_SOURCE_DIR}/protocol/generated/c)
file(GLOB_RECURSE gl_sources CONFIGURE_DEPENDS src/gl/*.c)
set(gl_generated ${generated_c}/gl_stubs.c)
set_source_files_properties(${gl_generated} PROPERTIES GENERATED ON)

add_library(gf_guest_gl SHARED ${gl_sources} ${gl_generated})
target_include_directories(gf_guest_gl PRIVATE src)
target_link_libraries(gf_guest_gl PRIVATE gf_protocol gf_gl_common gf_guest_cuda dl pthread m)
target_compile_definitions(gf_guest_gl PRIVATE _GNU_SOURCE GF_VERSION="${gpuferry_version}")
target_compile_options(gf_guest_gl PRIVATE -ftls-model=initial-exec)
# symbolic: an application that defines a glFoo of its own (loaders like glad do) must not get our calls.
target_link_options(gf_guest_gl PRIVATE -Wl,-soname,libgpuferry-gl.so.1 -Wl,-z,defs -Wl,-z,nodelete
                    -Wl,-Bsymbolic)
set(origin_rpath SKIP_BUILD_RPATH ON BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN"
                 LIBRARY_OUTPUT_DIRECTORY ${guest_dir})
set_target_properties(gf_guest_gl PROPERTIES
  OUTPUT_NAME gpuferry-gl SUFFIX .so.1 ${origin_rpath})

gf_glibc_floor(gf_guest_gl)

# name and version of each SONAME; the last two are what libglvnd, where it is loaded first, looks for
set(thin_libraries GL.so.1 GLX.so.0 OpenGL.so.0 EGL.so.1 GLESv1_CM.so.1 GLESv2.so.2
                   GLX_gpuferry.so.0 EGL_gpuferry.so.0)
file(WRITE ${guest_dir}/egl_vendor.d/10_gpuferry.json [=[
{
  "file_format_version": "1.0.0",
  "ICD": { "library_path": "libEGL_gpuferry.so.0" }
}
]=])
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/thin.c "")
foreach(thin ${thin_libraries})
  string(REGEX REPLACE "^([A-Za-z0-9_]+)(\\..*)$" "\\1;\\2" parts ${thin})
  list(GET parts 0 thin_name)
  list(GET parts 1 thin_suffix)
  set(target gf_guest_${thin_name})
  add_library(${target} SHARED ${CMAKE_CURRENT_BINARY_DIR}/thin.c)
  target_link_libraries(${target} PRIVATE gf_guest_gl)
  target_link_options(${target} PRIVATE -Wl,-soname,lib${thin} -Wl,--no-as-needed -nostdlib
                      -Wl,-z,nodelete)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${thin_name} SUFFIX ${thin_suffix} ${origin_rpath})
  # Programs that open libGLESv2.so by its developers' name (glmark2-es2 does) find it under that name too.
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND ${CMAKE_COMMAND} -E create_symlink lib${thin} ${guest_dir}/lib${thin_name}.so)
  # Loaders like glad ask for the name without a version first, which on a developer's machine exists.
  file(MAKE_DIRECTORY ${guest_dir})
  file(CREATE_LINK lib${thin} ${guest_dir}/lib${thin_name}.so SYMBOLIC)
  add_dependencies(gf_guest_preload ${target})
endforeach()
