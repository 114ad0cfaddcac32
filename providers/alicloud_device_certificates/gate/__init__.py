"""The gate: what a preview, or a deployed stack, says of each certificate, evaluation, reported and made an exit code.

engine events (collect/events.py, run by collect/pulumi_cli.py) or the last deployed state (collect/deployed.py)
  -> Observed      (collect/observed.py)   one certificate before and now, an allow-list of fields
  -> judge         (evaluate/)    with the rules (rules/) and one moment -> findings (rules/kinds.py)
  -> Report        (report.py)     -> reports/ and the exit code
"""
