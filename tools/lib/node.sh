# shellcheck shell=bash
# Node itself, and the packages that package-lock.json names.

NODE_OLDEST=20.19

node_check() {
  local version
  if ! command -v node >/dev/null; then
    printf 'gpuferry needs Node %s or newer, and there is no node on PATH.\n' "$NODE_OLDEST"
    return 1
  fi
  version=$(node -p process.versions.node)
  if [ "$(printf '%s\n%s\n' "$NODE_OLDEST" "$version" | sort -V | head -n 1)" != "$NODE_OLDEST" ]; then
    printf 'gpuferry needs Node %s or newer; this is %s.\n' "$NODE_OLDEST" "$version"
    return 1
  fi
}

# npm ci, unless node_modules is what this very lock file gave.
node_packages_get() {
  local stamp=$ROOT/node_modules/.gpuferry-stamp sum
  sum=$(cat "$ROOT/package.json" "$ROOT/package-lock.json" | sha256sum)
  [ "$(cat "$stamp" 2>/dev/null)" != "$sum" ] || return 0
  (cd "$ROOT" && npm ci --no-audit --no-fund) || return 1
  printf '%s' "$sum" >"$stamp"
}
