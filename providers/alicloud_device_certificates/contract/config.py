"""The keys of a stack's config that this package reads: its own namespace, and the name of pulumi-alicloud's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from alicloud_device_certificates.contract.names import nearest
from alicloud_device_certificates.contract.project import EMULATOR_STATE_FOLDER

NAMESPACE: Final = "device-certificates"
"""The namespace of this package's own keys."""

ALICLOUD_NAMESPACE: Final = "alicloud"
"""The namespace of pulumi-alicloud, whose keys for credentials, region and endpoints are read as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigKey:
    """One key of this package's own namespace."""

    name: str
    """The key without its namespace, such as ``emulatorState``."""
    type: str
    """The type of its value, as the documentation shows it."""
    default: str
    """The value if it is not set, as the documentation shows it."""
    meaning: str
    """One sentence."""

    @property
    def full_name(self) -> str:
        """The key with its namespace, such as ``device-certificates:emulatorState``."""
        return f"{NAMESPACE}:{self.name}"


EMULATOR: Final = ConfigKey(
    name="emulator",
    type="boolean",
    default="`false`",
    meaning="Read from the embedded emulator instead of Alibaba Cloud: no account is needed, no host is contacted.",
)
EMULATOR_SCENARIO: Final = ConfigKey(
    name="emulatorScenario",
    type="path, relative to the project",
    default="the built-in scenario",
    meaning="The scenario file of the embedded emulator: which devices, CAs and certificates there are.",
)
EMULATOR_STATE: Final = ConfigKey(
    name="emulatorState",
    type="path, relative to the project",
    default=f"`{EMULATOR_STATE_FOLDER}`",
    meaning="The folder in which the embedded emulator keeps the certificates and keys that it issued.",
)
CERTIFICATES: Final = ConfigKey(
    name="certificates",
    type="list of objects",
    default="none; `configured_certificates` requires it or `device-certificates:fleets`",
    meaning="The certificates that the stack reads, one entry for each.",
)
FLEETS: Final = ConfigKey(
    name="fleets",
    type="list of objects",
    default="none",
    meaning="The fleets that the stack reads, one entry for each.",
)
ACCOUNTS: Final = ConfigKey(
    name="accounts",
    type="object",
    default="none",
    meaning="More accounts by name, for data sources with `account=`: each with keys of pulumi-alicloud's own config.",
)
GATE: Final = ConfigKey(
    name="gate",
    type="object",
    default="the gate's defaults",
    meaning="The thresholds and severities by which the preview gate and the policies evaluate certificates.",
)
QUOTA: Final = ConfigKey(
    name="quota",
    type="object",
    default="`{mqtt: 500, iot: 10}`",
    meaning="The calls per second that the account may make to each service, if its limit was raised.",
)
QUOTA_STORE: Final = ConfigKey(
    name="quotaStore",
    type="string, best a secret",
    default="a file that the processes on the machine share",
    meaning="The Redis in which several machines share the quota, such as `rediss://:password@host:6379`.",
)

CONFIG_KEYS: Final = (
    EMULATOR,
    EMULATOR_SCENARIO,
    EMULATOR_STATE,
    CERTIFICATES,
    FLEETS,
    ACCOUNTS,
    GATE,
    QUOTA,
    QUOTA_STORE,
)
"""Every key of the namespace, in the order in which the documentation shows them."""


def unknown_keys(keys: Iterable[str]) -> list[str]:
    """Return a fault for each full key that is in this package's namespace and means nothing there."""
    known = [key.name for key in CONFIG_KEYS]
    faults = []
    for key in sorted(keys):
        namespace, _, name = key.partition(":")
        if namespace == NAMESPACE and name not in known:
            near = nearest(name, known)
            hint = f"did you mean {NAMESPACE}:{near}?" if near else f"the keys are {', '.join(known)}"
            faults.append(f"{key} is an unknown key of the stack's config; {hint}")
    return faults
