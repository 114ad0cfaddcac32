"""The data source of fleets of IoT Platform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pulumi

from alicloud_device_certificates.contract.kinds import IOT_REGION
from alicloud_device_certificates.resources import arguments
from alicloud_device_certificates.resources.arguments import CrossCheck
from alicloud_device_certificates.resources.fleet_arguments import Fields, OnError, Select
from alicloud_device_certificates.resources.fleet_resource import FleetResource, Names


class IotDeviceCertificates(FleetResource, module="alicloud", name="IotDeviceCertificates"):
    """Read many device certificates of a product in IoT Platform, China (Shanghai): all, or those that are named.

    QueryDevice lists the devices, and QueryDeviceCert reads each.

    Arguments:
        product_key: The ProductKey of the product; at most 128 bytes.
        device_names: The DeviceNames of the devices to read. Default: all of the product.
        iot_instance_id: The ID of the enterprise instance, at most 128 bytes. Default: the public instance.
        region: No other region has X.509 devices. Default: ``cn-shanghai``.
        include_private_keys: Read the private keys too, as the secret output ``private_keys``. They are encrypted in
            the state, and must match their certificates.
        allow_pending: Accept certificates that are not issued yet; ``status`` is all that they have.
        select: Which of the certificates to keep (``status``, ``name_pattern``, ``expires_within``). Default: all.
        fields: As for MqttDeviceCertificates. Default: all fields.
        on_error: As for MqttDeviceCertificates.
        cross_check: As for IotDeviceCertificate.
        fail_within: As for IotDeviceCertificate, for every certificate that ``select`` picks. One error names those
            that fail, at most 20.
        require_active: Likewise, unless each has the status ``generated``: pending ones fail, also with
            ``allow_pending``.
        account: The account of ``device-certificates:accounts`` that has the product. Default: that of ``alicloud:``.
        opts: Merged with the data source's own options; those without effect on a read are errors.

    Raise ArgumentError, a ``pulumi.RunError``, that lists every invalid argument.
    """

    _key = "iot-fleet"

    private_keys: pulumi.Output[dict[str, str]]
    """PKCS#8 PEM by DeviceName, a secret, without those of pending certificates; only with ``include_private_keys``."""

    def __init__(
        self,
        name: str,
        *,
        product_key: pulumi.Input[str],
        device_names: Names | None = None,
        iot_instance_id: pulumi.Input[str] | None = None,
        region: pulumi.Input[str] | None = None,
        include_private_keys: bool = False,
        allow_pending: bool = True,
        select: Select | None = None,
        fields: Fields | None = None,
        on_error: OnError = "fail",
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
                "iot_instance_id": iot_instance_id,
                "region": IOT_REGION if region is None else region,
            },
            names=device_names,
            flags={"include_private_keys": include_private_keys, "allow_pending": allow_pending},
            select=select,
            fields=fields,
            on_error=on_error,
            cross_check=cross_check,
            fail_within=fail_within,
            require_active=require_active,
            account=account,
            opts=opts,
        )
        if not include_private_keys:
            self.private_keys = pulumi.Output.from_input({})

    def requested_private_keys(self) -> pulumi.Output[dict[str, str]] | None:
        """Return the private keys by DeviceName, a secret; None if they were not requested."""
        return self.private_keys if self._has_private_keys else None

    def _identity_faults(self, values: Mapping[str, Any]) -> Iterable[str]:
        yield from arguments.text_faults("product_key", values["product_key"])
        yield from arguments.text_faults("iot_instance_id", values["iot_instance_id"], required=False)
        yield from arguments.only_region_faults(values["region"], "IoT Platform", only=IOT_REGION)
        yield from self._names_faults(values)
