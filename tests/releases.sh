#!/usr/bin/env bash
# Two releases in one cluster: tests/releases.sh
# Builds the release before the last change of the server's sources (or that of the commit PREVIOUS), starts three nodes of it,
# and takes them over to the present one by one while a producer writes; then finalises metadata.version. Nothing that was
# acknowledged may be missing or there twice, and both releases must serve each other's commands meanwhile.
# Skipped, with a line that says so, where git or the history is not there. MVN: the command that builds.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
sources=(protocol/src/main log-storage/src/main controller-quorum/src/main broker/src/main)
skip() { echo "skipped: releases side by side: $*"; exit 0; }

command -v git > /dev/null || skip "no git"
git -C "$root" rev-parse --git-dir > /dev/null 2>&1 || skip "no repository"
previous=${PREVIOUS:-}
if [ -z "$previous" ]; then
  last=$(git -C "$root" log -1 --format=%H -- "${sources[@]}" 2> /dev/null) || true
  [ -n "$last" ] || skip "no history"
  previous=$last^
fi
commit=$(git -C "$root" rev-parse --verify --quiet "$previous^{commit}") || skip "the history does not go back to $previous"

work=$(mktemp -d "${TMPDIR:-/tmp}/braid-releases.XXXXXX")
producer=
export DIR=$work/cluster BASE=${BASE:-24800} NODES=3 BRAID_HEAP=${BRAID_HEAP:-256m}
export SETTINGS="default.replication.factor=3 min.insync.replicas=2 shards.per.pool=6 offsets.topic.num.partitions=4 log.segment.bytes=1048576"
cleanup() {
  local status=$?
  [ -z "$producer" ] || kill "$producer" 2> /dev/null || true
  [ "$status" -eq 0 ] || tail -n 5 "$DIR"/*.out 2> /dev/null || true
  for id in 1 2 3; do "$here/cluster.sh" kill "$id" > /dev/null 2>&1 || true; done
  git -C "$root" worktree remove --force "$work/previous" > /dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT
fail() { echo "FAIL releases: $*" >&2; exit 1; }

began=$SECONDS
new=$root/bin/braid
"$new" version > "$work/version" # builds it, if need be
git -C "$root" worktree add --quiet --detach "$work/previous" "$commit"
# shellcheck disable=SC2086  # MVN is a list of words
(cd "$work/previous" && ${MVN:-mvn -B -ntp} -q -Dquick -Dmaven.test.skip=true -pl broker -am package) > "$work/build" 2>&1 ||
  { tail -n 20 "$work/build" >&2; fail "$commit cannot be built"; }
touch "$work/previous/broker/target/dist/lib/.built"
export BRAID_BUILD=off
old=$work/old
printf '#!/bin/sh\nBRAID_CDS=off exec "%s" "$@"\n' "$work/previous/bin/braid" > "$old" # an archive of classes is not worth its making here
chmod +x "$old"
echo "ok: built $(git -C "$root" log -1 --format='%h' "$commit"), $((SECONDS - began)) s"

boot=$(BRAID=$old "$here/cluster.sh" start 3)
export BRAID_BOOTSTRAP=$boot
"$old" topics create orders --partitions 6 > "$work/created"
# Until the file "enough" is there: a line every 20 ms; what it wrote is what must come back.
(
  i=0
  while [ ! -e "$work/enough" ]; do
    echo "order $((++i))"
    sleep 0.02
  done | tee "$work/sent" | "$old" produce orders --property delivery.timeout.ms=600000 > "$work/produced" 2>&1
) &
producer=$!

takeover() { # ID
  local safe=
  for _ in $(seq 300); do
    if "$new" brokers restart-check "$1" > "$work/check" 2>&1; then
      safe=yes
      break
    fi
    sleep 0.2
  done
  [ -n "$safe" ] || { cat "$work/check" >&2; fail "node $1 cannot be stopped"; }
  "$here/cluster.sh" stop "$1"
  BRAID=$new "$here/cluster.sh" start-node "$1"
}
read_all() { # COMMAND FILE
  "$1" consume orders --from-beginning --exit-at-end > "$2" || fail "$1 cannot read"
  [ -z "$(sort "$2" | uniq -d)" ] || fail "records came twice"
}

takeover 1
read_all "$new" "$work/mixed-new"
takeover 2
read_all "$old" "$work/mixed-old"
"$old" topics create made-by-old --partitions 2 > /dev/null # a command of the one, carried out by the other
"$new" topics describe made-by-old > /dev/null
takeover 3
"$new" features upgrade
touch "$work/enough"
wait "$producer" || { cat "$work/produced" >&2; fail "the producer saw an error"; }
producer=
read_all "$new" "$work/back"
sort "$work/sent" | cmp - <(sort "$work/back") || fail "what was acknowledged and what is there differ"
echo "ok: $(wc -l < "$work/back") records over a rolling upgrade from $(git -C "$root" log -1 --format=%h "$commit"), $((SECONDS - began)) s"
