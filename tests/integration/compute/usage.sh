#!/usr/bin/env bash
# Leeway watches the compute of a process that burns a CPU, of Debian's Prometheus by PromQL, and of this machine, by itself and
# by Debian's node exporter. usage: usage.sh BUILD_FOLDER
#
#   - the CPU seconds on the page are those of /proc, and what Prometheus says of itself
#   - what Leeway counts of this machine is what the node exporter counts
#   - cost per thousand predictions is a division in PromQL
#   - promtool finds nothing to say about the page
#   - kill -9 and a new start: no total goes back
#   - a group that is not there is a finding with its reason, and no number; `leeway live` shows it
set -euo pipefail

root=$(cd "$(dirname "$0")/../../.." && pwd)
# shellcheck source=deploy/common.sh
source "$root/deploy/common.sh"
# shellcheck source=deploy/replay.sh
source "$root/deploy/replay.sh"
# shellcheck disable=SC2034  # of replay.sh
build=$(cd "$1" && pwd)
PATH=$PATH:$cache/tools/usr/bin

need prometheus promtool prometheus-node-exporter jq curl

begin_processes compute
port=$(free_port 9960)
prometheus_port=$(free_port 19090)
node_port=$(free_port 19100)
export LEEWAY_ADDRESS=127.0.0.1:$port

start_burner() {
  sha256sum /dev/zero &
  burner=$!
  started+=("$burner")
  echo "$burner" >"$folder/burner.pid"
}

start_node_exporter() {
  prometheus-node-exporter --web.listen-address="127.0.0.1:$node_port" >"$folder/node.log" 2>&1 &
  started+=($!)
  until_true 30 "the node exporter" curl -sf -o "$folder/node.page" "http://127.0.0.1:$node_port/metrics"
}

start_prometheus() {
  cat >"$folder/prometheus.yml" <<END
global: { scrape_interval: 1s }
scrape_configs:
  - { job_name: prometheus, static_configs: [{ targets: ["127.0.0.1:$prometheus_port"] }] }
  - { job_name: node, static_configs: [{ targets: ["127.0.0.1:$node_port"] }] }
  - { job_name: leeway, honor_labels: true, static_configs: [{ targets: ["127.0.0.1:$port"] }] }
END
  prometheus --config.file="$folder/prometheus.yml" --storage.tsdb.path="$folder/prometheus" \
    --web.listen-address="127.0.0.1:$prometheus_port" >"$folder/prometheus.log" 2>&1 &
  started+=($!)
  until_true 60 "Prometheus to scrape itself" answers 'process_cpu_seconds_total{job="prometheus"}'
  until_true 60 "Prometheus to scrape the node exporter" answers 'node_cpu_seconds_total{job="node"}'
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
  - name: machine
    compute: { host: {}, every: 1s }
  - name: exported
    compute:
      prometheus:
        url: http://127.0.0.1:$prometheus_port
        queries:
          cpu_seconds: sum(node_cpu_seconds_total{mode=~"user|nice|system|irq|softirq"})
          cpu_limit_cores: count(node_cpu_seconds_total{mode="idle"})
          memory_bytes: node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes
          memory_limit_bytes: node_memory_MemTotal_bytes
      every: 1s
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

# Two ways to the same /proc. The one by Prometheus is a scrape, a question and a period late: at most 3 s of every CPU, of
# 30 seconds of CPU time at least.
check_machine() {
  local name own theirs cpus
  until_true 60 "30 s of the CPUs" at_least leeway_compute_cpu_seconds_total machine 30
  for name in leeway_compute_cpu_limit_cores leeway_compute_memory_limit_bytes; do
    own=$(model_metric "$name" machine)
    theirs=$(model_metric "$name" exported)
    holds "${own:-0} > 0 && ${own:-0} == ${theirs:-0}" || fail "machine: $name is $own, the node exporter says $theirs"
  done
  cpus=$(model_metric leeway_compute_cpu_limit_cores machine)
  own=$(model_metric leeway_compute_cpu_seconds_total machine)
  theirs=$(model_metric leeway_compute_cpu_seconds_total exported)
  holds "($own - $theirs) ^ 2 <= (3 * $cpus) ^ 2" ||
    fail "machine: $own CPU seconds are shown, the node exporter counts $theirs"
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
  "$build/daemon/leeway" live --model nowhere | grep -q 'production/nowhere  compute.source{cgroup}  warning' ||
    fail "leeway live does not show the group that is not there"
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
start_node_exporter
start_prometheus
write_configuration
start_leeway
check_burner
check_prometheus
check_machine
check_findings
metrics >"$folder/page"
promtool check metrics <"$folder/page" || fail "promtool finds fault with the page"
check_restart
