"""What the arguments of a data source must be, checked before any call is made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pulumi

from alicloud_device_certificates.cloud.iot import REGION as IOT_REGION
from alicloud_device_certificates.cloud.settings.endpoints import is_region

MAX_BYTES = 128
CROSS_CHECKS = ("warn", "error", "off")

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class ArgumentError(pulumi.RunError):
    """Arguments of one data source that cannot be used: one line that names the resource and every fault."""

    def __init__(self, kind: str, name: str, faults: list[str]) -> None:
        super().__init__(f"{kind} {name!r}: {'; '.join(faults)}")


def text_faults(argument: str, value: object, *, required: bool = True) -> Iterator[str]:
    """Say what is wrong with the text that identifies a thing: type, length in bytes (UTF-8), characters.

    Nothing can be said yet of a value that is unknown.
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
    if not value.strip():
        yield f"{argument} is empty"
        return
    if _CONTROL.search(value):
        yield f"{argument} holds a control character (a line break?)"
    elif value != value.strip():
        yield f"{argument} has white space at its start or end"
    # A lone surrogate has no UTF-8 form; it is counted as what would be sent in its place.
    size = len(value.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        yield f"{argument} is {size} bytes long, at most {MAX_BYTES} are allowed"
    elif any("\ud800" <= character <= "\udfff" for character in value):
        yield f"{argument} is not valid Unicode text"


def mqtt_region_faults(region: object) -> Iterator[str]:
    """Say what is wrong with the region of an ApsaraMQ for MQTT instance."""
    if pulumi.contains_unknowns(region):
        return
    if region is None:
        yield "region is missing: give region=, or set alicloud:region or ALICLOUD_REGION"
    elif not isinstance(region, str) or not is_region(region):
        yield f"region must be a region ID such as cn-hangzhou, not {region!r}"


def iot_region_faults(region: object) -> Iterator[str]:
    """Say what is wrong with the region of an IoT Platform device: there is only one that has certificates."""
    if not pulumi.contains_unknowns(region) and region != IOT_REGION:
        yield f"region must be {IOT_REGION}, the only one in which IoT Platform serves certificates, not {region!r}"


def secret_fault(argument: str) -> str:
    """Say that an identifying argument is a secret, which an ID would show."""
    return f"{argument} is a secret, but the ID that holds it is kept in plain: pass pulumi.Output.unsecret(...) of it"


def setting_faults(flags: Mapping[str, object], cross_check: object) -> Iterator[str]:
    """Say what is wrong with the plain settings: ``flags`` are booleans, ``cross_check`` one of CROSS_CHECKS."""
    for argument, value in flags.items():
        if not isinstance(value, bool):
            # The value itself is not shown: what was put here by mistake may be a secret.
            yield f"{argument} must be True or False, a plain value, not {type(value).__name__}"
    if not (isinstance(cross_check, str) and cross_check in CROSS_CHECKS):
        choice = " or ".join(f'"{each}"' for each in CROSS_CHECKS)
        yield f"cross_check must be {choice}"


def option_faults(opts: object) -> Iterator[str]:
    """Say what is wrong with the resource options."""
    if opts is None:
        return
    if not isinstance(opts, pulumi.ResourceOptions):
        yield f"opts must be pulumi.ResourceOptions, not {type(opts).__name__}"
    elif opts.id is not None:
        yield "opts.id must be left out: the ID is made from the arguments"
