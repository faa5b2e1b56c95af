#!/usr/bin/env bash
# Breaks a cluster for a while and checks what clients saw, and sees that planted bugs are found: tests/chaos.sh [MINUTES [SEED]]
# 0.6 of the time with kafka-clients, 0.3 with Braid's own clients (the rest is for the second start); CLIENTS="kafka" or "braid" chooses.
# PLANTS names the bugs, "" for none.
# Leaves the history and the nodes' output in braid-chaos-failed when something is wrong.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
braid=$here/../bin/braid
minutes=${1:-3}
seed=${2:-$(date +%j%H%M)}
work=$(mktemp -d "${TMPDIR:-/tmp}/braid-chaos.XXXXXX")
trap 'rm -rf "$work"' EXIT

for client in ${CLIENTS:-kafka braid}; do
  part=$(awk -v m="$minutes" -v c="$client" 'BEGIN { printf "%.2f", c == "kafka" ? m * 0.6 : m * 0.3 }')
  if ! "$braid" chaos --minutes "$part" --seed "$seed" --client "$client" --data "$work/$client"; then
    rm -rf braid-chaos-failed
    mkdir braid-chaos-failed
    cp "$work/$client/history.jsonl" "$work/$client"/*.log braid-chaos-failed/ 2>/dev/null || true
    echo "FAIL chaos with $client clients: see braid-chaos-failed" >&2
    exit 1
  fi
  rm -rf "${work:?}/$client"
  echo "ok: $part minutes of chaos with $client clients"
done

for plant in ${PLANTS-unclean no-idempotence}; do
  if "$braid" chaos --plant "$plant" --seed 1 --minutes 0.5 --data "$work/$plant" > "$work/$plant.out" 2>&1; then
    cat "$work/$plant.out" >&2
    echo "FAIL chaos: the planted bug $plant was not found" >&2
    exit 1
  fi
  grep -Eq '^VIOLATION (lost-write|duplicate)' "$work/$plant.out" || { cat "$work/$plant.out" >&2; echo "FAIL chaos: $plant" >&2; exit 1; }
  echo "ok: the planted bug $plant is found: $(sed -n 's/^VIOLATION //p' "$work/$plant.out" | paste -sd, -)"
done
