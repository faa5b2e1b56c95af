#!/usr/bin/env bash
# Checks deploy/kubernetes with the schemas of Kubernetes, which the package kubernetes-validate brings: tests/kubernetes/run.sh
# Installs it into a directory of its own (VENV); needs python3 with venv.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=${VENV:-/var/tmp/braid-kubernetes-validate-1.37}
if [ ! -e "$venv/.complete" ]; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install -q --disable-pip-version-check kubernetes-validate==1.37.0
  touch "$venv/.complete"
fi
"$venv/bin/python" "$here/check.py" "$here/../../deploy/kubernetes"
