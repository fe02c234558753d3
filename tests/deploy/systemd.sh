#!/usr/bin/env bash
# The unit: systemd understands every line, its exposure is at most 1.5 with each drop-in, and the user and
# folders that it needs come from the sysusers and tmpfiles fragments.
set -euo pipefail

sources=$(cd "$(dirname "$0")/../../systemd" && pwd)
if ! command -v systemd-analyze >/dev/null; then
  echo "skipped: systemd-analyze is missing; deploy/setup test installs it"
  exit 77
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
  echo "$*"
  exit 1
}

# `verify` wants the program to be there, and only warns of a key that it does not know.
understands() {
  local unit=$1 said
  said=$(systemd-analyze verify --man=no "$unit" 2>&1) || fail "systemd-analyze verify: $said"
  if grep -qF leeway <<<"$said"; then fail "systemd-analyze verify: $said"; fi
}

exposure_is_low() {
  local unit=$1 said
  said=$(systemd-analyze security --offline=true --no-pager --threshold=15 "$unit") ||
    fail "$2: ${said##*→ }, must be at most 1.5: $(grep '✗' <<<"$said")"
  echo "$2: ${said##*→ }"
}

check_unit() {
  local name=$1 drop_in=${2:-} folder=$scratch/$1
  mkdir -p "$folder/leeway.service.d"
  sed 's|/usr/bin/leeway|/bin/true|' "$sources/leeway.service" >"$folder/leeway.service"
  [ -z "$drop_in" ] || cp "$drop_in" "$folder/leeway.service.d/"
  understands "$folder/leeway.service"
  exposure_is_low "$folder/leeway.service" "$name"
}

check_unit alone
for drop_in in "$sources"/drop-ins/*.conf; do
  check_unit "with-$(basename "$drop_in" .conf)" "$drop_in"
done

root=$scratch/root
mkdir -p "$root/etc"
systemd-sysusers --root="$root" "$sources/leeway.sysusers"
grep -q '^leeway:' "$root/etc/passwd" || fail "sysusers made no user leeway"
if [ "$(id -u)" = 0 ]; then
  systemd-tmpfiles --root="$root" --create "$sources/leeway.tmpfiles"
  [ "$(stat -c %a "$root/var/lib/leeway")" = 700 ] || fail "the state must be for its user alone"
  [ "$(stat -c %a "$root/etc/leeway")" = 750 ] || fail "the configuration must not be for everybody"
fi
