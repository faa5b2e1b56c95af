#!/usr/bin/env bash
# A Docker engine of our own for tests, with its own directories, and a base image made without any registry:
#   tests/docker/engine.sh start     start the engine (needs root, dockerd and iptables); prints DOCKER_HOST=...
#   tests/docker/engine.sh base TAG  make an image of Debian and a Java runtime (needs debootstrap and JDK 17 in JAVA_HOME)
#   tests/docker/engine.sh clean     remove containers, networks and volumes that a killed test left
#   tests/docker/engine.sh stop      stop the engine; purge also removes its data
# From the environment: ENGINE_DIR, its directories (/var/tmp/braid-engine; kept, so that the next start has the images).
set -euo pipefail
dir=${ENGINE_DIR:-/var/tmp/braid-engine}
host=unix://$dir/docker.sock
log=$dir/dockerd.log

die() { echo "engine: $*" >&2; exit 1; }
engine() { DOCKER_HOST=$host docker "$@"; }
# The engine of this directory, and no other process that has come by its pid since.
running() {
  local pid
  pid=$(cat "$dir/dockerd.pid" 2>/dev/null) && [ -n "$pid" ] && tr '\0' ' ' 2>/dev/null < "/proc/$pid/cmdline" | grep -qF -- "--data-root $dir/data"
}

start() {
  mkdir -p "$dir"
  if ! running; then
    rm -f "$dir/dockerd.pid" "$dir/docker.sock" "$dir/exec/containerd/containerd.pid"
    # No bridge of its own: another engine may have docker0. Networks are made where no route is yet.
    setsid dockerd --data-root "$dir/data" --exec-root "$dir/exec" --pidfile "$dir/dockerd.pid" -H "$host" \
      --bridge none --default-address-pool base=10.213.0.0/16,size=24 > "$log" 2>&1 < /dev/null &
  fi
  for _ in $(seq 300); do
    if engine info > /dev/null 2>&1; then
      echo "DOCKER_HOST=$host"
      return
    fi
    sleep 0.1
  done
  tail -n 20 "$log" >&2
  die "no engine after 30 s"
}

base() {
  local tag=$1 root work suite=${SUITE:-bookworm}
  [ -x "${JAVA_HOME:-}/bin/jlink" ] || die "JAVA_HOME names no JDK with jlink"
  root=$dir/rootfs-$suite
  if [ ! -f "$root/.complete" ]; then
    rm -rf "$root"
    debootstrap --variant=minbase "$suite" "$root" > "$dir/debootstrap.log" 2>&1 || { tail "$dir/debootstrap.log" >&2; die "debootstrap failed"; }
    rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale}/*
    touch "$root/.complete"
  fi
  work=$root/opt/java
  rm -rf "$work"
  mkdir -p "$root/opt"
  # The modules of a JRE: what the class files name does not show what is found by name at run time.
  "$JAVA_HOME/bin/jlink" --add-modules java.se,jdk.unsupported,jdk.crypto.ec,jdk.management,jdk.httpserver,jdk.zipfs,jdk.jfr,jdk.naming.dns,jdk.net,jdk.attach,jdk.jcmd \
    --strip-debug --no-header-files --no-man-pages --compress=1 --output "$work"
  tar -C "$root" -c . | engine import --change "ENV JAVA_HOME=/opt/java" --change "ENV LANG=C.UTF-8" \
    --change "ENV PATH=/opt/java/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" - "$tag"
}

clean() {
  local label
  for label in org.testcontainers=true io.braid.test; do
    engine ps -aq --filter "label=$label" | xargs -r env DOCKER_HOST="$host" docker rm -fv > /dev/null
    engine network ls -q --filter "label=$label" | xargs -r env DOCKER_HOST="$host" docker network rm > /dev/null
    engine volume ls -q --filter "label=$label" | xargs -r env DOCKER_HOST="$host" docker volume rm > /dev/null
  done
}

stop() {
  running || return 0
  local pid
  pid=$(cat "$dir/dockerd.pid")
  kill "$pid"
  for _ in $(seq 300); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  die "the engine, pid $pid, does not stop"
}

case ${1:-} in
  start) start ;;
  base) [ $# -eq 2 ] || die "which tag?"; base "$2" ;;
  clean) clean ;;
  stop) stop ;;
  purge) stop; rm -rf "$dir" ;;
  *) sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 1 ;;
esac
