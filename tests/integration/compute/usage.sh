#!/usr/bin/env bash
# Leeway watches the compute of a process that burns a CPU, and of Debian's Prometheus by PromQL. usage: usage.sh BUILD_FOLDER
#
#   - the CPU seconds on the page are those of /proc, and what Prometheus says of itself
#   - cost per thousand predictions is a division in PromQL
#   - promtool finds nothing to say about the page
#   - kill -9 and a new start: no total goes back
#   - a group that is not there is a finding with its reason, and no number
set -euo pipefail

root=$(cd "$(dirname "$0")/../../.." && pwd)
# shellcheck source=deploy/common.sh
source "$root/deploy/common.sh"
# shellcheck source=deploy/replay.sh
source "$root/deploy/replay.sh"
# shellcheck disable=SC2034  # of replay.sh
build=$(cd "$1" && pwd)
PATH=$PATH:$cache/tools/usr/bin

for need in prometheus promtool jq curl; do
  if ! command -v "$need" >/dev/null; then
    echo "skipped: $need is missing; deploy/setup test fetches it"
    exit 77
  fi
done

fail() {
  echo "$*"
  exit 1
}

trap end_replay EXIT
folder=$(mktemp -d -t leeway-compute.XXXXXX)
port=$(free_port 9960)
prometheus_port=$(free_port 19090)
export LEEWAY_ADDRESS=127.0.0.1:$port

start_burner() {
  sha256sum /dev/zero &
  burner=$!
  started+=("$burner")
  echo "$burner" >"$folder/burner.pid"
}

start_prometheus() {
  cat >"$folder/prometheus.yml" <<END
global: { scrape_interval: 1s }
scrape_configs:
  - { job_name: prometheus, static_configs: [{ targets: ["127.0.0.1:$prometheus_port"] }] }
  - { job_name: leeway, honor_labels: true, static_configs: [{ targets: ["127.0.0.1:$port"] }] }
END
  prometheus --config.file="$folder/prometheus.yml" --storage.tsdb.path="$folder/prometheus" \
    --web.listen-address="127.0.0.1:$prometheus_port" >"$folder/prometheus.log" 2>&1 &
  started+=($!)
  until_true 60 "Prometheus to scrape itself" answers 'process_cpu_seconds_total{job="prometheus"}'
}

write_configuration() {
  cat >"$folder/leeway.yaml" <<END
server: { listen: 127.0.0.1:$port }
state: $folder/state
models:
  - name: burner
    compute:
      process: { pid_file: $folder/burner.pid }
      every: 1s
      price: { per_hour: 3600, currency: EUR }
      budget: 1000000
  - name: server
    compute:
      prometheus:
        url: http://127.0.0.1:$prometheus_port
        queries:
          cpu_seconds: process_cpu_seconds_total{job="prometheus"}
          memory_bytes: process_resident_memory_bytes{job="prometheus"}
          predictions: sum(prometheus_http_requests_total)
          tokens: no_such_metric
      every: 1s
      price: { per_cpu_second: 0.01 }
  - name: nowhere
    compute: { cgroup: no-such.service, every: 1s }
END
}

query() { curl -sS --max-time 10 --data-urlencode "query=$1" "http://127.0.0.1:$prometheus_port/api/v1/query"; }
answers() { { query "$1" | jq -e '.status == "success" and (.data.result | length > 0)'; } >/dev/null 2>&1; }
number() { query "$1" | jq -r '.data.result[0].value[1] // "none"'; }

# holds EXPRESSION: an awk condition on numbers.
holds() { awk "BEGIN { exit !($1) }"; }

at_least() { holds "$(model_metric "$1" "$2") + 0 >= $3"; }

burner_seconds() {
  awk -v tick="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13) / tick }' "/proc/$burner/stat"
}

check_burner() {
  until_true 30 "three seconds of the burner" at_least leeway_compute_cpu_seconds_total burner 3
  # What is shown is at most a period and a scheduler's delay old, and misses what was burnt before the first reading.
  local before shown after
  before=$(burner_seconds)
  sleep_until_read
  shown=$(model_metric leeway_compute_cpu_seconds_total burner)
  after=$(burner_seconds)
  holds "$shown <= $after" || fail "burner: $shown CPU seconds are shown, it has burnt $after"
  local first
  first=$(awk -v after="$before" -v shown="$shown" 'BEGIN { print after - shown }')
  holds "$first < 5" || fail "burner: $shown CPU seconds are shown, it had burnt $before before"
}

# Until the model has been read once more.
sleep_until_read() {
  local cost
  cost=$(model_metric leeway_cost_total burner)
  until_true 20 "the next reading" at_least leeway_cost_total burner "$cost + 0.5"
}

check_prometheus() {
  until_true 60 "Prometheus to know of what it was asked" answers \
    'leeway_predictions_total{model="server"} > 5 and on (environment, model) leeway_cost_total{model="server"} > 0'
  local shown own
  shown=$(number 'leeway_compute_cpu_seconds_total{model="server"}')
  own=$(number 'process_cpu_seconds_total{job="prometheus"}')
  holds "$shown > 0 && $shown <= $own" || fail "server: $shown CPU seconds are shown, it has used $own"
  until_true 30 "a cost per thousand predictions" answers \
    '1000 * increase(leeway_cost_total{model="server"}[20s]) / on (environment, model) increase(leeway_predictions_total{model="server"}[20s]) > 0'
}

# status_of MODEL JQ: of what the API shows of the model's compute.
status_of() {
  curl -sS --max-time 5 "http://127.0.0.1:$port/api/v1/status" |
    jq -r --arg model "$1" "[.. | objects | select(.live? and (.name? == \$model or .model? == \$model))][0].live.compute | $2"
}

check_findings() {
  local why
  why=$(status_of nowhere '.details.sources[0].error')
  case $why in
    *"no group 'no-such.service'"* | *"is cgroup v1"* | *"is no cgroup file system"*) ;;
    *) fail "the API does not say why the group cannot be read: $why" ;;
  esac
  [ "$(status_of nowhere '.findings[] | select(.measure == "compute.source") | .verdict')" = warning ] ||
    fail "the group that is not there is no warning"
  [ -z "$(model_metric leeway_compute_cpu_seconds_total nowhere)" ] || fail "a number of a group that is not there"
  why=$(status_of server '.details.sources[0].unavailable.tokens')
  [ "$why" = "the query gives no data" ] || fail "an empty vector is not said to be no data: $why"
}

check_restart() {
  local leeway=${started[-1]} cpu cost
  cpu=$(model_metric leeway_compute_cpu_seconds_total burner)
  cost=$(model_metric leeway_cost_total burner)
  kill -9 "$leeway"
  wait "$leeway" 2>/dev/null || true
  start_leeway
  until_true 20 "the totals to be back" at_least leeway_compute_cpu_seconds_total burner 0.001
  at_least leeway_compute_cpu_seconds_total burner "$cpu" || fail "CPU seconds went back from $cpu"
  at_least leeway_cost_total burner "$cost" || fail "the cost went back from $cost"
}

start_burner
start_prometheus
write_configuration
start_leeway
check_burner
check_prometheus
check_findings
metrics >"$folder/page"
promtool check metrics <"$folder/page" || fail "promtool finds fault with the page"
check_restart
