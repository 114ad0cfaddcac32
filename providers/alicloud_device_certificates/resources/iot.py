"""The data source of IoT Platform."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pulumi

from alicloud_device_certificates.contract.kinds import IOT_REGION
from alicloud_device_certificates.resources import arguments
from alicloud_device_certificates.resources.arguments import CrossCheck
from alicloud_device_certificates.resources.attributes import IotDeviceCertificateAttributes
from alicloud_device_certificates.resources.certificate_resource import CertificateResource


class IotDeviceCertificate(
    IotDeviceCertificateAttributes, CertificateResource, module="alicloud", name="IotDeviceCertificate"
):
    """Read the X.509 certificate of a device from IoT Platform, China (Shanghai) (QueryDeviceCert).

    Arguments:
        product_key: The ProductKey of the product; at most 128 bytes.
        device_name: The DeviceName of the device; at most 128 bytes.
        iot_instance_id: The ID of the enterprise instance, at most 128 bytes. Default: the public instance.
        region: No other region has X.509 devices, and ``alicloud:region`` is ignored. Default: ``cn-shanghai``.
        include_private_key: Read the private key too, as the secret output ``private_key_pem`` (PKCS#8 PEM). It is
            encrypted in the state, and must match the certificate. ``iot_private_key`` keeps it out of the state.
        allow_pending: Accept a certificate that is not issued yet (status ``generating`` or ``failed``): ``status``
            is set, and every other attribute of the certificate is None. Otherwise, such a certificate is an error.
        cross_check: What happens if the certificate cannot be parsed in full: ``"warn"`` and ``"off"`` add to the
            output ``warnings``, ``"error"`` fails the read.
        fail_within: End the preview, and the update, if the certificate has expired or expires within this time:
            ``"30d"``, ``"12h"``, or ``"10%"`` of its lifetime. Default: never.
        require_active: End the preview, and the update, unless the status is ``generated``. It excludes
            ``allow_pending``.
        account: The account of ``device-certificates:accounts`` that has the device. Default: that of ``alicloud:``.
        opts: Merged with the data source's own options; those without effect on a read are errors.

    Raise ArgumentError, a ``pulumi.RunError``, that lists every invalid argument. A failed read ends the preview with
    one line: what was requested, what the service returned, and what to do.
    """

    _key = "iot"

    private_key_pem: pulumi.Output[str | None]
    """PKCS#8 PEM, a secret; None unless ``include_private_key``, and while pending."""

    def __init__(
        self,
        name: str,
        *,
        product_key: pulumi.Input[str],
        device_name: pulumi.Input[str],
        iot_instance_id: pulumi.Input[str] | None = None,
        region: pulumi.Input[str] | None = None,
        include_private_key: bool = False,
        allow_pending: bool = False,
        cross_check: CrossCheck = "warn",
        fail_within: str | None = None,
        require_active: bool = False,
        account: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            name,
            identity={
                "product_key": product_key,
                "device_name": device_name,
                "iot_instance_id": iot_instance_id,
                "region": IOT_REGION if region is None else region,
            },
            flags={"include_private_key": include_private_key, "allow_pending": allow_pending},
            cross_check=cross_check,
            fail_within=fail_within,
            require_active=require_active,
            account=account,
            opts=opts,
            faults=_faults(allow_pending=allow_pending, require_active=require_active),
        )
        self.has_private_key = include_private_key
        """Whether the private key was requested."""
        key: pulumi.Output[str | None] = (
            # State cannot hold a None (it would be unknown in a preview), so the key is empty there while pending.
            self.private_key_pem.apply(lambda pem: pem or None)
            if include_private_key
            else pulumi.Output.from_input(None)
        )
        self.private_key_pem = key

    def requested_private_key(self) -> pulumi.Output[str | None] | None:
        """Return the private key, a secret that is None while pending; None if it was not requested."""
        return self.private_key_pem if self.has_private_key else None

    def _identity_faults(self, values: Mapping[str, Any]) -> Iterable[str]:
        return iot_device_faults(values)


def iot_device_faults(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the arguments that identify a device; one not known yet is ``pulumi.UNKNOWN``."""
    for argument in ("product_key", "device_name"):
        yield from arguments.text_faults(argument, values[argument])
    yield from arguments.text_faults("iot_instance_id", values["iot_instance_id"], required=False)
    yield from arguments.only_region_faults(values["region"], "IoT Platform", only=IOT_REGION)


def _faults(*, allow_pending: bool, require_active: bool) -> Iterable[str]:
    if allow_pending is True and require_active is True:
        yield "allow_pending has no effect with require_active, which accepts no pending certificate: remove one"
