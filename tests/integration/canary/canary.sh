#!/usr/bin/env bash
# A real Leeway sends newest rows to Debian's nginx, which answers as MLflow's scoring server. usage: canary.sh BUILD_FOLDER
#
#   - killed between the answers and their commit, it asks once more and counts the rows once
#   - killed after the commit, it asks nobody again, and its totals are as they were
#   - another model behind the same address is an incident, told once
#   - labels judge what was recorded and what was answered
set -euo pipefail

root=$(cd "$(dirname "$0")/../../.." && pwd)
# shellcheck source=deploy/common.sh
source "$root/deploy/common.sh"
# shellcheck source=deploy/processes.sh
source "$root/deploy/processes.sh"
build=$(cd "$1" && pwd)
PATH=$PATH:$cache/tools/usr/bin:$cache/tools/usr/sbin

need nginx promtool jq curl
begin_processes canary

port=$(free_port 9970)
model_port=$(free_port 18080)

# write_nginx SCORE: what it answers to each of two rows.
write_nginx() {
  cat >"$folder/nginx.conf" <<END
daemon off;
pid $folder/nginx.pid;
error_log $folder/nginx.error.log;
worker_processes 1;
events { worker_connections 64; }
http {
  log_format asked '\$request_method \$uri \$http_x_leeway_purpose';
  access_log $folder/asked.log asked;
  client_body_temp_path $folder/nginx.body;
  proxy_temp_path $folder/nginx.proxy;
  fastcgi_temp_path $folder/nginx.fastcgi;
  uwsgi_temp_path $folder/nginx.uwsgi;
  scgi_temp_path $folder/nginx.scgi;
  default_type application/json;
  server {
    listen 127.0.0.1:$model_port;
    location = /ping { return 200 '\n'; }
    location = /version { return 200 '3.1.0'; }
    location = /invocations { return 200 '{"predictions": [$1, $1]}'; }
  }
}
END
}

write_rows() {
  echo at,id,age,p >"$folder/reference.csv"
  for i in $(seq 1 240); do
    printf '2001-01-01T00:%02d:%02dZ,r%d,%d,0.5\n' $((i / 60)) $((i % 60)) "$i" $((20 + i % 50))
  done >>"$folder/reference.csv"
  mkdir -p "$folder/batches" "$folder/labels"
}

# hand_over NAME AGE: a batch of two rows.
hand_over() {
  printf 'at,id,age,p\n2001-01-02T00:00:01Z,%s-1,%d,0.5\n2001-01-02T00:00:02Z,%s-2,%d,0.5\n' \
    "$1" "$2" "$1" "$2" >"$folder/batches/$1.csv.part"
  mv "$folder/batches/$1.csv.part" "$folder/batches/$1.csv"
}

write_configuration() {
  cat >"$folder/leeway.yaml" <<END
server: { listen: 127.0.0.1:$port }
state: $folder/state
targets:
  people: { webhook: { url: "http://127.0.0.1:$(cat "$folder/receiver.port")/people" } }
models:
  - name: flights
    batches: { files: $folder/batches/*.csv, every: 1s }
    reference: $folder/reference.csv
    columns: { timestamp: at, id: id, score: p, label: { name: late, positive: "yes" } }
    endpoint:
      url: http://127.0.0.1:$model_port
      protocol: mlflow
      every: 5s
      canary: { rows: 2, every: 10s, timeout: 2s, inputs: [age], min_rows: 2 }
      labels: { files: $folder/labels/*.csv, every: 1s }
END
}

start_leeway() {
  LEEWAY_FAILPOINT=${1:-} "$build/daemon/leeway" run -c "$folder/leeway.yaml" >>"$folder/leeway.log" 2>&1 &
  leeway=$!
  started+=("$leeway")
}
ready() { curl -sf -o /dev/null "http://127.0.0.1:$port/-/ready"; }
ended() { ! kill -0 "$leeway" 2>/dev/null; }

status() { curl -sS --max-time 5 "http://127.0.0.1:$port/api/v1/status"; }
metrics() { curl -sS --max-time 5 "http://127.0.0.1:$port/metrics"; }
rows() { metrics | sed -n "s/^leeway_canary_rows_total{.*outcome=\"$1\"} //p"; }
counted() { [ "$(rows "$1")" = "$2" ]; }
asked() { grep -c '^POST /invocations canary$' "$folder/asked.log" || true; }

# finding NAME PART JQ: whether the newest finding of that name fits.
finding() {
  status | jq -e --arg name "$1" --arg part "$2" \
    "[.models[0].live.canary.findings[]? | select(.measure == \$name and .part == \$part)] | length == 1 and (.[0] | $3)" >/dev/null
}

told() {
  [ "$(jq -s '[.[].body.data | select(.rule == "canary_disagrees" and .state == "firing")] | length' \
    "$folder/webhooks.jsonl")" = "$1" ]
}

"$build/tests/tools/leeway_receiver" --port-file "$folder/receiver.port" --log "$folder/webhooks.jsonl" &
started+=($!)
until_true 10 "the webhook receiver" test -f "$folder/receiver.port"
write_nginx 0.5
nginx -c "$folder/nginx.conf" -p "$folder" >"$folder/nginx.log" 2>&1 &
nginx=$!
started+=("$nginx")
until_true 10 "nginx" test -s "$folder/nginx.pid"
write_rows
write_configuration
"$build/daemon/leeway" check-config -c "$folder/leeway.yaml" || fail "the configuration is wrong"
hand_over first 31

start_leeway endpoint.after_answers
until_true 60 "the end between answers and commit" ended
[ "$(asked)" = 1 ] || fail "asked $(asked) times before the end, expected once"
start_leeway
until_true 30 "Leeway to be ready" ready
until_true 60 "the rows to be counted" counted agreed 2
[ "$(asked)" = 2 ] || fail "asked $(asked) times, expected once more"

kill -9 "$leeway"
wait "$leeway" 2>/dev/null || true
start_leeway
until_true 30 "Leeway to be ready" ready
until_true 60 "the canary to be judged again" finding canary.disagreement "" '.value == 0'
counted agreed 2 || fail "totals changed over kill -9: $(rows agreed)"
sleep 11 # a whole period
[ "$(asked)" = 2 ] || fail "rows whose answers are kept were sent again"

write_nginx 0.9
kill -HUP "$nginx"
hand_over second 47
until_true 60 "the other answers to be counted" counted disagreed 2
until_true 30 "the incident's webhook" told 1
finding canary.disagreement "" '.value == 0.5 and .verdict == "critical"' || fail "not critical: $(status)"
metrics >"$folder/page"
promtool check metrics <"$folder/page" || fail "promtool finds fault with the page"

printf 'id,late\nfirst-1,no\nfirst-2,yes\nsecond-1,yes\nsecond-2,yes\n' >"$folder/labels/late.csv"
until_true 60 "the labels to be found" finding canary.error recorded '.verdict == "ok"'
finding canary.error recorded '.value == 0.25' || fail "another error of what was recorded: $(status)"
finding canary.error answered '(.value - 0.13 | fabs) < 1e-9' || fail "another error of the answers: $(status)"
told 1 || fail "the incident was told again"
echo "canary: asked once more after a crash before the commit, never after it; told once; judged by labels"
