#!/usr/bin/env bash
# Runs the JMH benchmarks of the hot parts: perf/jmh/run.sh [REGEX [JMH OPTION ...]], all of them by default; -l lists them.
# With -prof gc: gc.alloc.rate.norm is the bytes allocated for each operation, in code that is compiled for good. The counts in
# allocations.json, which a test holds the code to, are taken without that compiler: `perf/jmh/run.sh --count [CLASS ...]`.
#   BRAID_JAVA       the java command (default: that of JAVA_HOME, else of PATH)
#   BRAID_BUILD=off  never build
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
home=$(cd "$here/../.." && pwd -P)
java=${BRAID_JAVA:-${JAVA_HOME:+$JAVA_HOME/bin/}java}
built=$here/target/.built

newer() { find "$home/pom.xml" "$home"/*/pom.xml "$home"/*/src/main "$here/pom.xml" "$here/src/main" -newer "$built" -type f -print -quit; }
if [ "${BRAID_BUILD:-}" != off ] && { [ ! -f "$built" ] || [ -n "$(newer)" ]; }; then
  echo "jmh: building" >&2
  (cd "$home" && mvn -B -ntp -q -Dquick -Dmaven.test.skip=true -pl perf/jmh -am package >&2)
  touch "$built"
fi

options=(
  --add-opens=java.base/java.lang.reflect=ALL-UNNAMED --add-opens=java.base/sun.nio.ch=ALL-UNNAMED
  --add-opens=java.base/java.nio=ALL-UNNAMED --add-exports=java.base/jdk.internal.ref=ALL-UNNAMED
  --add-exports=java.base/jdk.internal.misc=ALL-UNNAMED
  -Dchronicle.analytics.disable=true -Dchronicle.announcer.disable=true -Dio.netty.tryReflectionSetAccessible=true
)
classpath="$here/target/classes:$here/target/lib/*"
if [ "${1:-}" = --count ]; then
  shift
  exec "$java" "${options[@]}" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx512m -cp "$classpath" io.braid.jmh.AllocationCounter "$@"
fi
# A forked JVM gets the options of this one.
exec "$java" "${options[@]}" -Xmx1g -cp "$classpath" org.openjdk.jmh.Main \
  -bm avgt -tu ns -f 1 -wi 10 -w 200ms -i 10 -r 200ms -prof gc "$@"
