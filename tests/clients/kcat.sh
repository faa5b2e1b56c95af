#!/usr/bin/env bash
# kcat writes 1,000 lines with every codec and reads them back: kcat.sh HOST:PORT
set -eu
boot=$1
for codec in none gzip snappy lz4 zstd; do
  topic=rt-kcat-$codec-$$
  seq 1 1000 | kcat -b "$boot" -P -t "$topic" -p 0 -z $codec -X acks=all -X linger.ms=20
  got=$(kcat -b "$boot" -C -t "$topic" -p 0 -o beginning -e -q -X check.crcs=true | md5sum)
  want=$(seq 1 1000 | md5sum)
  [ "$got" = "$want" ] || { echo "$codec: what was read is not what was written"; exit 1; }
done
