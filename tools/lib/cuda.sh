# shellcheck shell=bash
# nvcc and cudart for the demo programs and tests. Nothing that gpuferry ships needs them.

CUDA_VENV=$ROOT/.venv
CUDA_STAMP=$CUDA_VENV/gpuferry-stamp
# cudart 12.4 stands beside 13.0 because users' binaries are older than their machines.
CUDA_WANTED=('nvidia-cuda-runtime-cu12==12.4.*')
command -v nvcc >/dev/null || CUDA_WANTED+=('cuda-toolkit[nvcc,cudart,cccl,nvrtc]==13.0.*')

cuda_get() {
  if [ "$(cat "$CUDA_STAMP" 2>/dev/null)" = "${CUDA_WANTED[*]}" ]; then
    return 0
  fi
  # The system's own interpreter: a version manager's shim may vanish from PATH later and take the venv with it.
  local python=/usr/bin/python3
  [ -x "$python" ] || python=python3
  rm -rf "$CUDA_VENV"
  if ! "$python" -m venv "$CUDA_VENV" ||
    ! "$CUDA_VENV/bin/pip" install --quiet --disable-pip-version-check "${CUDA_WANTED[@]}"; then
    rm -rf "$CUDA_VENV"
    if command -v nvcc >/dev/null; then
      ui_note 'no cudart 12.4 from PyPI: tests of older runtimes are left out'
    else
      ui_note 'no nvcc: demos and tests are the driver-API programs alone, whose PTX is committed'
    fi
    return 0
  fi
  cuda_links
  printf '%s' "${CUDA_WANTED[*]}" >"$CUDA_STAMP"
}

# The wheels keep their libraries in lib and name the shared runtime libcudart.so.13;
# nvcc looks in lib64 and for libcudart.so.
cuda_links() {
  local toolkit
  toolkit=$(echo "$CUDA_VENV"/lib/python3*/site-packages/nvidia/cu13)
  [ -d "$toolkit/lib" ] || return 0
  ln -sfn lib "$toolkit/lib64"
  ln -sfn libcudart.so.13 "$toolkit/lib/libcudart.so"
}
