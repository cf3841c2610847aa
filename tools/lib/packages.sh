# shellcheck shell=bash
# Debian packages: which are needed, and what it costs to go without.

# package | need | what it is for
# must: nothing is built without it; should and may: something is lacking without it. The other needs are asked for by
# name (`tools/setup --with bench`), because they are large or of use to few.
packages_table() {
  cat <<'TABLE'
g++|must|compiling everything native
cmake|must|the native build
ninja-build|must|the native build
pkg-config|must|the native build finds libraries by it
llvm-19-dev|must|the software CUDA device's compiler
clang-19|must|the software CUDA device's kernel library, compiled to LLVM bitcode
libzstd-dev|must|fatbins that nvcc compressed with zstd
zlib1g-dev|must|LLVM, which is linked statically
liblz4-dev|must|fatbins that nvcc compressed with LZ4
libseccomp-dev|must|the executor's jail
nlohmann-json3-dev|must|control messages between server and executor
khronos-api|must|the signatures of OpenGL and GLX, which the generator reads
python3-glad|must|the signatures of EGL, which the generator reads
libegl-dev|must|the OpenGL half: headers of EGL
libgl-dev|must|the OpenGL half: headers of OpenGL and GLX
libgles-dev|must|the OpenGL half: headers of OpenGL ES
libx11-dev|must|the OpenGL half: headers of Xlib
libxext-dev|must|the OpenGL half: headers of MIT-SHM
libxcb1-dev|must|the OpenGL half: headers of XCB
x11proto-dev|must|the OpenGL half: GLX's requests and errors
libglvnd-core-dev|must|the OpenGL half: how libglvnd loads a vendor's library
libegl1|should|the host's EGL: without it guests get no OpenGL
libegl-mesa0|should|Mesa's EGL, where there is no GPU
libgl1-mesa-dri|should|Mesa's software renderer, where there is no GPU
libgl1|should|the OpenGL programs that tests compile, run straight
libglx-mesa0|should|the same, with windows
libgles2|should|the same, with OpenGL ES
libgles1|should|the same, with OpenGL ES 1
xvfb|should|an X server for tests of OpenGL: without it only those that need no window run
mesa-utils|should|glxgears and es2gears, which quickstart renders
piglit|should|the OpenGL conformance tests: without it `npm test` lacks its slice of them
waffle-utils|should|piglit, which skips its shader tests silently without it
libgtest-dev|should|the C++ tests: without it `npm test` has only the TypeScript half
python3-venv|should|nvcc from PyPI: without it the demos are the driver-API programs alone
xz-utils|should|`npm run bundle` packs with it
ccache|may|faster rebuilds
clang-format-19|may|`npm run check`
shellcheck|may|`npm run check`
glmark2-x11|bench|`npm run bench -- gl`: its scenes
glmark2-es2-x11|bench|`npm run bench -- gl`: its scenes in OpenGL ES
virgl-server|bench|`npm run bench -- gl`: the peer that it compares with
openarena|games|`npm run bench -- gl`: a timedemo (400 MB)
unzip|games|takes the recorded game out of it
TABLE
}

package_present() {
  [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null)" = 'ii ' ]
}

# Prints the names that are missing, of the given needs.
packages_missing() {
  local package need
  while IFS='|' read -r package need _; do
    case " $* " in
    *" $need "*) package_present "$package" || printf '%s\n' "$package" ;;
    esac
  done < <(packages_table)
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -- "$@"
  else
    return 126
  fi
}

# packages_get [NEED…]: what every checkout needs, and what the named needs want beside it.
packages_get() {
  local -a missing needs=(must should may "$@")
  local tried=$ROOT/.cache/packages-tried
  mapfile -t missing < <(packages_missing "${needs[@]}")
  [ "${#missing[@]}" -gt 0 ] || return 0
  # What could not be had last time is not asked for again at every start, unless nothing works without it.
  if [ -z "$(packages_missing must)" ] && [ "${missing[*]}" = "$(cat "$tried" 2>/dev/null)" ]; then
    packages_report "${needs[@]}"
    return
  fi
  if command -v apt-get >/dev/null && as_root true; then
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q || true
    # One package that a mirror lacks must not take the others down with it: first together, then one by one.
    apt_install "${missing[@]}" || for package in "${missing[@]}"; do apt_install "$package" || true; done
  else
    ui_note "cannot install packages here: no root, no sudo or no apt-get"
  fi
  mkdir -p "$ROOT/.cache"
  mapfile -t missing < <(packages_missing "${needs[@]}")
  printf '%s' "${missing[*]}" >"$tried"
  packages_report "${needs[@]}"
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

# Names each package of the given needs that is still missing and what that costs; fails if nothing can be built.
packages_report() {
  local package need purpose fatal=0
  while IFS='|' read -r package need purpose; do
    case " $* " in
    *" $need "*) ;;
    *) continue ;;
    esac
    package_present "$package" && continue
    ui_note "missing: $package ($purpose)"
    [ "$need" != must ] || fatal=1
  done < <(packages_table)
  if [ "$fatal" = 1 ]; then
    printf 'Install them by hand, as root: apt-get install %s\n' "$(packages_missing must | tr '\n' ' ')"
    return 1
  fi
}
