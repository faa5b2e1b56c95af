#!/usr/bin/env bash
# Builds the image, puts three containers of it through faults, and does what the README says of containers, word for word:
# tests/containers.sh. Takes the Docker engine of DOCKER_HOST; without one, as root, starts an engine of its own
# (tests/docker/engine.sh) with a base image made from Debian's packages, and stops it in the end.
#   BASE   the image to build on (with an engine of our own: made here; else that of the Dockerfile)
#   SKIP   words: faults, up, demo
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/.."
work=$(mktemp -d "${TMPDIR:-/tmp}/braid-containers.XXXXXX")
own=
cleanup() {
  local status=$?
  [ "$status" -eq 0 ] || compose logs --no-color --tail 40 2>/dev/null || true
  compose down -v > /dev/null 2>&1 || true
  if [ -n "$own" ]; then
    "$here/docker/engine.sh" clean || true
    "$here/docker/engine.sh" stop || true
  fi
  rm -rf "$work"
}
trap cleanup EXIT

# `docker compose` where it is there, else Debian's docker-compose, which knows the same words.
compose() {
  if command docker compose version > /dev/null 2>&1; then command docker compose "$@"; else docker-compose "$@"; fi
}
docker() {
  if [ "${1:-}" = compose ]; then shift; compose "$@"; else command docker "$@"; fi
}
export COMPOSE_PROJECT_NAME=braid-test
[ -z "${BASE:-}" ] || export BASE

if [ -z "${DOCKER_HOST:-}" ] && [ "$(id -u)" -eq 0 ] && command -v dockerd > /dev/null; then
  own=yes
  eval "export $("$here/docker/engine.sh" start)"
  "$here/docker/engine.sh" clean
  # Testcontainers would take this machine for a container, and fetch images that watch over others.
  export TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
  if [ -z "${BASE:-}" ]; then
    export BASE=braid-base:test
    "$here/docker/engine.sh" base "$BASE" > /dev/null
  fi
fi
compose down -v > /dev/null 2>&1 || true # what a killed run left

deploy/docker/build.sh > "$work/build" 2>&1 || { cat "$work/build"; exit 1; }
echo "ok: the image has $(docker image inspect --format '{{.Size}}' "${BRAID_IMAGE:-braid:latest}") bytes"

case " ${SKIP:-} " in *" faults "*) ;; *)
  BRAID_CONTAINERS=required mvn -B -ntp -Dquick -pl containers test -Dsurefire.rerunFailingTestsCount=1 "$@"
  ;;
esac

case " ${SKIP:-} " in *" up "*) ;; *)
  # From the word to the third node's readiness, with volumes that are empty; the target is 20 s on a machine that does nothing else.
  began=$(date +%s%3N)
  compose up -d > "$work/up" 2>&1 || { cat "$work/up"; exit 1; }
  for _ in $(seq 1200); do
    if curl -sf 127.0.0.1:19644/readyz 127.0.0.1:29644/readyz 127.0.0.1:39644/readyz > "$work/ready" 2>&1; then break; fi
    sleep 0.1
  done
  took=$(($(date +%s%3N) - began))
  curl -sf 127.0.0.1:19644/readyz 127.0.0.1:29644/readyz 127.0.0.1:39644/readyz > "$work/ready" ||
    { compose ps; echo "FAIL not ready after two minutes"; exit 1; }
  echo "ok: docker compose up to ready, $took ms; of this the nodes themselves:"
  compose logs --no-color 2>/dev/null | sed -n 's/.*braid ready \(node=[0-9]*\).* \(ms=[0-9]*\).*/  \1 \2/p'
  compose down -v > /dev/null 2>&1
  ;;
esac

case " ${SKIP:-} " in *" demo "*) ;; *)
  # The indented lines of the README's section, up to the next one.
  awk '/^## /{on=0} /^## In containers/{on=1} on && /^    /{print substr($0, 5)}' README.md > "$work/demo"
  grep -q 'docker compose kill' "$work/demo" || { echo "FAIL no demo in the README"; exit 1; }
  began=$SECONDS
  set +e
  (set -eo pipefail; . "$work/demo") > "$work/out" 2> "$work/err" < /dev/null
  status=$?
  set -e
  [ "$status" -eq 0 ] || { cat "$work/out" "$work/err"; echo "FAIL the README's demo ended with $status"; exit 1; }
  for i in $(seq 40); do
    [ "$(grep -cx "order $i" "$work/out")" -eq 1 ] || { cat "$work/out" "$work/err"; echo "FAIL order $i was not read once"; exit 1; }
  done
  echo "ok: the README's demo, $((SECONDS - began)) s"
  ;;
esac
