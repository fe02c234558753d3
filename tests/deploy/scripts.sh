#!/usr/bin/env bash
# Every shell script of the repository passes shellcheck.
set -euo pipefail

cd "$(dirname "$0")/../.."
if ! command -v shellcheck >/dev/null; then
  echo "skipped: shellcheck is missing; deploy/setup test installs it"
  exit 77
fi
grep -rlE --exclude-dir=build --exclude-dir=.cache --exclude-dir=.git '^#!.*bash|^# shellcheck shell=' . |
  xargs shellcheck --external-sources
