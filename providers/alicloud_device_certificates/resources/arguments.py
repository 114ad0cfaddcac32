"""The checks of a data source's arguments, made before any request is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Final, Literal, get_args

import pulumi

from alicloud_device_certificates.cloud.settings.endpoints import is_region
from alicloud_device_certificates.cloud.settings.regions import unknown_region
from alicloud_device_certificates.contract.names import name_faults
from alicloud_device_certificates.contract.thresholds import ThresholdError, parse_threshold

CrossCheck = Literal["warn", "error", "off"]
"""What happens if the service and the certificate disagree: a warning, an error, or nothing."""

_CROSS_CHECKS: Final = get_args(CrossCheck)


class ArgumentError(pulumi.RunError):
    """Invalid arguments of one data source: one line that names the resource and lists every fault."""

    fix: ClassVar[str] = "Correct the arguments that the message lists."

    def __init__(self, class_name: str, name: str, faults: list[str]) -> None:
        super().__init__(f"{class_name} {name!r}: {'; '.join(faults)}")


def text_faults(argument: str, value: object, *, required: bool = True) -> Iterator[str]:
    """Yield what is wrong with an identifying text: type, length in bytes (UTF-8), characters.

    An unknown value has no fault yet.
    """
    if pulumi.contains_unknowns(value):
        return
    if value is None:
        if required:
            yield f"{argument} is missing"
        return
    if not isinstance(value, str):
        hint = " (in YAML, put it in quotes)" if isinstance(value, int | float) else ""
        yield f"{argument} must be a string, not {type(value).__name__}{hint}"
        return
    yield from name_faults(argument, value)


def region_faults(region: object, *, any_region: bool = False) -> Iterator[str]:
    """Yield what is wrong with a region that the stack chooses; with ``any_region``, it need not be a known one."""
    if pulumi.contains_unknowns(region):
        return
    if region is None:
        yield "region is missing: pass region=, or set alicloud:region or ALICLOUD_REGION"
    elif not isinstance(region, str) or not is_region(region):
        yield f"region must be a region ID such as cn-hangzhou, not {region!r}"
    elif not any_region and (fault := unknown_region(region)):
        yield fault


def only_region_faults(region: object, service: str, *, only: str) -> Iterator[str]:
    """Yield what is wrong with the region of a service that has certificates in ``only`` one."""
    if not pulumi.contains_unknowns(region) and region != only:
        yield f"region must be {only}, the only region in which {service} serves certificates, not {region!r}"


def secret_fault(argument: str) -> str:
    """Return the fault of an identifying argument that is a secret: an ID would show it."""
    return f"{argument} is a secret, but it is part of the ID, which is plain text: pass pulumi.Output.unsecret(...)"


def flag_faults(flags: Mapping[str, object], cross_check: object) -> Iterator[str]:
    """Yield what is wrong with the plain arguments: ``flags`` are booleans, ``cross_check`` is a ``CrossCheck``."""
    for argument, value in flags.items():
        if not isinstance(value, bool):
            # The value itself is not shown: a secret may have been passed here by mistake.
            yield f"{argument} must be True or False, a plain value, not {type(value).__name__}"
    if not (isinstance(cross_check, str) and cross_check in _CROSS_CHECKS):
        choice = " or ".join(f'"{each}"' for each in _CROSS_CHECKS)
        yield f"cross_check must be {choice}"


def postcondition_faults(fail_within: object, require_active: object) -> Iterator[str]:
    """Yield what is wrong with the plain arguments ``fail_within``, a threshold or None, and ``require_active``."""
    if fail_within is not None:
        try:
            parse_threshold(fail_within)
        except ThresholdError as error:
            yield f"fail_within: {error}"
    if not isinstance(require_active, bool):
        yield f"require_active must be True or False, a plain value, not {type(require_active).__name__}"
