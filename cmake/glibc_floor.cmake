# What ships runs on machines older than the one that built it: gf_glibc_floor(TARGET…) links targets against the glibc
# that cmake/glibc-floor/make describes, and the C++ library into them. The ordinary build does so too: what tests run is
# what the bundle holds.
set(GF_GLIBC_FLOOR 2.28)

set(floor_dir ${CMAKE_BINARY_DIR}/glibc-${GF_GLIBC_FLOOR})
file(GLOB floor_parts CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/glibc-floor/*)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${floor_parts})
set(floor_stale OFF)
foreach(part ${floor_parts})
  if(${part} IS_NEWER_THAN ${floor_dir}/libc.so)
    set(floor_stale ON)
  endif()
endforeach()
if(floor_stale)
  execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/glibc-floor/make ${GF_GLIBC_FLOOR} ${CMAKE_C_COMPILER} ${floor_dir}
                  COMMAND_ERROR_IS_FATAL ANY)
endif()

function(gf_glibc_floor)
  foreach(target ${ARGN})
    # Libraries of this machine (libX11) may ask for what the floor lacks: a host's own do not.
    target_link_options(${target} PRIVATE -Wl,--allow-shlib-undefined -L${floor_dir} $<$<LINK_LANGUAGE:CXX>:-static-libstdc++>
                        -Wl,--exclude-libs,libstdc++.a)
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${floor_dir}/libc.so)
    get_target_property(kind ${target} TYPE)
    if(kind STREQUAL EXECUTABLE)
      target_link_options(${target} PRIVATE -Wl,--wrap=__libc_start_main)
    endif()
  endforeach()
endfunction()
