#!/usr/bin/env bash
# A real Leeway sends newest rows to MLflow's scoring server and to MLServer, from PyPI where it is reached. usage:
# model_servers.sh BUILD_FOLDER
#
#   - MLflow answers with the probabilities that model-a recorded; model-b, its challenger, with others
#   - MLServer answers with the classes that model-a recorded
#   - labels say which of the two is better
set -euo pipefail

root=$(cd "$(dirname "$0")/../../.." && pwd)
# shellcheck source=deploy/common.sh
source "$root/deploy/common.sh"
# shellcheck source=deploy/processes.sh
source "$root/deploy/processes.sh"
build=$(cd "$1" && pwd)

need jq curl python3
begin_processes canary

fail() {
  echo "$*"
  tail -n 30 "$folder/leeway.log" 2>/dev/null || true
  { status | jq '.models[] | {model, live}'; } 2>/dev/null || true
  exit 1
}

port=$(free_port 9970)
champion=$(free_port 18100)
challenger=$(free_port $((champion + 1)))
classes=$(free_port $((challenger + 1)))
grpc=$(free_port $((classes + 1)))
own_metrics=$(free_port $((grpc + 1)))

export HOME=$folder MLFLOW_TRACKING_URI=file://$folder/mlruns
for kind in mlflow mlserver; do
  mkdir "$folder/$kind"
  "$root/tests/integration/endpoints/make_serving" "$root/.cache" "$folder/$kind" "$kind" >"$folder/make.log" 2>&1 || {
    status=$?
    [ "$status" = 77 ] && { cat "$folder/make.log"; exit 77; }
    fail "$(cat "$folder/make.log")"
  }
done
environment=$root/.cache/serving/bin
PATH=$environment:$PATH
mkdir "$folder/batches" "$folder/labels"
python "$root/tests/integration/canary/make_batches.py" "$folder/mlflow/model-a" "$folder" >"$folder/make.log" 2>&1 ||
  fail "$(cat "$folder/make.log")"

# serve PORT MODEL
serve() {
  python -m mlflow models serve -m "$2" -h 127.0.0.1 -p "$1" --env-manager local >"$folder/serve.$1.log" 2>&1 &
  started+=($!)
}
serve "$champion" "$folder/mlflow/model-a"
serve "$challenger" "$folder/mlflow/model-b"
cat >"$folder/mlserver/model-a/settings.json" <<END
{"host": "127.0.0.1", "http_port": $classes, "grpc_port": $grpc, "metrics_port": $own_metrics, "parallel_workers": 0}
END
python -m mlserver.cli.main start "$folder/mlserver/model-a" >"$folder/mlserver.log" 2>&1 &
started+=($!)
is_up() { curl -sf -o /dev/null --max-time 2 "$1"; }
until_true 120 "the champion" is_up "http://127.0.0.1:$champion/ping"
until_true 120 "the challenger" is_up "http://127.0.0.1:$challenger/ping"
until_true 120 "MLServer" is_up "http://127.0.0.1:$classes/v2/models/credit/ready"

cat >"$folder/leeway.yaml" <<END
server: { listen: 127.0.0.1:$port }
state: $folder/state
defaults:
  batches: { files: $folder/batches/*.csv, every: 1s }
  reference: $folder/reference.csv
models:
  - name: scores
    columns: { timestamp: at, id: id, score: p, label: late, features: { only: [a, b, c] } }
    endpoint:
      url: http://127.0.0.1:$champion
      protocol: mlflow
      canary: { rows: 100, every: 10s }
      shadow: { url: "http://127.0.0.1:$challenger", rows: 100, every: 10s }
      labels: { files: $folder/labels/*.csv, every: 1s }
  - name: classes
    columns: { timestamp: at, id: id, prediction: risk, features: { only: [a, b, c] } }
    endpoint:
      url: http://127.0.0.1:$classes/v2/models/credit
      protocol: open_inference
      canary: { rows: 100, every: 10s }
END
"$build/daemon/leeway" run -c "$folder/leeway.yaml" >"$folder/leeway.log" 2>&1 &
started+=($!)
ready() { curl -sf -o /dev/null "http://127.0.0.1:$port/-/ready"; }
until_true 30 "Leeway to be ready" ready
mv "$folder/batch.csv" "$folder/batches/"

status() { curl -sS --max-time 5 "http://127.0.0.1:$port/api/v1/status"; }
# finding MODEL SOURCE NAME PART JQ: whether the newest finding of that name fits.
finding() {
  status | jq -e --arg model "$1" --arg source "$2" --arg name "$3" --arg part "$4" \
    "[.models[] | select(.model == \$model) | .live[\$source].findings[]? | select(.measure == \$name and .part == \$part)]
     | length == 1 and (.[0] | $5)" >/dev/null
}

until_true 90 "MLflow's answers" finding scores canary canary.disagreement "" '.verdict == "ok" and .value == 0'
until_true 90 "MLServer's answers" finding classes canary canary.disagreement "" '.verdict == "ok" and .value == 0'
finding classes canary canary.kappa "" '.value > 0.999' || fail "kappa of equal classes: $(status)"
until_true 90 "the challenger's answers" finding scores shadow shadow.disagreement "" '.verdict == "ok" and .value > 0.5'

mv "$folder/batch-labels.csv" "$folder/labels/"
until_true 60 "the labels" finding scores shadow shadow.gain "" '.verdict == "ok"'
# model-b was trained for other labels than these.
finding scores shadow shadow.gain "" '.value < 0' || fail "the worse model is not worse: $(status)"
echo "canary: MLflow and MLServer answer as recorded; the challenger otherwise, and labels say worse"
