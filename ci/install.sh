#!/usr/bin/env bash
# Create a virtual environment with this package, from its hashed lock files:
#   ci/install.sh FOLDER [REQUIREMENTS-FILE]
# The requirements file lists what the Pulumi program needs beside it. $PYTHON names the interpreter (default: python3).
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"${PYTHON:-python3}" -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
"${PYTHON:-python3}" -m venv "$1"
install=("$1/bin/python" -m pip --disable-pip-version-check --no-input install --quiet)
"${install[@]}" --require-hashes --no-deps -r "$checkout/locks/build.txt"
"${install[@]}" --require-hashes --no-deps --no-build-isolation -r "$checkout/locks/run.txt"
"${install[@]}" --no-deps --no-build-isolation "$checkout"
if [ -n "${2:-}" ]; then
  "${install[@]}" -r "$2"
fi
