"""The data sources of ApsaraMQ for MQTT."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pulumi

from alicloud_device_certificates.resources import arguments
from alicloud_device_certificates.resources.arguments import CrossCheck
from alicloud_device_certificates.resources.attributes import (
    MqttCaCertificateAttributes,
    MqttDeviceCertificateAttributes,
)
from alicloud_device_certificates.resources.certificate_resource import CertificateResource
from alicloud_device_certificates.resources.identity import Identity
from alicloud_device_certificates.resources.mqtt_region import region_of


class _MqttResource(CertificateResource):
    """A certificate of ApsaraMQ for MQTT, whose region may come from the config or the environment."""

    def __init__(
        self,
        name: str,
        *,
        identity: Identity,
        region: pulumi.Input[str] | None,
        flags: Mapping[str, bool],
        cross_check: CrossCheck,
        fail_within: str | None,
        require_active: bool,
        account: str | None,
        opts: pulumi.ResourceOptions | None,
    ) -> None:
        region, self._any_region, faults = region_of(region, account)
        super().__init__(
            name,
            identity={**identity, "region": region},
            flags=flags,
            cross_check=cross_check,
            fail_within=fail_within,
            require_active=require_active,
            account=account,
            opts=opts,
            faults=faults,
        )

    def _identity_faults(self, values: Mapping[str, Any]) -> Iterable[str]:
        for argument, value in values.items():
            if argument == "region":
                yield from arguments.region_faults(value, any_region=self._any_region)
            else:
                yield from arguments.text_faults(argument, value)


class MqttDeviceCertificate(
    MqttDeviceCertificateAttributes, _MqttResource, module="alicloud", name="MqttDeviceCertificate"
):
    """Read a device certificate from ApsaraMQ for MQTT (GetDeviceCertificate).

    Arguments:
        mqtt_instance_id: The ID of the instance, which must be Enterprise Platinum; at most 128 bytes.
        ca_sn: The SN of the CA certificate that issued it, as the console lists it; at most 128 bytes.
        device_sn: The SN of the device certificate, as the console lists it; at most 128 bytes.
        region: The region ID. Default: that of the account, then ``alicloud:region``, then the environment, then the
            selected profile.
        include_chain: Read the CA's certificate too (GetCaCertificate, once for each CA), as ``ca_certificate_pem``
            and ``certificate_chain_pem``, and check that the CA signed the device certificate.
        cross_check: What happens if the service and the X.509 certificate disagree on serial number, validity or
            identity: ``"warn"`` adds to the output ``warnings``, ``"error"`` fails the read, ``"off"`` ignores it.
        fail_within: End the preview, and the update, if the certificate has expired or expires within this time:
            ``"30d"``, ``"12h"``, or ``"10%"`` of its lifetime. Default: never.
        require_active: End the preview, and the update, unless the status is ``active``.
        account: The account of ``device-certificates:accounts`` that has the instance. Default: that of ``alicloud:``.
        opts: Merged with the data source's own options; those without effect on a read are errors.

    Raise ArgumentError, a ``pulumi.RunError``, that lists every invalid argument. A failed read ends the preview with
    one line: what was requested, what the service returned, and what to do.
    """

    _key = "mqtt"

    def __init__(
        self,
        name: str,
        *,
        mqtt_instance_id: pulumi.Input[str],
        ca_sn: pulumi.Input[str],
        device_sn: pulumi.Input[str],
        region: pulumi.Input[str] | None = None,
        include_chain: bool = False,
        cross_check: CrossCheck = "warn",
        fail_within: str | None = None,
        require_active: bool = False,
        account: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            name,
            identity={"mqtt_instance_id": mqtt_instance_id, "ca_sn": ca_sn, "device_sn": device_sn},
            region=region,
            flags={"include_chain": include_chain},
            cross_check=cross_check,
            fail_within=fail_within,
            require_active=require_active,
            account=account,
            opts=opts,
        )


class MqttCaCertificate(MqttCaCertificateAttributes, _MqttResource, module="alicloud", name="MqttCaCertificate"):
    """Read a CA certificate from ApsaraMQ for MQTT (GetCaCertificate), for example for a trust bundle.

    Arguments:
        ca_sn: The SN of the CA certificate, as the console lists it; at most 128 bytes.

    The other arguments are as for MqttDeviceCertificate. Differences between the service and the certificate are
    always warnings. Raise ArgumentError likewise.
    """

    _key = "mqtt-ca"

    def __init__(
        self,
        name: str,
        *,
        mqtt_instance_id: pulumi.Input[str],
        ca_sn: pulumi.Input[str],
        region: pulumi.Input[str] | None = None,
        fail_within: str | None = None,
        require_active: bool = False,
        account: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            name,
            identity={"mqtt_instance_id": mqtt_instance_id, "ca_sn": ca_sn},
            region=region,
            flags={},
            cross_check="warn",
            fail_within=fail_within,
            require_active=require_active,
            account=account,
            opts=opts,
        )
