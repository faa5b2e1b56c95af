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
# kafka-tools alone with what its groups command loads: all that it names is 150 MB.
groups_tool() {
  command -v mvn >/dev/null && command -v java >/dev/null || return 77
  local lib=$build/kafka-tools of
  if [ ! -f "$lib/.done" ]; then
    mkdir -p "$lib"
    {
      echo '<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>'
      for of in org.apache.kafka:kafka-tools:4.3.1 org.apache.kafka:kafka-server-common:4.3.1 org.apache.kafka:kafka-clients:4.3.1 \
        net.sf.jopt-simple:jopt-simple:5.0.4 com.fasterxml.jackson.core:jackson-databind:2.21.2 com.fasterxml.jackson.core:jackson-core:2.21.2 \
        com.fasterxml.jackson.core:jackson-annotations:2.21 com.fasterxml.jackson.dataformat:jackson-dataformat-csv:2.21.2 \
        com.google.re2j:re2j:1.8 org.slf4j:slf4j-api:2.0.20 org.slf4j:slf4j-nop:2.0.20; do
        IFS=: read -r group artifact version <<< "$of"
        echo "<dependency><groupId>$group</groupId><artifactId>$artifact</artifactId><version>$version</version>"
        echo '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>'
      done
      echo '</dependencies></project>'
    } > "$lib/pom.xml"
    mvn -B -ntp -q -f "$lib/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$lib" || return 1
    touch "$lib/.done"
  fi
  java -cp "$lib/*" "$here/GroupsTool.java" "$boot"
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
wanted kafka-consumer-groups && { groups_tool > "$build/kafka-consumer-groups.log" 2>&1; result kafka-consumer-groups $?; }
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
