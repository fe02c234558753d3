#!/usr/bin/env bash
# The Debian package: unpacked, its binary runs with its own DuckDB; it names what it needs, and its scripts pass shellcheck.
# usage: package.sh BUILD_FOLDER
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
  echo "$*"
  exit 1
}

if ! command -v dpkg-shlibdeps >/dev/null; then
  echo "skipped: dpkg-shlibdeps is missing; deploy/setup package installs it"
  exit 77
fi
cpack --config "$build/CPackConfig.cmake" -B "$scratch/package" >"$scratch/log" 2>&1 || fail "cpack: $(cat "$scratch/log")"
package=$(ls "$scratch"/package/*.deb)
dpkg-deb --info "$package" >"$scratch/info"
for needed in libsqlite3-0 libssl3 libyaml-cpp0.7 systemd; do
  grep -q "^ Depends:.*$needed" "$scratch/info" || fail "it does not depend on $needed: $(grep Depends "$scratch/info")"
done

dpkg-deb --extract "$package" "$scratch/root"
dpkg-deb --control "$package" "$scratch/control"
grep -q '^ExecStart=/usr/bin/leeway run ' "$scratch/root/usr/lib/systemd/system/leeway.service" ||
  grep -q '^ExecStart=/usr/bin/leeway run ' "$scratch/root/lib/systemd/system/leeway.service" || fail "the unit starts something else"
for script in postinst prerm postrm; do
  [ -x "$scratch/control/$script" ] || fail "$script is missing"
done
if command -v shellcheck >/dev/null; then shellcheck "$root"/deploy/debian/*; fi

cd "$scratch"
printf 'x\n%s\n' "$(seq 1000)" >numbers.csv
root/usr/bin/leeway compare numbers.csv numbers.csv >compared || fail "the packaged binary cannot compare two files: $(cat compared)"
