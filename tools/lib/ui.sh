# shellcheck shell=bash
# What every script here prints with: numbered steps with their time, and notes that say what to do.
# Everything goes to stderr, so that a script's stdout stays its result.

ui_colour() {
  if [ -t 2 ] && [ -z "${NO_COLOR:-}" ]; then printf '\033[%sm' "$1" >&2; fi
}

# ui_begin TITLE STEPS: starts a numbered run of STEPS steps.
ui_begin() {
  UI_STEPS=$2
  UI_STEP=0
  UI_STARTED=$SECONDS
  ui_colour 1
  printf '%s\n' "$1" >&2
  ui_colour 0
}

# ui_step TEXT COMMAND…: runs COMMAND as the next step and prints how long it took.
# COMMAND may be a function, which runs without `set -e`: it must return its own failures.
# Its output is kept in a log and shown only when it fails; with GPUFERRY_VERBOSE=1 it is shown as it comes.
ui_step() {
  local text=$1 log started=$SECONDS
  shift
  UI_STEP=$((UI_STEP + 1))
  printf '[%d/%d] %s … ' "$UI_STEP" "$UI_STEPS" "$text" >&2
  if [ -n "${GPUFERRY_VERBOSE:-}" ]; then
    printf '\n' >&2
    "$@" >&2 || ui_failed "$text" ''
  else
    log=$(mktemp)
    "$@" >"$log" 2>&1 || ui_failed "$text" "$log"
    UI_NOTES=$(sed -n 's/^note: //p' "$log")
    rm -f "$log"
  fi
  printf 'done (%d s)\n' "$((SECONDS - started))" >&2
  if [ -n "${UI_NOTES:-}" ]; then
    ui_colour 33
    printf '      %s\n' "${UI_NOTES//$'\n'/$'\n'      }" >&2
    ui_colour 0
    UI_NOTES=
  fi
}

ui_failed() {
  ui_colour 31
  printf 'failed\n' >&2
  ui_colour 0
  [ -z "$2" ] || { tail -n 60 "$2" >&2 && rm -f "$2"; }
  printf '%s failed; what it printed stands above. GPUFERRY_VERBOSE=1 shows every line.\n' "$1" >&2
  exit 1
}

# ui_note TEXT: inside a step, something the user should read even though the step succeeded.
ui_note() { printf 'note: %s\n' "$1"; }

ui_end() { printf '%s (%d s in all)\n' "$1" "$((SECONDS - UI_STARTED))" >&2; }
