#!/usr/bin/env bash
# An hour of chaos in pieces, each with a seed of its own: tests/chaos-hour.sh [PIECES [MINUTES [SEED]]] (20 pieces of 3 minutes,
# seeds 1, 2, ...). Prints one line for each piece and one for all; arguments for every piece in CHAOS_OPTIONS.
# A piece that was not valid leaves its history and the nodes' output in braid-chaos-failed/SEED, and the others still run.
# Ends with 1 if any was not valid.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
braid=${BRAID:-$here/../bin/braid}
pieces=${1:-20}
minutes=${2:-3}
first=${3:-1}
work=$(mktemp -d "${TMPDIR:-/tmp}/braid-chaos-hour.XXXXXX")
trap 'rm -rf "$work"' EXIT

# figure NAME: a member of the piece's JSON object that is a number, or 0
figure() { grep -o "\"$1\":[0-9]*" "$work/result" | head -n 1 | cut -d: -f2 | grep . || echo 0; }
# object NAME: an object in it, without its braces and quotes
object() { sed -n "s/.*\"$1\":{\([^}]*\)}.*/\1/p" "$work/result" | tr -d '"'; }

failed=()
acked=0 read=0 began=$SECONDS
for ((seed = first; seed < first + pieces; seed++)); do
  rm -rf "$work/run"
  status=0
  # shellcheck disable=SC2086  # CHAOS_OPTIONS is a list of words
  "$braid" chaos --json --minutes "$minutes" --seed "$seed" --data "$work/run" ${CHAOS_OPTIONS:-} \
    > "$work/result" 2> "$work/progress" || status=$?
  verdict=valid
  if [ "$status" -ne 0 ]; then
    verdict="NOT VALID"
    failed+=("$seed")
    mkdir -p "braid-chaos-failed/$seed"
    cp "$work/result" "$work/progress" "$work"/run/history.jsonl "$work"/run/*.log "braid-chaos-failed/$seed/" 2> /dev/null || true
  fi
  acked=$((acked + $(figure acked)))
  read=$((read + $(figure read)))
  echo "seed=$seed minutes=$minutes $verdict sent=$(figure sent) acked=$(figure acked) unknown=$(figure unknown)" \
    "read=$(figure read) commits=$(figure commits) longest-pause-ms=$(figure longest-pause-ms-of-all)" \
    "faults=$(object faults) violations=$(object violations)"
done
echo "$pieces pieces of $minutes minutes in $((SECONDS - began)) s: acked=$acked read=$read, not valid: ${failed[*]:-none}"
[ "${#failed[@]}" -eq 0 ]
