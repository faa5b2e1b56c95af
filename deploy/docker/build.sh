#!/usr/bin/env bash
# Builds the distribution (Maven, JDK 17) and the image braid:latest from it. From the environment:
#   BASE         the image to build on, with bash and Java 17 or newer (default: that of the Dockerfile)
#   BRAID_IMAGE  the tag
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bin/braid version > /dev/null
docker build ${BASE:+--build-arg "BASE=$BASE"} --tag "${BRAID_IMAGE:-braid:latest}" .
