"""The conditions of a data source that a certificate must meet once it is read: ``fail_within``, ``require_active``.

The program passes them to the read as one input. It is no output, so neither a refresh nor ``pulumi destroy`` knows
them, and nothing that depends on the clock enters the state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from alicloud_device_certificates.contract.renewal import humanize
from alicloud_device_certificates.contract.statuses import IN_SERVICE, PENDING
from alicloud_device_certificates.contract.thresholds import Threshold, parse_threshold
from alicloud_device_certificates.contract.timestamps import has_no_expiry, rfc3339, time_of

PROPERTY: Final = "postconditions"
"""The input of a read with its conditions, absent if there are none."""

FAILED: Final = "failed_postconditions"
"""The output of a read in the gate's preview that says which conditions fail: there, they do not fail the read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postconditions:
    """The conditions of one data source."""

    name: str = ""
    """The name of the data source: errors show it, and a read does not know it otherwise."""
    fail_within: Threshold | None = None
    """How long before its end a certificate fails; None if its validity does not matter."""
    require_active: bool = False
    """Whether a certificate fails that its service does not accept."""

    @property
    def has_any(self) -> bool:
        """Whether there is a condition at all."""
        return self.require_active or self.fail_within is not None

    @classmethod
    def from_props(cls, props: Mapping[str, Any]) -> Postconditions:
        """Return the conditions in the inputs of a read; there are none in outputs. Raise ThresholdError."""
        given = props.get(PROPERTY)
        if not isinstance(given, Mapping):
            return cls()
        within = given.get("fail_within")
        return cls(
            name=str(given.get("name", "")),
            fail_within=None if within is None else parse_threshold(within),
            require_active=bool(given.get("require_active", False)),
        )

    def fault(self, certificate: Mapping[str, Any], now: datetime) -> str | None:
        """Return what is wrong with a certificate at a time (UTC), as a predicate; None if it meets the conditions.

        ``certificate`` are its fields (``contract/fields.py``): the status and the validity are enough.
        """
        faults = [each for each in (self._status_fault(certificate), self._end_fault(certificate, now)) if each]
        return ", and ".join(faults) or None

    def _status_fault(self, certificate: Mapping[str, Any]) -> str | None:
        status = certificate.get("status")
        if not self.require_active or status in IN_SERVICE:
            return None
        return f"has the status {status or 'unknown'} (require_active)"

    def _end_fault(self, certificate: Mapping[str, Any], now: datetime) -> str | None:
        within = self.fail_within
        if within is None or certificate.get("status") in PENDING:
            return None  # There is no certificate yet, so nothing ends: this is what require_active is for.
        begin, end = time_of(certificate.get("not_before")), time_of(certificate.get("not_after"))
        wanted = f"fail_within: {within.text}"
        if begin is None or end is None:
            return f"has an unknown validity ({wanted})"
        if end < begin:
            return f"is never valid: it ends at {rfc3339(end)}, before its start at {rfc3339(begin)} ({wanted})"
        if has_no_expiry(end) or end - now > within.of(end - begin):
            return None
        if now > end:
            return f"expired at {rfc3339(end)}, {humanize(now - end)} ago ({wanted})"
        if within.exceeds(end - begin):
            wanted += f", longer than its whole lifetime of {humanize(end - begin)}"
        return f"expires at {rfc3339(end)}, in {humanize(max(end - now, timedelta(0)))} ({wanted})"


def postcondition_props(name: str, *, fail_within: str | None, require_active: bool) -> dict[str, Any]:
    """Return what a data source of this name adds to its inputs: nothing, if it has no conditions."""
    given = {
        **({} if fail_within is None else {"fail_within": fail_within}),
        **({"require_active": True} if require_active else {}),
    }
    return {PROPERTY: {"name": name, **given}} if given else {}
