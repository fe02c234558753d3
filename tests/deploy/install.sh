#!/usr/bin/env bash
# An installation stands on its own: the unit names the binary that was installed, and the binary opens the DuckDB that
# was installed beside it. usage: install.sh BUILD_FOLDER
set -euo pipefail

build=$(cd "$1" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
  echo "$*"
  exit 1
}

DESTDIR=$scratch cmake --install "$build" >"$scratch/log" || fail "cmake --install: $(cat "$scratch/log")"
prefix=$(sed -n 's/^CMAKE_INSTALL_PREFIX:PATH=//p' "$build/CMakeCache.txt")

cd "$scratch$prefix"
for file in bin/leeway lib/leeway/libduckdb.so lib/systemd/system/leeway.service lib/sysusers.d/leeway.conf \
  lib/tmpfiles.d/leeway.conf share/leeway/leeway.yaml share/leeway/prometheus/leeway.rules.yml share/doc/leeway/LICENSE; do
  [ -f "$file" ] || fail "$file was not installed"
done
grep -q "^ExecStart=$prefix/bin/leeway run " lib/systemd/system/leeway.service ||
  fail "the unit starts something else: $(grep ExecStart lib/systemd/system/leeway.service)"

printf 'x\n%s\n' "$(seq 1000)" >numbers.csv
LD_DEBUG=files LD_DEBUG_OUTPUT=$scratch/loaded bin/leeway compare numbers.csv numbers.csv >compared ||
  fail "the installed binary cannot compare two files: $(cat compared)"
opened=$(cat "$scratch"/loaded.* | grep -o 'file=[^ ]*libduckdb.so' | sort -u)
[ "$opened" = "file=$PWD/lib/leeway/libduckdb.so" ] || fail "it opened another DuckDB than the installed one: $opened"
