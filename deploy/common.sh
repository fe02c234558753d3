# What the scripts of this folder share; sourced, never run.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034  # used by the scripts that source this file
cache=$root/.cache

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }

die() {
  printf '%s: %s\n' "deploy/$(basename "$0")" "$*" >&2
  exit 1
}
