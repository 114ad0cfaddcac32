"""The gate: evaluate each certificate of a preview, or of a deployed stack, report it, and return an exit code.

engine events (collect/events.py, from collect/pulumi_cli.py) or the last deployed state (collect/deployed.py)
  -> Observed      (collect/observed.py)   one certificate before and now, an allow-list of fields
  -> evaluate      (evaluate/)    by the rules (rules/) and for one time -> findings (rules/kinds.py)
  -> Report        (report.py)    -> reports/ and the exit code
"""
