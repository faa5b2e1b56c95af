#!/usr/bin/env bash
# Braid beside Apache Kafka 4.3.1 on this machine: perf/compare.sh [--quick] [--only WORKLOAD,...] [--list] [...]; --help says more.
# Fetches Apache Kafka by Maven into perf/target, then calls `bin/braid perf compare`, which does everything else.
#   perf/compare.sh --fetch  only fetches it, and prints where it is
#   KAFKA_HOME               a distribution, or a directory of jars, that is used instead
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kafka=${KAFKA_HOME:-$here/target/kafka-4.3.1}
if [ ! -d "$kafka" ]; then
  echo "compare: fetching Apache Kafka 4.3.1" >&2
  mvn -B -ntp -q -f "$here/kafka/pom.xml" dependency:copy-dependencies -DoutputDirectory="$kafka.part" >&2
  mv "$kafka.part" "$kafka"
fi
if [ "${1:-}" = --fetch ]; then
  echo "$kafka"
  exit
fi
exec "$here/../bin/braid" perf compare --kafka-home "$kafka" "$@"
