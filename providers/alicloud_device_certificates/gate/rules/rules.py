"""The rules by which certificates are evaluated: thresholds and severities, in general and by name.

They come from the command line, from the stack's config (``device-certificates:gate``) or from the defaults.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final

from alicloud_device_certificates.contract.bounds import DocumentError, check_bounds, joined, shortened
from alicloud_device_certificates.contract.config import GATE
from alicloud_device_certificates.gate.errors import RulesError
from alicloud_device_certificates.gate.options import RULE_OPTIONS
from alicloud_device_certificates.gate.rules.kinds import FindingKind, Severity
from alicloud_device_certificates.gate.rules.thresholds import RENEWAL_WINDOW, Threshold, parse_threshold

MAX_RULES: Final = 1000
"""The maximum number of rules by name: each is matched with each certificate."""

_MAX_PATTERN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is set for some certificates, or for all; whatever is not in the mappings is not set."""

    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    """Thresholds by the attribute of their option, such as ``warn_within``."""
    severities: Mapping[FindingKind, Severity] = field(default_factory=dict)

    @property
    def warn_within(self) -> Threshold | None:
        """How long before its end a certificate is a warning."""
        return self.thresholds.get("warn_within")

    @property
    def fail_within(self) -> Threshold | None:
        """How long before its end a certificate is a failure."""
        return self.thresholds.get("fail_within")

    @property
    def max_age(self) -> Threshold | None:
        """How long after its start a certificate is too old."""
        return self.thresholds.get("max_age")

    @property
    def before_end(self) -> tuple[tuple[Threshold | None, Severity], ...]:
        """Both thresholds before an end, each with its severity unless the rule sets another."""
        return ((self.warn_within, "warn"), (self.fail_within, "fail"))

    def over(self, other: Rule) -> Rule:
        """Return this rule, completed by what another one sets."""
        return Rule(
            thresholds={**other.thresholds, **self.thresholds},
            severities={**other.severities, **self.severities},
        )

    def severity(self, kind: FindingKind, default: Severity | None = None) -> Severity:
        """Return the severity of a kind: as set by the rule, else ``default``, else the kind's own."""
        return self.severities.get(kind) or default or kind.about.severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A general rule, and rules for the certificates whose names match a pattern (``gateway-*``), in order."""

    general: Rule = field(default_factory=Rule)
    by_name: tuple[tuple[str, Rule], ...] = ()

    def of(self, name: str) -> Rule:
        """Return the rule for a certificate. If several patterns match its name, the last one takes precedence."""
        rule = self.general.over(Rule(thresholds={"warn_within": RENEWAL_WINDOW}))
        for pattern, special in self.by_name:
            if fnmatchcase(name, pattern):
                rule = special.over(rule)
        return rule

    def without_match(self, names: Iterable[str]) -> list[str]:
        """Return the patterns that match none of these names."""
        names = list(names)
        return [pattern for pattern, _ in self.by_name if not any(fnmatchcase(name, pattern) for name in names)]

    def with_general(self, general: Rule) -> Rules:
        """Return these rules with ``general`` over their own general rule. Rules by name still take precedence."""
        return Rules(general=general.over(self.general), by_name=self.by_name)


def parse_kinds(names: Iterable[object]) -> list[FindingKind]:
    """Parse kinds of findings by their names, current or former, with ``_`` or ``-``. Raise RulesError."""
    kinds = []
    for name in names:
        kind = FindingKind.parse(name)
        if kind is None:
            raise RulesError(f"{shortened(name)} is not a kind of finding; the kinds are {', '.join(FindingKind)}")
        kinds.append(kind)
    return kinds


def rule_of(values: Mapping[str, Any]) -> Rule:
    """Make a rule from the values of options, by their attributes (``warn_within``, ``fail_on``); None is not set.

    Raise RulesError for a value that is invalid.
    """
    thresholds: dict[str, Threshold] = {}
    severities: dict[FindingKind, Severity] = {}
    for option in RULE_OPTIONS:
        value = values.get(option.attribute)
        if value is None:
            continue
        if option.type == "threshold":
            thresholds[option.attribute] = parse_threshold(value)
        elif option.severity:
            for kind in parse_kinds(value):
                if severities.setdefault(kind, option.severity) != option.severity:
                    raise RulesError(f"{kind} is set twice, to {severities[kind]} and to {option.severity}")
    return Rule(thresholds=thresholds, severities=severities)


def rules_of(gate: object) -> Rules:
    """Read the value of ``device-certificates:gate``.

    It is an object with the config keys of the options and with ``rules``: a list of objects with ``match`` and the
    same keys.
    Raise RulesError, which names the place of each fault.
    """
    if gate is None:
        return Rules()
    if not isinstance(gate, Mapping):
        raise RulesError(f"{GATE.full_name} must be an object")
    try:
        check_bounds(gate)
    except DocumentError as error:
        raise RulesError(f"{GATE.full_name} {error}") from None
    faults: list[str] = []
    general = _rule(gate, faults, where=GATE.full_name, other="rules")
    entries = gate.get("rules", [])
    if not isinstance(entries, list):
        faults.append(f"{GATE.full_name}.rules must be a list")
        entries = []
    if len(entries) > MAX_RULES:
        raise RulesError(f"{GATE.full_name}.rules has {len(entries):,} rules; the maximum is {MAX_RULES:,}")
    by_name = [
        _named_rule(entry, faults, where=f"{GATE.full_name}.rules[{index}]") for index, entry in enumerate(entries)
    ]
    if faults:
        raise RulesError(joined(faults))
    return Rules(general=general, by_name=tuple(by_name))


def _named_rule(entry: object, faults: list[str], *, where: str) -> tuple[str, Rule]:
    if not isinstance(entry, Mapping):
        faults.append(f"{where} must be an object")
        return "", Rule()
    match = entry.get("match")
    if not isinstance(match, str) or not 0 < len(match) <= _MAX_PATTERN:
        faults.append(
            f"{where} has no match, which is a pattern of names such as gateway-*, of at most {_MAX_PATTERN} characters"
        )
        match = ""
    return match, _rule(entry, faults, where=where, other="match")


def _rule(section: Mapping[str, Any], faults: list[str], *, where: str, other: str) -> Rule:
    known = (*(option.config_key for option in RULE_OPTIONS), other)
    faults += [
        f"{where} has an unknown key, {shortened(key)}; the keys are {', '.join(known)}"
        for key in section
        if key not in known
    ]
    values: dict[str, Any] = {}
    for option in RULE_OPTIONS:
        value = section.get(option.config_key)
        if option.type == "kinds" and option.config_key in section and not isinstance(value, list):
            faults.append(f"{where}.{option.config_key} must be a list of kinds of findings")
        else:
            values[option.attribute] = value
    try:
        return rule_of(values)
    except RulesError as error:
        faults.append(f"{where}: {error}")
        return Rule()
