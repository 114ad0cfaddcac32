#!/usr/bin/env bash
# Runs the gate, with every report into one folder, and exits with its code:
#   ci/gate.sh FOLDER
# The environment says the rest. Each variable but the first is the option of its name, where it is not empty:
#   GATE_COMMAND                    preview (default), or report: the stack as last deployed, without asking the cloud
#   GATE_CWD GATE_STACK GATE_CONFIG_FILE GATE_POLICY_PACK
#   GATE_WARN_WITHIN GATE_FAIL_WITHIN GATE_FAIL_ON GATE_WARN_ON GATE_ALLOW
#   GATE_DETAILED_EXITCODE          "true": 2 where there are changes (preview only)
# The program's Python and `device-certificates` are the first ones on PATH.
set -euo pipefail

reports=$1
command=${GATE_COMMAND:-preview}
case $command in
  preview | report) ;;
  *)
    echo "GATE_COMMAND is neither preview nor report" >&2
    exit 1
    ;;
esac

words=("$command")
# One word each, so that no value can be taken for an option.
option() {
  if [ -n "$2" ]; then
    words+=("$1=$2")
  fi
}
option --cwd "${GATE_CWD:-}"
option --stack "${GATE_STACK:-}"
option --config-file "${GATE_CONFIG_FILE:-}"
option --policy-pack "${GATE_POLICY_PACK:-}"
option --warn-within "${GATE_WARN_WITHIN:-}"
option --fail-within "${GATE_FAIL_WITHIN:-}"
option --fail-on "${GATE_FAIL_ON:-}"
option --warn-on "${GATE_WARN_ON:-}"
option --allow "${GATE_ALLOW:-}"
if [ "${GATE_DETAILED_EXITCODE:-}" = true ]; then
  words+=(--detailed-exitcode)
fi

mkdir -p "$reports"
# What an earlier run left is not this one's.
rm -f "$reports"/report.{md,html,json,sarif} "$reports/junit.xml" "$reports/metrics.prom"
exec device-certificates "${words[@]}" \
  --markdown "$reports/report.md" --html "$reports/report.html" --json "$reports/report.json" \
  --junit "$reports/junit.xml" --sarif "$reports/report.sarif" --metrics "$reports/metrics.prom"
