"""The statuses that the services report, values of the field ``status``, and what is in service by them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

from alicloud_device_certificates.contract.timestamps import time_of

MqttStatus = Literal["active", "inactive"]
"""ApsaraMQ for MQTT: whether brokers accept the certificate."""

IotStatus = Literal["generating", "failed", "generated"]
"""IoT Platform: whether there is a certificate."""

IN_SERVICE: Final = frozenset({"active", "generated"})
"""The statuses of a certificate that its service accepts."""

PENDING: Final[frozenset[IotStatus]] = frozenset({"generating", "failed"})
"""The statuses of a device whose certificate is not issued yet, or could not be."""


def is_in_service(certificate: Mapping[str, Any], now: datetime) -> bool:
    """Return whether the fields of a certificate say that it is accepted at a time (UTC).

    Its status must be one of ``IN_SERVICE``, and the time must be within its validity. One whose validity is not known
    is not accepted.
    """
    begin, end = time_of(certificate.get("not_before")), time_of(certificate.get("not_after"))
    status = certificate.get("status")
    if not isinstance(status, str) or status not in IN_SERVICE or begin is None or end is None:
        return False
    return begin <= now <= end
