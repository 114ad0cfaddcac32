"""By which rules certificates are judged: thresholds and severities, in general and by the certificate's name.

They come from the command line, from the stack's config (``device-certificates:gate``), or are the defaults.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from alicloud_device_certificates.contract.config import GATE
from alicloud_device_certificates.gate.errors import RulesError
from alicloud_device_certificates.gate.rules.kinds import FindingKind, Severity
from alicloud_device_certificates.gate.rules.thresholds import RENEWAL_WINDOW, Threshold, parse_threshold

_SEVERITY_KEYS: dict[str, Severity] = {"failOn": "fail", "warnOn": "warn", "allow": "info"}
_THRESHOLD_KEYS = ("warnWithin", "failWithin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What was said for some certificates, or for all; what is None, or not in ``severities``, was not said."""

    warn_within: Threshold | None = None
    fail_within: Threshold | None = None
    severities: Mapping[FindingKind, Severity] = field(default_factory=dict)

    def over(self, other: Rule) -> Rule:
        """Give this rule, completed by what another says."""
        return Rule(
            warn_within=self.warn_within or other.warn_within,
            fail_within=self.fail_within or other.fail_within,
            severities={**other.severities, **self.severities},
        )

    def severity(self, kind: FindingKind, default: Severity | None = None) -> Severity:
        """Give the severity of a kind: what was said, else ``default``, else the kind's own."""
        return self.severities.get(kind) or default or kind.about.severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A general rule, and those for the certificates whose names match a pattern (``gateway-*``), in order."""

    general: Rule = field(default_factory=Rule)
    by_name: tuple[tuple[str, Rule], ...] = ()

    def of(self, name: str) -> Rule:
        """Give the rule for a certificate: of the patterns that match its name the later goes before the earlier."""
        rule = Rule(warn_within=RENEWAL_WINDOW)
        rule = self.general.over(rule)
        for pattern, special in self.by_name:
            if fnmatchcase(name, pattern):
                rule = special.over(rule)
        return rule

    def under(self, general: Rule) -> Rules:
        """Give these rules with another general rule before theirs; what is said by name stays before both."""
        return Rules(general=general.over(self.general), by_name=self.by_name)


def parse_kinds(names: Iterable[object]) -> list[FindingKind]:
    """Read kinds of findings by their names, with ``_`` or ``-``. Raises RulesError."""
    kinds = []
    for name in names:
        kind = FindingKind.parse(name)
        if kind is None:
            raise RulesError(f"{str(name)[:40]!r} is not a kind of finding; the kinds are {', '.join(FindingKind)}")
        kinds.append(kind)
    return kinds


def rule_of(
    *,
    warn_within: object = None,
    fail_within: object = None,
    fail_on: Iterable[object] = (),
    warn_on: Iterable[object] = (),
    allow: Iterable[object] = (),
) -> Rule:
    """Make a rule of what was written, checked. Raises RulesError."""
    severities: dict[FindingKind, Severity] = {}
    for severity, names in (("fail", fail_on), ("warn", warn_on), ("info", allow)):
        for kind in parse_kinds(names):
            if severities.setdefault(kind, severity) != severity:  # type: ignore[arg-type]
                raise RulesError(f"{kind} is given twice, as {severities[kind]} and as {severity}")
    warn, fail = (None if text is None else parse_threshold(text) for text in (warn_within, fail_within))
    return Rule(warn_within=warn, fail_within=fail, severities=severities)


def rules_of(gate: object) -> Rules:
    """Read the value of ``device-certificates:gate``.

    An object ``{warnWithin?, failWithin?, failOn?: [], warnOn?: [], allow?: [], rules?: [{match, ...the same}]}``.
    Raises RulesError, which names the place of each fault.
    """
    if gate is None:
        return Rules()
    if not isinstance(gate, Mapping):
        raise RulesError(f"{GATE.full_name} must be an object")
    faults: list[str] = []
    general = _rule(gate, (), faults, where=GATE.full_name, others=("rules",))
    entries = gate.get("rules", [])
    if not isinstance(entries, list):
        faults.append(f"{GATE.full_name}.rules must be a list")
        entries = []
    by_name = [
        _named_rule(entry, faults, where=f"{GATE.full_name}.rules[{index}]") for index, entry in enumerate(entries)
    ]
    if faults:
        raise RulesError("; ".join(faults))
    return Rules(general=general, by_name=tuple(by_name))


def _named_rule(entry: object, faults: list[str], *, where: str) -> tuple[str, Rule]:
    if not isinstance(entry, Mapping):
        faults.append(f"{where} must be an object")
        return "", Rule()
    match = entry.get("match")
    if not isinstance(match, str) or not match:
        faults.append(f"{where} has no match, a pattern of names such as gateway-*")
    return str(match), _rule(entry, ("match",), faults, where=where)


def _rule(
    section: Mapping[str, Any],
    required: tuple[str, ...],
    faults: list[str],
    *,
    where: str,
    others: tuple[str, ...] = (),
) -> Rule:
    known = (*required, *_THRESHOLD_KEYS, *_SEVERITY_KEYS, *others)
    faults += [
        f"{where} has an unknown key, {str(key)[:40]!r}: it has {', '.join(known)}"
        for key in section
        if key not in known
    ]
    lists: dict[str, list[object]] = {}
    for key in _SEVERITY_KEYS:
        value = section.get(key, [])
        if isinstance(value, list):
            lists[key] = value
        else:
            faults.append(f"{where}.{key} must be a list of kinds of findings")
    try:
        return rule_of(
            warn_within=section.get("warnWithin"),
            fail_within=section.get("failWithin"),
            fail_on=lists.get("failOn", ()),
            warn_on=lists.get("warnOn", ()),
            allow=lists.get("allow", ()),
        )
    except RulesError as error:
        faults.append(f"{where}: {error}")
        return Rule()
