#!/usr/bin/env bash
# A real Leeway follows an alias in a real MLflow server from PyPI and logs what it judged there. usage: registry.sh BUILD_FOLDER
#
#   - a model is registered in two versions; the alias moves from the first to the second: one event, also over kill -9
#   - the window in which it moved is mixed and not judged for drift; the one after it, as drifted, is critical
#   - MLflow's own API has the results of the judged windows: a run for each version, each point once
set -euo pipefail

root=$(cd "$(dirname "$0")/../../.." && pwd)
# shellcheck source=deploy/common.sh
source "$root/deploy/common.sh"
# shellcheck source=deploy/processes.sh
source "$root/deploy/processes.sh"
build=$(cd "$1" && pwd)

need jq curl
begin_processes registry
set -m # each server has a process group of its own, for its workers

fail() {
  echo "$*"
  tail -n 30 "$folder/leeway.log" "$folder/mlflow.log" 2>/dev/null || true
  exit 1
}

port=$(free_port 9980)
mlflow_port=$(free_port 15000)
server=http://127.0.0.1:$mlflow_port

mkdir "$folder/models" "$folder/incoming"
result=0
"$root/tests/integration/endpoints/make_serving" "$cache" "$folder/models" mlflow >"$folder/make.log" 2>&1 || result=$?
if [ "$result" = 77 ]; then
  grep '^skipped: ' "$folder/make.log"
  exit 77
fi
[ "$result" = 0 ] || fail "make_serving: $(tail -n 20 "$folder/make.log")"
python=$cache/serving/bin/python

(cd "$folder" && HOME=$folder exec "$python" -m mlflow server --host 127.0.0.1 --port "$mlflow_port" --workers 1 \
  --backend-store-uri "sqlite:///$folder/mlflow.db" --artifacts-destination "$folder/artifacts") >"$folder/mlflow.log" 2>&1 &
started+=("-$!")
until_true 180 "MLflow" curl -sf -o /dev/null "$server/health"
HOME=$folder "$python" "$root/tests/integration/registry/register.py" "$server" "$folder/models/model-a" "$folder/models/model-b" \
  >"$folder/register.log" 2>&1 || fail "register.py: $(tail -n 20 "$folder/register.log")"

# mlflow METHOD PATH [BODY]: the answer of its REST API.
mlflow() {
  curl -sS --fail-with-body --max-time 20 -X "$1" -H 'content-type: application/json' "$server/api/2.0/mlflow/$2" \
    ${3:+-d "$3"}
}

# rows FROM SECONDS COUNT SHIFT: a header, and rows spread evenly over that time.
rows() {
  awk -v from="$1" -v span="$2" -v count="$3" -v shift="$4" 'BEGIN {
    srand(from)
    print "at,income"
    for (i = 0; i < count; ++i) {
      value = shift
      for (k = 0; k < 12; ++k) value += rand()
      print strftime("%Y-%m-%dT%H:%M:%SZ", from + int(i * span / count), 1) "," value - 6
    }
  }'
}

minute() { echo $(($(date +%s) / 60 * 60)); }

# hand_over MINUTE SHIFT: the rows of a minute that has passed.
hand_over() {
  while [ "$(date +%s)" -lt $(($1 + 60)) ]; do sleep 0.2; done
  rows "$1" 60 500 "$2" >"$folder/$1.part"
  mv "$folder/$1.part" "$folder/incoming/$1.csv"
}

start_leeway() {
  "$build/daemon/leeway" run -c "$folder/leeway.yaml" >>"$folder/leeway.log" 2>&1 &
  leeway=$!
  started+=("-$leeway")
  until_true 60 "Leeway to be ready" curl -sf -o /dev/null "http://127.0.0.1:$port/-/ready"
}

get() { curl -sS --max-time 10 "http://127.0.0.1:$port/api/v1/$1"; }
version_is() { get status | jq -e --arg version "$1" '.models[0].version == $version' >/dev/null; }

# window MINUTE JQ: whether that window is there and fits.
window() {
  get windows | jq -e --arg start "$(date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ)" \
    "[.windows[] | select(.start == \$start)] | length == 1 and (.[0] | $2)" >/dev/null
}
drift='[.findings[] | select(.column == "income" and .deciding)] | .[0].verdict'

rows $(($(minute) - 86400)) 3600 30000 0 >"$folder/reference.csv"
cat >"$folder/leeway.yaml" <<END
server: { listen: 127.0.0.1:$port }
state: $folder/state
models:
  - name: credit
    batches: { files: "incoming/*.csv", every: 1s }
    reference: reference.csv
    columns: { timestamp: at }
    window: { size: 1m, grace: 1s }
    registry:
      mlflow: $server
      model: credit risk
      every: 10s
      write_back: { experiment: drift of credit }
END
"$build/daemon/leeway" check-config -c "$folder/leeway.yaml" || fail "the configuration is wrong"
start_leeway
until_true 30 "the first version" version_is 1

first=$(minute)
hand_over "$first" 0
until_true 60 "the first window" window "$first" ".version == \"1\" and ($drift) != \"critical\""

# In the middle of a minute, so that the span in which it may have moved lies in one window.
while second=$((10#$(date +%S))) && { [ "$second" -lt 15 ] || [ "$second" -gt 35 ]; }; do sleep 0.2; done
changed=$(minute)
mlflow POST registered-models/alias '{"name": "credit risk", "alias": "champion", "version": "2"}' >/dev/null
until_true 30 "the second version" version_is 2
kill -9 "$leeway"
wait "$leeway" 2>/dev/null || true
start_leeway
until_true 30 "the second version after kill -9" version_is 2

hand_over "$changed" 3
until_true 60 "the mixed window" window "$changed" '.version == "mixed"'
window "$changed" "($drift) == \"mixed\" and (.note | contains(\"version 1 became 2 between \"))" ||
  fail "the mixed window is judged: $(get windows)"
next=$((changed + 60))
hand_over "$next" 3
until_true 60 "the window after it" window "$next" ".version == \"2\" and ($drift) == \"critical\""
[ "$(get events | jq -c '[.events[] | [.kind, .before, .after]]')" = '[["registry.version","1","2"]]' ] ||
  fail "not one event: $(get events)"

experiment=$(mlflow GET 'experiments/get-by-name?experiment_name=drift%20of%20credit' | jq -r .experiment.experiment_id)
# run_of VERSION: its id, if there is one such run.
run_of() {
  mlflow POST runs/search "$(jq -nc --arg experiment "$experiment" --arg version "$1" \
    '{experiment_ids: [$experiment], filter: "tags.`leeway.version` = \u0027\($version)\u0027"}')" |
    jq -er '.runs | select(length == 1) | .[0].info.run_id'
}
# points VERSION METRIC: [[time in s, value], ...] as MLflow has them.
points() {
  mlflow GET "metrics/get-history?run_id=$(run_of "$1")&metric_key=$2" | jq -c '[.metrics[]? | [.timestamp / 1000, .value]]'
}
has_points() { [ "$(points "$1" "$2" 2>/dev/null)" = "$3" ]; }
until_true 60 "the results of the second version" has_points 2 leeway/rows "[[$((next + 60)),500]]"
has_points 1 leeway/rows "[[$((first + 60)),500]]" || fail "rows of the first version: $(points 1 leeway/rows)"
points 1 leeway/status | jq -e 'length == 1 and .[0][1] < 2' >/dev/null || fail "status of the first version: $(points 1 leeway/status)"
has_points 2 leeway/status "[[$((next + 60)),2]]" || fail "status of the second version: $(points 2 leeway/status)"
has_points 2 leeway/drift.share "[[$((next + 60)),1]]" || fail "drift.share: $(points 2 leeway/drift.share)"
points 2 leeway/psi/income | jq -e 'length == 1 and .[0][1] > 0.25' >/dev/null || fail "psi: $(points 2 leeway/psi/income)"

kill -9 "$leeway"
wait "$leeway" 2>/dev/null || true
start_leeway
until_true 30 "the version after a start" version_is 2
sleep 12 # it looks for results to write once more
has_points 2 leeway/rows "[[$((next + 60)),500]]" || fail "results were written twice: $(points 2 leeway/rows)"
[ "$(get events | jq '.events | length')" = 1 ] || fail "the event was repeated: $(get events)"
