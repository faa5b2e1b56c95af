#!/usr/bin/env bash
# Checks deploy/prometheus with Prometheus' own tool, and what the rules say of made-up series: tests/monitoring/run.sh
# Takes promtool from PROMTOOL or the PATH; else unpacks Debian's package of Prometheus, which it does not install, so that
# nothing is started. Then asks for the expressions of the dashboards, which promtool must be able to parse.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$here/../..
tools=${TOOLS:-/var/tmp/braid-prometheus}

promtool=${PROMTOOL:-$(command -v promtool || true)}
if [ -z "$promtool" ]; then
  promtool=$tools/usr/bin/promtool
  if [ ! -x "$promtool" ]; then
    mkdir -p "$tools"
    (cd "$tools" && apt-get download -q prometheus > /dev/null && dpkg-deb -x prometheus_*.deb . && rm prometheus_*.deb)
  fi
fi

"$promtool" check config "$root/deploy/prometheus/prometheus.yml" > /dev/null
"$promtool" test rules "$here/alerts_test.yml" > /dev/null || { "$promtool" test rules "$here/alerts_test.yml"; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Each expression of a dashboard as a recording rule: that is how promtool parses one.
python3 - "$root"/deploy/grafana/dashboards/*.json > "$work/panels.yml" <<'PY'
import json, sys
print("groups: [{name: panels, rules: [")
for file in sys.argv[1:]:
    for panel in json.load(open(file))["panels"]:
        for target in panel["targets"]:
            print(json.dumps({"record": f"panel:{panel['id']}{target['refId']}", "labels": {"file": file}, "expr": target["expr"]}) + ",")
print("]}]")
PY
"$promtool" check rules "$work/panels.yml" > "$work/out" 2>&1 || { cat "$work/out"; exit 1; }
# A rule that is wrong must be found.
sed 's/ == 0$/ === 0/' "$root/deploy/prometheus/alerts.yml" > "$work/wrong.yml"
if "$promtool" check rules "$work/wrong.yml" > /dev/null 2>&1; then echo "monitoring: a wrong rule was planted and not found"; exit 1; fi
echo "ok: $(grep -c 'alert:' "$root/deploy/prometheus/alerts.yml") alert rules, $(grep -c '"record"' "$work/panels.yml") panels' queries"
