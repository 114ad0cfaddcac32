"""The statuses that the services report: values of the field ``status``."""

from __future__ import annotations

from typing import Literal

MqttStatus = Literal["active", "inactive"]
"""ApsaraMQ for MQTT: whether brokers accept the certificate."""

IotStatus = Literal["generating", "failed", "generated"]
"""IoT Platform: whether there is a certificate."""
