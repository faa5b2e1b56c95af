#!/usr/bin/env bash
# Does what the README says with a node from bin/braid, kills it, and makes round trips with real clients: tests/node.sh
# Skips clients that are not installed; REQUIRE=1 (which CI sets by CI=true) fails instead.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
braid=$here/../bin/braid
work=$(mktemp -d "${TMPDIR:-/tmp}/braid-node.XXXXXX")
pid=
cleanup() { [ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$work"; }
trap cleanup EXIT
[ "${CI:-}" != true ] || export REQUIRE=1

start() { # the ports of the first start are kept, so that clients find the node again
  : > "$work/out"
  "$braid" start --data "$work/data" --set "listeners=PLAINTEXT://127.0.0.1:${port:-0}" --set controller.listener=127.0.0.1:0 \
    --set raft.listener=127.0.0.1:0 --set inter.broker.listener=127.0.0.1:0 --set admin.listener=127.0.0.1:0 > "$work/out" 2>&1 &
  pid=$!
  for _ in $(seq 1200); do
    grep -q '^braid ready' "$work/out" && break
    kill -0 "$pid" 2>/dev/null || { cat "$work/out"; exit 1; }
    sleep 0.1
  done
  grep '^braid ready' "$work/out" || { cat "$work/out"; exit 1; }
  port=$(sed -n 's/^braid ready .* kafka=127.0.0.1:\([0-9]*\) .*/\1/p' "$work/out")
}
same() { cmp "$work/in" "$work/back" || { echo "FAIL $1"; exit 1; }; echo "ok: $1"; }

"$braid" version
start
boot=127.0.0.1:$port
# A real file: this repository's own log, or, in a tree without git, its sources; kcat leaves out empty lines.
{ cd "$here/.." && (git log -p 2>/dev/null || cat */src/main/java/io/braid/*/*.java) | grep -a . | head -n 20000; } > "$work/in" || true
"$braid" topics create letters --partitions 1 --bootstrap "$boot"
"$braid" produce letters --bootstrap "$boot" < "$work/in"
"$braid" consume letters --from-beginning --exit-at-end --bootstrap "$boot" > "$work/back"
same "a file through braid produce and braid consume"
if command -v kcat >/dev/null; then
  kcat -b "$boot" -P -t history -p 0 -l "$work/in"
  "$braid" consume history --from-beginning --exit-at-end --bootstrap "$boot" > "$work/back"
  same "a file through kcat and braid consume"
fi
kill -9 "$pid"
wait "$pid" 2>/dev/null || true
start
if command -v kcat >/dev/null; then
  kcat -b "$boot" -C -t letters -p 0 -o beginning -e -q > "$work/back"
  same "the file after kill -9, read by kcat"
fi
"$braid" consume letters --from-beginning --exit-at-end --bootstrap "$boot" > "$work/back"
same "the file after kill -9, read by braid consume"
"$here/clients/run.sh" "$boot"
kill "$pid"
wait "$pid" && pid= || { echo "FAIL the node did not stop cleanly: $?"; cat "$work/out"; exit 1; }
echo "ok: stopped by SIGTERM"
touch "$work/file"
code=0
"$braid" start --data "$work/file/data" --set listeners=PLAINTEXT://127.0.0.1:0 > "$work/out" 2>&1 || code=$?
[ "$code" = 1 ] && [ "$(wc -l < "$work/out")" = 1 ] || { echo "FAIL a directory that cannot be used: exit $code"; cat "$work/out"; exit 1; }
echo "ok: $(cat "$work/out")"
