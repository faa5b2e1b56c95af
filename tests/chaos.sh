#!/usr/bin/env bash
# Breaks a cluster for a while and checks what clients saw, and sees that planted bugs are found: tests/chaos.sh [MINUTES [SEED]]
# PLANTS names the bugs, "" for none.
# Leaves the history and the nodes' output in braid-chaos-failed when something is wrong.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
braid=$here/../bin/braid
minutes=${1:-3}
seed=${2:-$(date +%j%H%M)}
work=$(mktemp -d "${TMPDIR:-/tmp}/braid-chaos.XXXXXX")
trap 'rm -rf "$work"' EXIT

if ! "$braid" chaos --minutes "$minutes" --seed "$seed" --data "$work/run"; then
  rm -rf braid-chaos-failed
  mkdir braid-chaos-failed
  cp "$work/run/history.jsonl" "$work"/run/*.log braid-chaos-failed/ 2>/dev/null || true
  echo "FAIL chaos: see braid-chaos-failed" >&2
  exit 1
fi
echo "ok: $minutes minutes of chaos"

for plant in ${PLANTS-unclean no-idempotence}; do
  if "$braid" chaos --plant "$plant" --seed 1 --minutes 0.5 --data "$work/$plant" > "$work/$plant.out" 2>&1; then
    cat "$work/$plant.out" >&2
    echo "FAIL chaos: the planted bug $plant was not found" >&2
    exit 1
  fi
  grep -Eq '^VIOLATION (lost-write|duplicate)' "$work/$plant.out" || { cat "$work/$plant.out" >&2; echo "FAIL chaos: $plant" >&2; exit 1; }
  echo "ok: the planted bug $plant is found: $(sed -n 's/^VIOLATION //p' "$work/$plant.out" | paste -sd, -)"
done
