"""The IDs of the data sources: all that a read needs to know to find its certificate.

An ID is the key of the certificate's kind and then the arguments that identify it (``contract/kinds.py``), such as
``mqtt/<region>/<mqtt_instance_id>/<ca_sn>/<device_sn>``. Each part is percent-encoded (RFC 3986), so a ``/`` in a value
is no separator. A part that may be absent is ``-`` if it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote

from alicloud_device_certificates.contract.errors import UserFacingError
from alicloud_device_certificates.contract.kinds import KINDS, CertificateKind, KindKey

MAX_PART_BYTES: Final = 128
"""The maximum length of an identifying argument, in UTF-8: that of ApsaraMQ for MQTT."""

_ABSENT = "-"


class InvalidIdError(UserFacingError, ValueError):
    """The text is not the ID of a data source."""

    fix = "Let the data source compose the ID: do not set `opts.id`, and do not edit the state."


@dataclass(frozen=True, slots=True)
class CertificateId:
    """The identity of one certificate: its kind and the arguments that identify it. ``str`` is the ID."""

    key: KindKey
    values: tuple[str | None, ...]
    """The values of the kind's ``id_parts``, in order; None for an optional part that is absent."""

    @classmethod
    def of(cls, key: KindKey, /, **arguments: str | None) -> CertificateId:
        """Make an ID of the arguments of a data source. Raise KeyError unless they are those of the kind."""
        parts = KINDS[key].id_parts
        if surplus := arguments.keys() - set(parts):
            raise KeyError(f"an ID of {key} has no {', '.join(sorted(surplus))}")
        return cls(key, tuple(arguments[part] for part in parts))

    @property
    def kind(self) -> CertificateKind:
        """The kind of the certificate."""
        return KINDS[self.key]

    def arguments(self) -> dict[str, Any]:
        """Return the identifying arguments by name; an optional one that is absent is None."""
        return dict(zip(self.kind.id_parts, self.values, strict=True))

    def __getitem__(self, part: str) -> str:
        """Return the value of a part that is present. Raise KeyError."""
        value = self.arguments()[part]
        if value is None:
            raise KeyError(part)
        return str(value)

    def issuer(self) -> CertificateId | None:
        """Return the ID of the CA's certificate, or None if the service does not keep it."""
        if self.kind.issuer is None:
            return None
        return CertificateId.of(self.kind.issuer, **{part: self[part] for part in KINDS[self.kind.issuer].id_parts})

    def __str__(self) -> str:
        return "/".join((self.key, *map(_encode, self.values)))


def parse_id(text: str) -> CertificateId:
    """Read an ID back into what it identifies.

    Raise InvalidIdError, one line, if ``text`` is not the ID of a data source.
    """
    key, *parts = text.split("/")
    kind = next((kind for kind in KINDS.values() if kind.key == key), None)
    if kind is None or len(parts) != len(kind.id_parts) or not all(parts):
        *others, last = (kind.id_format for kind in KINDS.values())
        raise InvalidIdError(
            f"{text!r} is not the ID of a device certificate: expected {', '.join(others)} or {last}, each part "
            "percent-encoded"
        )
    return CertificateId(
        kind.key,
        tuple(
            None if part == _ABSENT and name in kind.optional_id_parts else unquote(part)
            for name, part in zip(kind.id_parts, parts, strict=True)
        ),
    )


def _encode(value: str | None) -> str:
    if value is None:
        return _ABSENT
    # A part that is really called "-" must not read as absent.
    return "%2D" if value == _ABSENT else quote(value, safe="")


def same_sn(one: str, other: str) -> bool:
    """Return whether two SNs are the same: the services ignore case and leading zeros."""
    return one.lstrip("0").casefold() == other.lstrip("0").casefold()
