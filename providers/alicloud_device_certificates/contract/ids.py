"""The IDs of the data sources: all that a read needs to know to find its certificate.

An ID is the key of the certificate's kind and then the arguments that identify it (``contract/kinds.py``), such as
``mqtt/<region>/<mqtt_instance_id>/<ca_sn>/<device_sn>``. Each part is percent-encoded (RFC 3986), so a ``/`` in a value
is no separator. A part that may be absent is ``-`` if it is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast
from urllib.parse import quote, unquote

from alicloud_device_certificates.contract.errors import UserFacingError
from alicloud_device_certificates.contract.fleets import FLEETS, FleetKey, FleetKind
from alicloud_device_certificates.contract.kinds import KINDS, CertificateKind, KindKey

MAX_PART_BYTES: Final = 128
"""The maximum length of an identifying argument, in UTF-8: that of ApsaraMQ for MQTT."""

_ABSENT = "-"


class InvalidIdError(UserFacingError, ValueError):
    """The text is not the ID of a data source."""

    fix = "Let the data source compose the ID: do not set `opts.id`, and do not edit the state."


class _Kind(Protocol):
    """What both kinds of IDs have: ``CertificateKind`` and ``FleetKind``."""

    @property
    def id_parts(self) -> tuple[str, ...]: ...
    @property
    def optional_id_parts(self) -> frozenset[str]: ...


class _Id(ABC):
    """The arguments that an ID has. ``str`` is the ID."""

    __slots__ = ()
    key: str
    values: tuple[str | None, ...]
    """The values of the kind's ``id_parts``, in order; None for an optional part that is absent."""

    @property
    @abstractmethod
    def _id_parts(self) -> tuple[str, ...]: ...

    def arguments(self) -> dict[str, Any]:
        """Return the identifying arguments by name; an optional one that is absent is None."""
        return dict(zip(self._id_parts, self.values, strict=True))

    def __getitem__(self, part: str) -> str:
        """Return the value of a part that is present. Raise KeyError."""
        value = self.arguments()[part]
        if value is None:
            raise KeyError(part)
        return str(value)

    def __str__(self) -> str:
        return "/".join((self.key, *map(_encode, self.values)))


@dataclass(frozen=True, slots=True)
class CertificateId(_Id):
    """The identity of one certificate: its kind and the arguments that identify it."""

    key: KindKey
    values: tuple[str | None, ...]

    @classmethod
    def of(cls, key: KindKey, /, **arguments: str | None) -> CertificateId:
        """Make an ID of the arguments of a data source. Raise KeyError unless they are those of the kind."""
        return cls(key, _values(key, KINDS[key], arguments))

    @property
    def kind(self) -> CertificateKind:
        """The kind of the certificate."""
        return KINDS[self.key]

    @property
    def _id_parts(self) -> tuple[str, ...]:
        return self.kind.id_parts

    def issuer(self) -> CertificateId | None:
        """Return the ID of the CA's certificate, or None if the service does not keep it."""
        if self.kind.issuer is None:
            return None
        return CertificateId.of(self.kind.issuer, **{part: self[part] for part in KINDS[self.kind.issuer].id_parts})


@dataclass(frozen=True, slots=True)
class FleetId(_Id):
    """The identity of a fleet: its kind and the arguments that say where its certificates are."""

    key: FleetKey
    values: tuple[str | None, ...]

    @classmethod
    def of(cls, key: FleetKey, /, **arguments: str | None) -> FleetId:
        """Make an ID of the arguments of a data source. Raise KeyError unless they are those of the kind."""
        return cls(key, _values(key, FLEETS[key], arguments))

    @property
    def fleet(self) -> FleetKind:
        """The kind of the fleet."""
        return FLEETS[self.key]

    @property
    def _id_parts(self) -> tuple[str, ...]:
        return self.fleet.id_parts

    def member(self, **arguments: str | None) -> CertificateId:
        """Return the ID of a certificate of the fleet; ``arguments`` are those that the fleet does not have."""
        return CertificateId.of(self.fleet.member, **{**self.arguments(), **arguments})


def parse_id(text: str) -> CertificateId:
    """Read the ID of a certificate back into what it identifies. Raise InvalidIdError, one line, if it is none."""
    key, values = _parsed(text, KINDS)
    return CertificateId(cast(KindKey, key), values)


def parse_fleet_id(text: str) -> FleetId:
    """Read the ID of a fleet back into what it identifies. Raise InvalidIdError, one line, if it is none."""
    key, values = _parsed(text, FLEETS)
    return FleetId(cast(FleetKey, key), values)


def is_fleet_id(text: str) -> bool:
    """Return whether a text is the ID of a fleet, if it is one at all."""
    return text.partition("/")[0] in FLEETS


def _parsed(text: str, kinds: Mapping[Any, _Kind]) -> tuple[str, tuple[str | None, ...]]:
    key, *parts = text.split("/")
    kind = kinds.get(key)
    if kind is None or len(parts) != len(kind.id_parts) or not all(parts):
        *others, last = (id_format(each, kind) for each, kind in kinds.items())
        what = "fleet" if kinds is FLEETS else "device certificate"
        raise InvalidIdError(
            f"{text!r} is not the ID of a {what}: expected {', '.join(others)} or {last}, each part percent-encoded"
        )
    return key, tuple(
        None if part == _ABSENT and name in kind.optional_id_parts else unquote(part)
        for name, part in zip(kind.id_parts, parts, strict=True)
    )


def id_format(key: str, kind: _Kind) -> str:
    """Return the form of a kind's IDs, such as ``mqtt-ca/<region>/<mqtt_instance_id>/<ca_sn>``."""
    parts = (f"<{part} or ->" if part in kind.optional_id_parts else f"<{part}>" for part in kind.id_parts)
    return "/".join((key, *parts))


def _values(key: str, kind: _Kind, arguments: Mapping[str, str | None]) -> tuple[str | None, ...]:
    if surplus := arguments.keys() - set(kind.id_parts):
        raise KeyError(f"an ID of {key} has no {', '.join(sorted(surplus))}")
    return tuple(arguments[part] for part in kind.id_parts)


def _encode(value: str | None) -> str:
    if value is None:
        return _ABSENT
    # A part that is really called "-" must not read as absent.
    return "%2D" if value == _ABSENT else quote(value, safe="")


def same_sn(one: str, other: str) -> bool:
    """Return whether two SNs are the same: the services ignore case and leading zeros."""
    return one.lstrip("0").casefold() == other.lstrip("0").casefold()
