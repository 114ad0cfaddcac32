#!/usr/bin/env bash
# Run the gate, write a report in every format to FOLDER, and exit with the gate's exit code:
#   ci/gate.sh FOLDER
# GATE_COMMAND is `preview` (the default) or `report`, which evaluates the stack as last deployed, without cloud access.
# Each of these variables sets the option of its name, unless it is empty:
# begin variables: make docs
#   GATE_CWD                the folder of the Pulumi project (default: the current one)
#   GATE_STACK              the stack (default: the selected one)
#   GATE_CONFIG_FILE        use this stack config instead of `Pulumi.<stack>.yaml` (preview only)
#   GATE_DIFF               show the preview as a detailed diff (preview only)
#   GATE_PARALLEL           maximum number of parallel operations (default: the engine's; preview only)
#   GATE_REFRESH            refresh the state before the preview (preview only)
#   GATE_POLICY_PACK        run the policy pack in this folder (preview only)
#   GATE_WARN_WITHIN        warn this long before a certificate expires: 30d, 12h, or 10% of its lifetime (default: 30 days, or the last third of a shorter lifetime)
#   GATE_FAIL_WITHIN        fail this long before a certificate expires: 30d, 12h, or 10% of its lifetime (default: never)
#   GATE_MAX_AGE            warn if a device certificate began longer ago: 800d, or 80% of its lifetime (default: never)
#   GATE_FAIL_ON            fail on these findings
#   GATE_WARN_ON            report these findings as warnings
#   GATE_ALLOW              report these findings as info
#   GATE_DETAILED_EXITCODE  exit with 2 if an update would make changes (preview only)
#   GATE_ALL                list every certificate in the terminal, however many there are
#   GATE_QUIET              print findings and the summary only: no table, and the engine's output only if the preview fails
# end variables
# The exit codes:
# begin exit-codes: make docs
#   0 OK, no finding fails
#   1 the run could not be completed
#   2 an update would make changes
#   3 a finding fails
# end exit-codes
# The first `python` and the first `device-certificates` on PATH are used.
set -euo pipefail

case ${GATE_COMMAND:=preview} in
  preview | report) ;;
  *)
    echo "GATE_COMMAND is neither preview nor report" >&2
    exit 1
    ;;
esac
export GATE_REPORTS=$1
exec device-certificates "$GATE_COMMAND"
