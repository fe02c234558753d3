#!/usr/bin/env bash
# A real Leeway watches a model behind Debian's nginx, over TLS with a client certificate. usage: endpoint.sh BUILD_FOLDER
#
#   - it is up, its metadata and golden rows are read, and promtool finds nothing to say about the page
#   - nginx takes the model away: endpoint_down reaches the webhook, once, and is resolved when it is back
#   - kill -9 and a start in between: the incident is not told again, totals do not go back
#   - Debian's Prometheus scrapes it and computes a quantile from the histogram
set -euo pipefail

root=$(cd "$(dirname "$0")/../../.." && pwd)
# shellcheck source=deploy/common.sh
source "$root/deploy/common.sh"
# shellcheck source=deploy/processes.sh
source "$root/deploy/processes.sh"
build=$(cd "$1" && pwd)
PATH=$PATH:$cache/tools/usr/bin:$cache/tools/usr/sbin

need nginx prometheus promtool openssl jq curl
begin_processes endpoint

port=$(free_port 9970)
model_port=$(free_port 18443)
prometheus_port=$(free_port 19190)

make_certificates() {
  (
    cd "$folder"
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.pem
    for name in server client; do
      openssl req -newkey rsa:2048 -nodes -subj "/CN=$name" -keyout $name.key -out $name.csr
      openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out $name.pem \
        -extfile <(echo "subjectAltName=DNS:model.internal")
    done
  ) >"$folder/openssl.log" 2>&1 || fail "openssl: $(cat "$folder/openssl.log")"
}

# serve STATUS: what the model says of itself; the rest of nginx stays as it is.
write_nginx() {
  cat >"$folder/nginx.conf" <<END
daemon off;
pid $folder/nginx.pid;
error_log $folder/nginx.error.log;
worker_processes 1;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path $folder/nginx.body;
  proxy_temp_path $folder/nginx.proxy;
  fastcgi_temp_path $folder/nginx.fastcgi;
  uwsgi_temp_path $folder/nginx.uwsgi;
  scgi_temp_path $folder/nginx.scgi;
  default_type application/json;
  server {
    listen 127.0.0.1:$model_port ssl;
    ssl_certificate $folder/server.pem;
    ssl_certificate_key $folder/server.key;
    ssl_client_certificate $folder/ca.pem;
    ssl_verify_client on;
    location = /v2/models/flights/ready { return $1 '{"name": "flights", "ready": true}'; }
    location = /v2/models/flights { return 200 '{"name": "flights", "versions": ["3"], "platform": "nginx",
      "inputs": [{"name": "age", "datatype": "FP64", "shape": [-1, 1]}],
      "outputs": [{"name": "score", "datatype": "FP64", "shape": [-1, 1]}]}'; }
    location = /v2/models/flights/infer { return 200 '{"model_name": "flights", "model_version": "3",
      "outputs": [{"name": "score", "datatype": "FP64", "shape": [1, 1], "data": [0.25]}]}'; }
  }
}
END
}

write_configuration() {
  cat >"$folder/golden.json" <<'END'
{"golden": [{"name": "basic", "rows": {"names": ["age"], "cells": [[31]]},
             "outputs": [{"name": "score", "width": 1, "values": [0.25]}]}]}
END
  cat >"$folder/leeway.yaml" <<END
server: { listen: 127.0.0.1:$port }
state: $folder/state
targets:
  people: { webhook: { url: "http://127.0.0.1:$(cat "$folder/receiver.port")/people" } }
models:
  - name: flights
    endpoint:
      url: https://127.0.0.1:$model_port/v2/models/flights
      protocol: open_inference
      every: 1s
      timeout: 1s
      metadata_every: 1s
      keep_connection: false
      tls: { ca: ca.pem, certificate: client.pem, key: client.key, server_name: model.internal }
      golden: { rows: golden.json, every: 1s }
      latency: { p50: 500ms, over: 5m }
    rules: [{ name: endpoint_down, for: 3s }]
END
}

start_leeway() {
  "$build/daemon/leeway" run -c "$folder/leeway.yaml" >>"$folder/leeway.log" 2>&1 &
  leeway=$!
  started+=("$leeway")
  until_true 30 "Leeway to be ready" curl -sf -o /dev/null "http://127.0.0.1:$port/-/ready"
}

status() { curl -sS --max-time 5 "http://127.0.0.1:$port/api/v1/status"; }
metrics() { curl -sS --max-time 5 "http://127.0.0.1:$port/metrics"; }
value() { metrics | sed -n "s/^$1{[^}]*} //p" | head -n 1; }

# finding NAME JQ: whether the newest finding of that name fits.
finding() {
  status | jq -e --arg name "$1" \
    "[.models[0].live.endpoint.findings[]? | select(.measure == \$name)] | length == 1 and (.[0] | $2)" >/dev/null
}

# told STATE N: whether the webhook got that many messages of endpoint_down in this state.
told() {
  [ "$(jq -s --arg state "$1" '[.[].body.data | select(.rule == "endpoint_down" and .state == $state)] | length' \
    "$folder/webhooks.jsonl")" = "$2" ]
}

# caught_up TOTAL: whether more probes were counted than that.
caught_up() { [ "$(value leeway_endpoint_requests_total)" -gt "$1" ]; }

serve() {
  write_nginx "$1"
  kill -HUP "$nginx"
}

make_certificates
"$build/tests/tools/leeway_receiver" --port-file "$folder/receiver.port" --log "$folder/webhooks.jsonl" &
started+=($!)
until_true 10 "the webhook receiver" test -f "$folder/receiver.port"
write_nginx 200
nginx -c "$folder/nginx.conf" -p "$folder" >"$folder/nginx.log" 2>&1 &
nginx=$!
started+=("$nginx")
until_true 10 "nginx" test -s "$folder/nginx.pid"
write_configuration
"$build/daemon/leeway" check-config -c "$folder/leeway.yaml" || fail "the configuration is wrong"
start_leeway

until_true 20 "the endpoint to be up" finding endpoint.up '.value == 1'
until_true 20 "its golden rows" finding endpoint.golden '.value == 0'
until_true 60 "its latency" finding endpoint.latency '.verdict == "ok"'
status | jq -e '.models[0].live.endpoint.details | .served.version == "3" and .seconds.tls > 0' >/dev/null ||
  fail "what the endpoint says of itself is not shown: $(status)"
metrics >"$folder/page"
promtool check metrics <"$folder/page" || fail "promtool finds fault with the page"

serve 503
until_true 30 "the incident's webhook" told firing 1
before=$(value leeway_endpoint_requests_total)
# A second of quiet after a minute at most is what totals may lose.
kill -9 "$leeway"
wait "$leeway" 2>/dev/null || true
start_leeway
until_true 20 "the endpoint to be down" finding endpoint.up '.value == 0'
until_true 90 "the totals to have caught up" caught_up "$before"
told firing 1 || fail "the incident was told again after a restart"

serve 200
until_true 30 "the end of the incident" told resolved 1

sed -e "s/127.0.0.1:9960/127.0.0.1:$port/" -e 's/scrape_interval: .*/scrape_interval: 1s/' \
  "$root/deploy/prometheus/scrape.yml" >"$folder/prometheus.yml"
prometheus --config.file="$folder/prometheus.yml" --storage.tsdb.path="$folder/prometheus" \
  --web.listen-address="127.0.0.1:$prometheus_port" >"$folder/prometheus.log" 2>&1 &
started+=($!)
query() { curl -sS --max-time 10 --data-urlencode "query=$1" "http://127.0.0.1:$prometheus_port/api/v1/query"; }
answers() { { query "$1" | jq -e '.data.result | length > 0'; } >/dev/null 2>&1; }
until_true 60 "Prometheus to know the endpoint" answers 'leeway_endpoint_up{model="flights"} == 1'
until_true 60 "a quantile of its latency" answers \
  'histogram_quantile(0.5, sum by (le) (rate(leeway_endpoint_request_duration_seconds_bucket{phase="total"}[1m]))) < 1'
echo "endpoint: up over TLS, told and resolved once over kill -9, scraped"
