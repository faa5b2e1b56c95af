#!/usr/bin/env bash
# Builds the distribution (Maven, JDK 17) and the image braid:latest from it: deploy/docker/build.sh [BASE]
#   BASE         the image to build on, with bash and Java 17 or newer (default: that of the Dockerfile)
#   BRAID_IMAGE  the tag, from the environment
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bin/braid version > /dev/null
arguments=()
[ $# -eq 0 ] || arguments+=(--build-arg "BASE=$1")
docker build "${arguments[@]}" --tag "${BRAID_IMAGE:-braid:latest}" .
