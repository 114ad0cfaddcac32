"""A private key that the program reads itself, for a stack whose state must not have it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final, cast
from weakref import WeakKeyDictionary

import pulumi

from alicloud_device_certificates.contract.debugging import error_line, is_debugging
from alicloud_device_certificates.contract.ids import CertificateId, parse_id
from alicloud_device_certificates.contract.kinds import IOT_REGION
from alicloud_device_certificates.contract.names import name_faults
from alicloud_device_certificates.resources import diagnostics
from alicloud_device_certificates.resources.accounts import chosen_account
from alicloud_device_certificates.resources.arguments import ArgumentError
from alicloud_device_certificates.resources.certificate_field import NoCertificateError
from alicloud_device_certificates.resources.identity import composed_id
from alicloud_device_certificates.resources.iot import iot_device_faults
from alicloud_device_certificates.resources.program_reader import read_private_key
from alicloud_device_certificates.resources.pulumi_runtime import invoke, is_mocked, root_resource

FUNCTION: Final = "device-certificates:index:iotPrivateKey"
"""The function that mocks have in place of the read: from ``id`` and ``account`` to ``KEY``, or to ``ERROR``."""

KEY: Final = "private_key_pem"
ERROR: Final = "error"

_NAME: Final = "iot_private_key"

# By the root resource: the Automation API can run many programs in one process, each with its own time of reading.
_read: WeakKeyDictionary[pulumi.Resource, dict[tuple[str, str | None], asyncio.Task[str]]] = WeakKeyDictionary()


class PrivateKeyError(pulumi.RunError):
    """A private key cannot be read: one line that names the device, with the cause and what to do about it."""

    fix: ClassVar[str] = "Do what the message says at its end; the tables above have the cause."


def iot_private_key(
    *,
    product_key: pulumi.Input[str],
    device_name: pulumi.Input[str],
    iot_instance_id: pulumi.Input[str] | None = None,
    region: pulumi.Input[str] | None = None,
    account: str | None = None,
) -> pulumi.Output[str]:
    """Return the private key of a device of IoT Platform (PKCS#8 PEM), a secret that the program reads itself.

    No data source has it, so neither the provider nor the stack's state gets it, unless a resource or a stack output
    of the program takes it. It is read with the same settings and checked against its certificate in the same way as
    by IotDeviceCertificate with ``include_private_key`` (QueryDeviceCert). docs/security.md compares the two.

    It is read whenever the program runs, in previews and updates alike, and once for a device. If an argument is not
    known until the update, the key is unknown in the preview.

    Arguments:
        product_key: The ProductKey of the product; at most 128 bytes.
        device_name: The DeviceName of the device; at most 128 bytes.
        iot_instance_id: The ID of the enterprise instance, at most 128 bytes. Default: the public instance.
        region: No other region has X.509 devices, and ``alicloud:region`` is ignored. Default: ``cn-shanghai``.
        account: The account of ``device-certificates:accounts`` that has the device. Default: that of ``alicloud:``.

    Raise ArgumentError, a ``pulumi.RunError``, that lists every invalid argument. If the key cannot be read, or its
    certificate is pending, the program ends with PrivateKeyError, a ``pulumi.RunError`` too.
    """
    identity = {
        "product_key": product_key,
        "device_name": device_name,
        "iot_instance_id": iot_instance_id,
        "region": IOT_REGION if region is None else region,
    }
    account_faults = chosen_account(account)[1]

    def compose(values: Mapping[str, Any], secret: Iterable[str]) -> str:
        # The only fault reported of a secret is that it is one: any other text might show it.
        shown = {**values, **dict.fromkeys(secret, pulumi.UNKNOWN)}
        faults = [*iot_device_faults(shown), *map(_secret_fault, secret), *account_faults]
        if faults:
            raise ArgumentError(_NAME, _device(shown), faults)
        if any(map(pulumi.contains_unknowns, values.values())):
            return cast(str, pulumi.UNKNOWN)
        return str(CertificateId.of("iot", **values))

    diagnostics.warn_about_config()
    # A secret before it is read, so at no time is it in an output that is none.
    read_id = pulumi.Output.secret(composed_id(identity, compose))
    key: pulumi.Output[str] = read_id.apply(lambda id_: _once(id_, account))
    return key


async def _once(id_: str, account: str | None) -> str:
    """Return the key of a device, which the first caller in a run of the program reads."""
    root = root_resource()
    if root is None or is_mocked():
        return await _key(id_, account)
    reads = _read.setdefault(root, {})
    if (id_, account) not in reads:
        reads[id_, account] = asyncio.ensure_future(_key(id_, account))
    return await asyncio.shield(reads[id_, account])


async def _key(id_: str, account: str | None) -> str:
    try:
        outputs = await (_mocked(id_, account) if is_mocked() else read_private_key(id_, account=account))
    except Exception as error:
        if is_debugging():
            raise
        raise PrivateKeyError(f"{_subject(id_)}: {error_line(error)}") from None
    if error_of_mocks := outputs.get(ERROR):
        raise PrivateKeyError(f"{_subject(id_)}: {error_of_mocks}")
    if not outputs.get(KEY):
        raise NoCertificateError(
            f"{_subject(id_)}: the mocks of this test return no `{KEY}`; use DeviceCertificateMocks of "
            "alicloud_device_certificates.testing (docs/testing.md)"
        )
    for warning in outputs.get("warnings", ()):
        diagnostics.warn_once_per_run(warning["message"])
    return str(outputs[KEY])


async def _mocked(id_: str, account: str | None) -> Mapping[str, Any]:
    """Return what the mocks of a unit test have of a device."""
    return await invoke(FUNCTION, {"id": id_, **({} if account is None else {"account": account})}) or {}


def _secret_fault(argument: str) -> str:
    return f"{argument} is a secret, but errors name the device: pass pulumi.Output.unsecret(...)"


def _subject(id_: str) -> str:
    return f"{_NAME} {_device(parse_id(id_).arguments())!r}"


def _device(values: Mapping[str, Any]) -> str:
    """Return the name of a device in an error; ``?`` for what is not known, or no valid name."""
    return "/".join(_shown(values[argument]) for argument in ("product_key", "device_name"))


def _shown(value: object) -> str:
    return value if isinstance(value, str) and not any(name_faults("", value)) else "?"
