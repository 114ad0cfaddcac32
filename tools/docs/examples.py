"""How an example and the kinds of certificates are written."""

from __future__ import annotations

import json
from typing import Final

from alicloud_device_certificates.contract.fields import Field, Kind

KINDS: Final[dict[Kind, str]] = {"mqtt": "MQTT", "mqtt-ca": "MQTT CA", "iot": "IoT"}


def example_text(field: Field) -> str:
    """The example as JSON, the form in which `pulumi stack output --json` shows it."""
    return json.dumps(field.example, ensure_ascii=False)


def kinds_text(field: Field) -> str:
    """The certificates that have the field, in words; nothing where all do."""
    return "" if len(field.kinds) == len(KINDS) else ", ".join(KINDS[kind] for kind in field.kinds)
