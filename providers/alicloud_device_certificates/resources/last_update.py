"""What the stack has of a certificate since its last update, to say on the resource itself what has changed.

The engine compares a read with nothing that the program sees: its display shows the whole stack output instead. So the
program asks the engine once for the outputs that the stack's state has, which is the function behind
``pulumi.StackReference``, on the stack itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from weakref import WeakKeyDictionary

import pulumi

from alicloud_device_certificates.contract.timestamps import NO_EXPIRY
from alicloud_device_certificates.resources.pulumi_runtime import invoke, is_mocked, root_resource

_FUNCTION: Final = "pulumi:pulumi:readStackResourceOutputs"

State = Mapping[str, Any]

# By the root resource: the Automation API can run many programs in one process.
_requested: WeakKeyDictionary[pulumi.Resource, asyncio.Task[State]] = WeakKeyDictionary()


async def last_certificate(urn: str, *, account: str | None = None) -> Mapping[str, Any] | None:
    """Return the fields of a certificate as of the last update; None if the stack does not have it in plain.

    What was read from another account was another certificate.
    """
    root = root_resource()
    if root is None or is_mocked():
        return None
    if root not in _requested:
        _requested[root] = asyncio.ensure_future(_state())
    outputs = (await asyncio.shield(_requested[root])).get(urn, {}).get("outputs") or {}
    if outputs.get("account") != account:
        return None
    certificate = outputs.get("certificate")
    return certificate if isinstance(certificate, Mapping) else None


async def _state() -> State:
    """Return the type and outputs of each resource in the stack's state by URN; empty if there is none."""
    name = "/".join((pulumi.get_organization(), pulumi.get_project(), pulumi.get_stack()))
    try:
        result = await invoke(_FUNCTION, {"stackName": name})
    except Exception as error:  # noqa: BLE001 - the SDK raises bare Exceptions
        # What has changed is only a remark: a backend that cannot read its own state reports that itself.
        pulumi.log.debug(f"{_FUNCTION}: {type(error).__name__}")
        return {}
    found: State = result.get("outputs") or {}
    return found


def change_since(old: Mapping[str, Any], new: Mapping[str, Any]) -> str | None:
    """Return one line on what has changed of a certificate; None if that is nothing or no certificate."""
    changes = []
    if (before := old.get("status")) != (now := new.get("status")) and before and now:
        changes.append(f"status {before} -> {now}")
    old_pem, new_pem = old.get("certificate_pem"), new.get("certificate_pem")
    if old_pem and new_pem and old_pem != new_pem:
        serials = old.get("serial_number_hex"), new.get("serial_number_hex")
        what = f"serial {serials[0]} -> {serials[1]}" if serials[0] != serials[1] else f"serial {serials[1]} again"
        end = new.get("not_after")
        until = "without expiry" if end == NO_EXPIRY else f"expires {end or 'at an unknown time'}"
        changes.append(f"rotated: {what}, {until}")
        if (sn := new.get("certificate_sn")) and sn == old.get("certificate_sn"):
            changes.append(f"but its certificate_sn is still {sn}: check the device in the console")
    return "; ".join(changes) or None
