#!/usr/bin/env bash
# The daemon and its workers judge a day of flights under the system call filter and the memory rules of
# systemd/leeway.service, as far as they can be had without systemd. usage: run.sh BUILD_FOLDER
set -euo pipefail

root=$(cd "$(dirname "$0")/../../.." && pwd)
# shellcheck source=deploy/common.sh
source "$root/deploy/common.sh"
# shellcheck source=deploy/replay.sh
source "$root/deploy/replay.sh"
# shellcheck disable=SC2034  # of replay.sh
build=$(cd "$1" && pwd)

for need in systemd-analyze curl "$flights"; do
  if ! command -v "$need" >/dev/null && ! [ -f "$need" ]; then
    echo "skipped: $need is missing; deploy/setup test fetches it"
    exit 77
  fi
done

# A call is itself; a group is its calls, those of the groups inside it included.
calls_of() {
  local name
  case "$1" in @*) ;; *) echo "$1" && return ;; esac
  while read -r name; do
    case "$name" in
      '#'* | "$1" | "") ;;
      *) calls_of "$name" ;;
    esac
  done < <(systemd-analyze syscall-filter "$1")
}

# The lines SystemCallFilter= one after the other: each adds calls, or with ~ takes some away.
allowed_calls() {
  local line name
  : >"$folder/allowed"
  while read -r line; do
    for name in ${line#"~"}; do calls_of "$name"; done | sort -u >"$folder/named"
    if [ "${line#"~"}" = "$line" ]; then
      sort -u "$folder/allowed" "$folder/named" >"$folder/next_allowed"
    else
      comm -23 "$folder/allowed" "$folder/named" >"$folder/next_allowed"
    fi
    mv "$folder/next_allowed" "$folder/allowed"
  done < <(sed -n 's/^SystemCallFilter=//p' "$root/systemd/leeway.service")
  [ "$(wc -l <"$folder/allowed")" -gt 100 ] || die "the unit allows only $(wc -l <"$folder/allowed") calls: was its filter read?"
}

begin_replay
allowed_calls
mkdir "$folder/incoming"
cat >"$folder/leeway.yaml" <<END
server: { listen: 127.0.0.1:$port }
state: $folder/state
models:
  - name: flight-delay
    batches: { files: $folder/incoming/*.parquet, every: 1s }
    reference: $folder/january.parquet
    window: { grace: 0s }
END
"$build/tests/tools/leeway_under_filter" "$folder/allowed" "$build/daemon/leeway" run -c "$folder/leeway.yaml" >"$folder/leeway.log" 2>&1 &
started+=($!)
until_true 30 "Leeway to be ready" curl -sf -o "$folder/ready" "http://127.0.0.1:$port/-/ready"
for day in 2001-02-25 2001-02-26; do hand_over "$day" "$folder/incoming"; done
until_true 60 "February 25 to be judged" judged_until flight-delay 2001-02-26
[ "$(model_metric leeway_finding_state flight-delay delay)" = 2 ] || die "delay of February 25 was not found to have drifted"

# The filter is really on: what it leaves out fails.
if "$build/tests/tools/leeway_under_filter" "$folder/allowed" chroot / true 2>/dev/null; then
  die "chroot worked under the filter"
fi
