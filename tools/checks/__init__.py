"""``make test``: every part of the checks, each to its end, and a summary of all."""
