"""The gate: what a preview, or a deployed stack, says of each certificate, judged, reported and made an exit code.

engine events (events.py, run by engine.py) or the last deployed state (deployed.py)
  -> Observed      (observed.py)   one certificate before and now, an allow-list of fields
  -> judge         (judging.py)    with the rules (rules.py, thresholds.py) and one moment -> findings (kinds.py)
  -> Report        (report.py)     -> reports/ and the exit code
"""
