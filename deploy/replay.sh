# Runs a Leeway over the flights of 2001, for deploy/demo and the tests that want a running one; sourced, never run.
# The one who sources it has sourced common.sh, sets `build` to the folder of a build, and calls begin_replay.
# shellcheck shell=bash
# shellcheck disable=SC2154  # root, cache: common.sh; build: the one who sources this

flights=$cache/data/flights-3m.parquet
# shellcheck source=deploy/processes.sh
source "$root/deploy/processes.sh"

begin_replay() {
  begin_processes replay
  port=$(free_port 9960)
  export LEEWAY_ADDRESS=127.0.0.1:$port
  sql "COPY (FROM '$flights' WHERE date >= DATE '2001-01-01' AND date < DATE '2001-02-01') TO '$folder/january.parquet'"
}

leeway() { "$build/daemon/leeway" "$@"; }
sql() { "$build/tests/tools/leeway_sql" "$@" >/dev/null; }
metrics() { curl -sS --max-time 5 "http://127.0.0.1:$port/metrics"; }

start_receiver() {
  "$build/tests/tools/leeway_receiver" --port-file "$folder/receiver.port" --log "$folder/webhooks.jsonl" &
  started+=($!)
  until_true 10 "the webhook receiver" test -f "$folder/receiver.port"
}

start_leeway() {
  leeway check-config -c "$folder/leeway.yaml" >"$folder/check.log" 2>&1 || die "$(cat "$folder/check.log")"
  # Not the function above: the process to stop would be a shell around it.
  "$build/daemon/leeway" run -c "$folder/leeway.yaml" >"$folder/leeway.log" 2>&1 &
  started+=($!)
  until_true 30 "Leeway to be ready" curl -sf -o "$folder/ready" "http://127.0.0.1:$port/-/ready"
}

# A day's file appears under its name all at once, as a well-behaved producer writes it.
hand_over() {
  local day=$1 into=$2
  sql "COPY (FROM '$flights' WHERE date >= DATE '$day' AND date < DATE '$day' + 1) TO '$folder/next.parquet'"
  mv "$folder/next.parquet" "$into/$day.parquet"
}

# days FIRST LAST
days() {
  local day=$1
  while [[ ! "$day" > "$2" ]]; do
    echo "$day"
    day=$(date -u -d "$day + 1 day" +%F)
  done
}

# model_metric NAME MODEL [COLUMN]: the value of the series of all rows; empty if there is none.
model_metric() {
  metrics | awk -v name="$1{" -v model="model=\"$2\"" -v column="${3:+column=\"$3\"}" '
    index($0, name) == 1 && index($0, model) && (column == "" || index($0, column)) && !index($0, "segment=") { value = $NF }
    END { print value }'
}

# judged_until MODEL DAY: whether the newest judged window ends when that day begins, or later.
judged_until() {
  local end
  end=$(model_metric leeway_window_end_timestamp_seconds "$1")
  awk -v end="${end:-0}" -v day="$(date -u -d "$2" +%s)" 'BEGIN { exit !(end + 0 >= day) }'
}
