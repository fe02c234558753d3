#!/usr/bin/env bash
# Debian's Prometheus scrapes a running Leeway. usage: scrape.sh BUILD_FOLDER
#
#   - promtool finds nothing to say about the page
#   - PromQL for the drift of `delay` answers what the page says, under the labels that the page gave it
#   - every query of the dashboard returns data, so the scenario has something of everything: columns that have
#     drifted, incidents, a retraining, a target that nobody answers for, a folder that is missing, a model that learns
set -euo pipefail

root=$(cd "$(dirname "$0")/../../.." && pwd)
# shellcheck source=deploy/common.sh
source "$root/deploy/common.sh"
# shellcheck source=deploy/replay.sh
source "$root/deploy/replay.sh"
# shellcheck disable=SC2034  # of replay.sh
build=$(cd "$1" && pwd)
PATH=$PATH:$cache/tools/usr/bin

for need in prometheus promtool jq curl "$flights"; do
  if ! command -v "$need" >/dev/null && ! [ -f "$need" ]; then
    echo "skipped: $need is missing; deploy/setup test fetches it"
    exit 77
  fi
done

write_configuration() {
  local receiver
  receiver=http://127.0.0.1:$(cat "$folder/receiver.port")
  cat >"$folder/leeway.yaml" <<END
server: { listen: 127.0.0.1:$port }
state: $folder/state
targets:
  people: { webhook: { url: $receiver/people } }
  pipeline: { webhook: { url: $receiver/pipeline } }
  nobody: { webhook: { url: "http://127.0.0.1:9/nobody" } } # the discard port, where nobody listens
defaults: { team: arrivals }
models:
  - name: flight-delay
    version: "7"
    batches: { files: $folder/incoming/*.parquet, every: 1s }
    reference: $folder/january.parquet
    endpoint: { url: "http://127.0.0.1:$port/-/healthy", every: 1s, timeout: 1s }
    rules:
      - { name: retrain, if: "drift.share > 0", severity: critical, then: [people, nobody, retraining] }
    retraining: { target: pipeline, approval: none }
  - name: learning
    batches: { files: $folder/incoming/*.parquet, every: 1s }
  - name: nowhere
    batches: { files: $folder/missing/batch.parquet, every: 1s }
    reference: $folder/january.parquet
END
}

# February 25, a day that has drifted, is the newest judged window; some of its rows come again, too late to judge.
replay() {
  local day
  mkdir "$folder/incoming"
  for day in 2001-02-23 2001-02-24 2001-02-25 2001-02-26; do hand_over "$day" "$folder/incoming"; done
  until_true 60 "February 25 to be judged" judged_until flight-delay 2001-02-26
  sql "COPY (FROM '$flights' WHERE date::DATE = DATE '2001-02-25' LIMIT 100) TO '$folder/next.parquet'"
  mv "$folder/next.parquet" "$folder/incoming/late.parquet"
  until_true 60 "the late rows" page_has leeway_window_corrections_total
  until_true 60 "the incident's webhook" page_has 'leeway_deliveries_total{outcome="delivered"'
}

# Not grep -q, which would leave curl writing into a closed pipe.
page_has() { metrics | grep -F "$1" >/dev/null; }

check_page() {
  metrics >"$folder/page"
  promtool check metrics <"$folder/page" || fail "promtool finds fault with the page"
}

start_prometheus() {
  prometheus_port=$(free_port 19090)
  # The scrape configuration that we ship, at this port and pace.
  sed -e "s/127.0.0.1:9960/127.0.0.1:$port/" -e 's/scrape_interval: .*/scrape_interval: 1s/' \
    "$root/deploy/prometheus/scrape.yml" >"$folder/prometheus.yml"
  prometheus --config.file="$folder/prometheus.yml" --storage.tsdb.path="$folder/prometheus" \
    --web.listen-address="127.0.0.1:$prometheus_port" >"$folder/prometheus.log" 2>&1 &
  started+=($!)
  # Two scrapes, because a rate wants two.
  until_true 60 "Prometheus to scrape twice" answers 'count_over_time(up{job="leeway"}[1m]) >= 3'
}

query() { curl -sS --max-time 10 --data-urlencode "query=$1" "http://127.0.0.1:$prometheus_port/api/v1/query"; }

answers() { { query "$1" | jq -e '.status == "success" and (.data.result | length > 0)'; } >/dev/null 2>&1; }

# The page's own line of delay's psi, and Prometheus' answer for its labels, as `LABELS VALUE`.
page_says() { metrics | sed -nE 's/^(leeway_drift_value\{.*column="delay",measure="psi".*\}) /\1\t/p' | grep 'model="flight-delay"'; }

prometheus_says_the_same() {
  local series value
  IFS=$'\t' read -r series value < <(page_says) || return 1
  [ "$(query "$series" | jq -r '.data.result | if length == 1 then .[0].value[1] else "\(length) series" end')" = "$value" ]
}

check_drift() {
  [ "$(page_says | wc -l)" = 1 ] || fail "the page has not exactly one psi of delay: $(page_says)"
  until_true 20 "Prometheus to answer what the page says: $(page_says)" prometheus_says_the_same
  answers 'leeway_drift_value{column="delay", measure="psi"} > on (environment, model, column, measure, against)
    leeway_drift_threshold{severity="critical"}' || fail "delay of February 25 is not above its critical threshold"
}

check_dashboard() {
  local expression panel silent=0
  while IFS=$'\t' read -r panel expression; do
    expression=${expression//\$__rate_interval/1m}
    expression=${expression//\$environment/.*}
    expression=${expression//\$column/.*}
    expression=${expression//\$measure/psi}
    if ! answers "${expression//\$model/flight-delay}" && ! answers "${expression//\$model/learning}"; then
      echo "no data for '$panel': $expression"
      silent=$((silent + 1))
    fi
  done < <(jq -r '.panels[] | .title as $panel | .targets[]? | [$panel, .expr] | @tsv' "$root/deploy/grafana/leeway.json")
  [ "$silent" = 0 ] || fail "$silent queries of the dashboard return nothing"
}

begin_replay
start_receiver
write_configuration
start_leeway
replay
check_page
start_prometheus
check_drift
check_dashboard
