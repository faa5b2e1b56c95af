#!/usr/bin/env bash
# Runs every subcommand of `braid perf` at a small size against a node, or with nodes of its own, and looks whether the result lines make
# sense; how fast anything was is not looked at: tests/perf.sh [SUBCOMMAND ...]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
braid=$here/../bin/braid
work=$(mktemp -d "${TMPDIR:-/tmp}/braid-perf.XXXXXX")
pid=
cleanup() { [ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$work"; }
trap cleanup EXIT
only=" $* "
export BRAID_HEAP=${BRAID_HEAP:-512m}

"$braid" version # builds
export BRAID_BUILD=off
# The compiler for short runs: all of this is start-up.
tool() { BRAID_JVM_OPTS="-XX:TieredStopAtLevel=1" "$braid" perf "$@"; }

start() {
  "$braid" start --data "$work/data" --set listeners=PLAINTEXT://127.0.0.1:0 --set controller.listener=127.0.0.1:0 \
    --set raft.listener=127.0.0.1:0 --set inter.broker.listener=127.0.0.1:0 --set admin.listener=127.0.0.1:0 > "$work/out" 2>&1 &
  pid=$!
  for _ in $(seq 1200); do
    grep -q '^braid ready' "$work/out" && break
    kill -0 "$pid" 2>/dev/null || { cat "$work/out"; exit 1; }
    sleep 0.1
  done
  boot=127.0.0.1:$(sed -n 's/^braid ready .* kafka=127.0.0.1:\([0-9]*\) .*/\1/p' "$work/out")
}

# check NAME 'CONDITION' ARGUMENT ...: the tool ends well, and for each of its lines, called x, the Python expression holds.
check() {
  local name=$1 condition=$2
  shift 2
  case $only in "  " | *" ${name%% *} "*) ;; *) return 0 ;; esac
  if ! tool "$@" > "$work/lines" 2> "$work/errors"; then
    tail -n 20 "$work/lines" "$work/errors" >&2
    echo "FAIL perf $name: it did not end well" >&2
    exit 1
  fi
  python3 - "$condition" "$work/lines" <<'PYTHON' || { cat "$work/lines" >&2; echo "FAIL perf $name: $condition" >&2; exit 1; }
import json, sys
lines = [json.loads(line) for line in open(sys.argv[2]) if line.startswith("{")]
assert lines, "no result"
for x in lines:
    assert x["workload"], "no workload"
    assert eval(sys.argv[1], {"x": x}), x
PYTHON
  echo "ok: perf $name"
}

start
on=(--bootstrap "$boot" --pid "$pid")
load=(--partitions 4 --seconds 1 --warm-up 0)
for client in kafka braid; do
  check "produce $client" 'x["broker"] == "braid" and x["records"] > 0 and x["mbPerS"] > 0 and x["failed"] == 0 and 0 < x["p50Ms"] <= x["p99Ms"] <= x["maxMs"] and x["cpuSecondsPerGb"] > 0' \
    produce "${on[@]}" "${load[@]}" --client $client
  check "consume $client" 'x["good"] and x["records"] > 0 and x["mbPerS"] > 0' \
    consume "${on[@]}" --partitions 4 --gb 0.01 --client $client
  check "end-to-end $client" 'x["good"] and x["records"] > 0 and x["latencyFrom"] == "due" and 0 < x["p50Ms"] <= x["p9999Ms"]' \
    end-to-end "${on[@]}" "${load[@]}" --rate 200 --client $client
done
check "spread" 'x["partitions"] == 2000 and x["records"] > 0 and x["mbPerS"] > 0 and x["failed"] == 0' \
  spread "${on[@]}" --partitions 2000 --per-topic 1000 --seconds 1 --warm-up 0
check "soak" 'x["good"] and x["samples"] > 0' soak "${on[@]}" --partitions 4 --minutes 0.05 --rate 200
check "groups commits" 'x["commits"] > 0 and x["failed"] == 0 and x["p50Ms"] > 0' \
  groups commits "${on[@]}" --groups 3 --warm-up 0 --seconds 1
check "groups rebalance" 'x["joinMs"] > 0 and x["oneJoinsMs"] > 0 and x["oneLeavesMs"] > 0' \
  groups rebalance "${on[@]}" --members 3 --partitions 12 --seconds 1
check "groups many" 'x["joinsPerS"] > 0 and x["heartbeats"] > 0 and x["cpuMicrosPerHeartbeat"] > 0' \
  groups many "${on[@]}" --groups 20 --warm-up 0 --seconds 1
check "profile" 'x["seconds"] > 0 and x["samples"] >= 0' profile --pid "$pid" --seconds 1
kill "$pid"
wait "$pid" && pid=
check "routing" 'x["broker"] == "braid" and x["records"] > 0 and x["leaderChanges"] > 0 and x["failedRecords"] == 0' \
  routing --way watch --changes 1 --warm-up 1 --heap 256m
check "partitions" '"stopped" not in x and x["partitionsDescribed"] >= x["partitions"] and x["heapAfterGcBytes"] > 0 and x["fds"] > 0 and x["maps"] > 0 and x["diskBytes"] > 0 and x["killedReadyMs"] > 0 and x["cleanReadyMs"] > 0 and x["metadataRecords"] > 0' \
  partitions --counts 2000 --heap 512m
check "fill" 'x.get("good") == x.get("wanted")' fill --partitions 2000 --no-restarts --data "$work/fill"

report=$here/../perf/src/test/resources/report/raw.jsonl
tool report "$report" --out "$work/report" > /dev/null
[ -s "$work/report/README.md" ] && [ -s "$work/report/memory.svg" ] && [ -s "$work/report/memory.png" ] || { echo "FAIL perf report" >&2; exit 1; }
echo "ok: perf report"
tool compare --kafka-home /nowhere --list > "$work/list"
grep -q '^produce-16k ' "$work/list" || { cat "$work/list"; echo "FAIL perf compare --list" >&2; exit 1; }
echo "ok: perf compare --list"
