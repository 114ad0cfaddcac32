"""The text of an example and of a field's kinds of certificates."""

from __future__ import annotations

import json

from alicloud_device_certificates.contract.fields import Field
from alicloud_device_certificates.contract.kinds import KINDS


def example_text(field: Field) -> str:
    """Return the example as JSON, as ``pulumi stack output --json`` prints it."""
    return json.dumps(field.example, ensure_ascii=False)


def kinds_text(field: Field) -> str:
    """Return the kinds of certificates that have the field; an empty text if all do."""
    return "" if len(field.kinds) == len(KINDS) else ", ".join(KINDS[kind].title for kind in field.kinds)
