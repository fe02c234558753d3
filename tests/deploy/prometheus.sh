#!/usr/bin/env bash
# The files for Prometheus: promtool takes them, each alert speaks when it should (alerts.yml), and every alert has such a test.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
PATH=$PATH:$root/.cache/tools/usr/bin
if ! command -v promtool >/dev/null; then
  echo "skipped: promtool is missing; deploy/setup test fetches it"
  exit 77
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

promtool check config "$root/deploy/prometheus/scrape.yml"
cp "$root"/deploy/prometheus/*.rules.yml "$here/alerts.yml" "$scratch"
cd "$scratch"
promtool check rules ./*.rules.yml
promtool test rules alerts.yml
sed -n 's/^ *- alert: //p' ./*.rules.yml | while read -r alert; do
  if ! grep -q "$alert" alerts.yml; then
    echo "the alert $alert has no test in alerts.yml"
    exit 1
  fi
done
