"""Settings of all tests: none depends on how fast a machine is, and a failure is shown as one."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from tests.parsing import keep_collector_out

keep_collector_out()

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
