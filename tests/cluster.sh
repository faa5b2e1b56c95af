#!/usr/bin/env bash
# A cluster of combined nodes (controller and broker) on this machine, by hand or for tests:
#   tests/cluster.sh start [N]        start nodes 1..N (3) and wait until all serve; nodes that run are left alone
#   tests/cluster.sh start-node ID    start one again
#   tests/cluster.sh stop [ID ...]    SIGTERM, all without ids; waits until they are gone
#   tests/cluster.sh kill ID ...      kill -9
#   tests/cluster.sh pause ID ...     SIGSTOP; resume ID ... goes on
#   tests/cluster.sh status           pid and ready line of each node
#   tests/cluster.sh bootstrap        bootstrap.servers of the cluster
# From the environment: DIR, data and logs (default: ./braid-cluster); BASE, first port (19000): node I has BASE + 10 * I for
# Kafka clients, + 1 controller, + 2 Raft, + 3 other brokers, + 4 admin; NODES, how many there are (remembered in DIR);
# SETTINGS, further key=value for every node, separated by spaces; BRAID, the command of another release.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
braid=${BRAID:-$here/../bin/braid}
dir=${DIR:-braid-cluster}
base=${BASE:-$(cat "$dir/base" 2>/dev/null || echo 19000)}
nodes=${NODES:-$(cat "$dir/nodes" 2>/dev/null || echo 3)}

die() { echo "cluster: $*" >&2; exit 1; }
port() { echo $((base + 10 * $1 + $2)); }
pid() { cat "$dir/$1.pid" 2>/dev/null || true; }
runs() { [ -n "$(pid "$1")" ] && kill -0 "$(pid "$1")" 2>/dev/null; }
every() { [ $# -gt 0 ] && echo "$@" || seq "$nodes"; }
bootstrap() { for i in $(seq "$nodes"); do echo "127.0.0.1:$(port "$i" 0)"; done | paste -sd, -; }

launch() {
  local id=$1 voters setting settings=()
  voters=$(for i in $(seq "$nodes"); do echo "$i@127.0.0.1:$(port "$i" 1):$(port "$i" 2)"; done | paste -sd, -)
  for setting in ${SETTINGS:-}; do settings+=(--set "$setting"); done
  "$braid" start --data "$dir/$id" --set "node.id=$id" --set "controller.quorum.voters=$voters" \
    --set "listeners=PLAINTEXT://127.0.0.1:$(port "$id" 0)" --set "controller.listener=127.0.0.1:$(port "$id" 1)" \
    --set "raft.listener=127.0.0.1:$(port "$id" 2)" --set "inter.broker.listener=127.0.0.1:$(port "$id" 3)" \
    --set "admin.listener=127.0.0.1:$(port "$id" 4)" "${settings[@]}" > "$dir/$id.out" 2>&1 < /dev/null &
  echo $! > "$dir/$id.pid"
}
await_ready() {
  for _ in $(seq 1200); do
    grep -q '^braid ready' "$dir/$1.out" && return
    runs "$1" || { cat "$dir/$1.out" >&2; die "node $1 ended before it was ready"; }
    sleep 0.1
  done
  die "node $1 is not ready after two minutes; see $dir/$1.out"
}
start() {
  mkdir -p "$dir"
  echo "$base" > "$dir/base"
  echo "$nodes" > "$dir/nodes"
  local started=()
  for id in "$@"; do runs "$id" || { launch "$id"; started+=("$id"); }; done
  for id in "${started[@]}"; do await_ready "$id"; done
}
signal() {
  local name=$1; shift
  for id in "$@"; do runs "$id" || die "node $id does not run"; kill "-$name" "$(pid "$id")"; done
}
stop() {
  for id in "$@"; do ! runs "$id" || kill "$(pid "$id")"; done
  for id in "$@"; do
    for _ in $(seq 600); do runs "$id" || break; sleep 0.1; done
    ! runs "$id" || die "node $id did not stop within a minute"
    rm -f "$dir/$id.pid"
  done
}

command=${1:-}
[ $# -eq 0 ] || shift
case $command in
  start) nodes=${1:-$nodes}; start $(seq "$nodes"); bootstrap ;;
  start-node) [ $# -eq 1 ] || die "which node?"; start "$1" ;;
  stop) stop $(every "$@") ;;
  kill) signal KILL "$@" ;;
  pause) signal STOP "$@" ;;
  resume) signal CONT "$@" ;;
  status) for i in $(seq "$nodes"); do runs "$i" && echo "$(pid "$i") $(grep '^braid ready' "$dir/$i.out" || echo "node $i starts")" || echo "node $i does not run"; done ;;
  bootstrap) bootstrap ;;
  *) sed -n '2,12s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 1 ;;
esac
