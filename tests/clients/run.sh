#!/usr/bin/env bash
# Round trips of real clients against a broker: run.sh HOST:PORT     RUN='kcat confluent ...' chooses, REQUIRE=1 fails what is missing
set -u
[ $# -eq 1 ] || { sed -n 2p "$0"; exit 2; }
boot=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${CLIENTS_BUILD:-${TMPDIR:-/tmp}/braid-clients}
mkdir -p "$build"
python=${PYTHON:-/usr/bin/python3}
passed=0 failed=0 skipped=0

result() { # name status
  case $2 in
    0) echo "PASS $1"; passed=$((passed + 1)) ;;
    77) if [ -n "${REQUIRE:-}" ]; then echo "FAIL $1 (not installed)"; failed=$((failed + 1)); else echo "SKIP $1 (not installed)"; skipped=$((skipped + 1)); fi ;;
    *) echo "FAIL $1 (see $build/$1.log)"; tail -5 "$build/$1.log"; failed=$((failed + 1)) ;;
  esac
}
wanted() { [ -z "${RUN:-}" ] || [[ " $RUN " == *" $1 "* ]]; }

java_clients() { # version
  command -v mvn >/dev/null && command -v java >/dev/null || return 77
  local lib=$build/kafka-clients-$1
  if [ ! -f "$lib/.done" ]; then
    mkdir -p "$lib"
    cat > "$lib/pom.xml" <<P
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version>
<dependencies><dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-clients</artifactId><version>$1</version></dependency></dependencies></project>
P
    mvn -B -ntp -q -f "$lib/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$lib" || return 1
    touch "$lib/.done"
  fi
  java -cp "$lib/*" "$here/RoundTrip.java" "$boot"
}
python_client() { # module, script
  "$python" -c "import $1" 2>/dev/null || return 77
  "$python" "$here/$2" "$boot"
}
kafkajs() {
  command -v npm >/dev/null || return 77
  mkdir -p "$build/kafkajs" && cp "$here"/kafkajs/* "$build/kafkajs/"
  [ -d "$build/kafkajs/node_modules/kafkajs" ] || (cd "$build/kafkajs" && npm install --silent --no-audit --no-fund) || return 1
  (cd "$build/kafkajs" && KAFKAJS_NO_PARTITIONER_WARNING=1 timeout 60 node roundtrip.js "$boot")
}
kcat_codecs() {
  command -v kcat >/dev/null || return 77
  "$here/kcat.sh" "$boot"
}

wanted kcat && { kcat_codecs > "$build/kcat.log" 2>&1; result kcat $?; }
wanted confluent && { python_client confluent_kafka confluent_roundtrip.py > "$build/confluent.log" 2>&1; result confluent $?; }
wanted kafkapy && { python_client kafka kafkapy_roundtrip.py > "$build/kafkapy.log" 2>&1; result kafkapy $?; }
wanted kafkajs && { kafkajs > "$build/kafkajs.log" 2>&1; result kafkajs $?; }
for version in 4.4.0 2.8.2; do
  wanted "kafka-clients-$version" && { java_clients $version > "$build/kafka-clients-$version.log" 2>&1; result "kafka-clients-$version" $?; }
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
