"""The data sources of fleets of ApsaraMQ for MQTT."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pulumi

from alicloud_device_certificates.resources import arguments
from alicloud_device_certificates.resources.arguments import CrossCheck
from alicloud_device_certificates.resources.fleet_arguments import Fields, OnError, Select
from alicloud_device_certificates.resources.fleet_resource import FleetResource, Names
from alicloud_device_certificates.resources.identity import Identity
from alicloud_device_certificates.resources.mqtt_region import region_of


class _MqttFleet(FleetResource):
    """A fleet of ApsaraMQ for MQTT, whose region may come from the config or the environment."""

    def __init__(
        self,
        name: str,
        *,
        identity: Identity,
        region: pulumi.Input[str] | None,
        account: str | None,
        **others: Any,  # noqa: ANN401 - as they are
    ) -> None:
        region, self._any_region, faults = region_of(region, account)
        super().__init__(name, identity={**identity, "region": region}, account=account, faults=faults, **others)

    def _identity_faults(self, values: Mapping[str, Any]) -> Iterable[str]:
        yield from arguments.text_faults("mqtt_instance_id", values["mqtt_instance_id"])
        yield from arguments.text_faults("ca_sn", values.get("ca_sn"), required=False)
        yield from arguments.region_faults(values["region"], any_region=self._any_region)
        yield from self._names_faults(values)


class MqttDeviceCertificates(_MqttFleet, module="alicloud", name="MqttDeviceCertificates"):
    """Read many device certificates from ApsaraMQ for MQTT: of an instance, of a CA, or those that are named.

    It lists them (ListDeviceCertificate, ListDeviceCertificateByCaSn), or reads each (GetDeviceCertificate) if that
    takes fewer calls.

    Arguments:
        mqtt_instance_id: The ID of the instance, which must be Enterprise Platinum; at most 128 bytes.
        ca_sn: The SN of the CA certificate that issued them. Default: all CAs of the instance.
        device_sns: The SNs of the device certificates to read. Default: all.
        region: The region ID. Default: that of the account, then ``alicloud:region``, then the environment, then the
            selected profile.
        include_chain: Read the CAs' certificates too, as for MqttDeviceCertificate.
        select: Which of the certificates to keep (``status``, ``name_pattern``, ``expires_within``). Default: all.
        fields: The fields to keep. Identity, serial number, validity, status and digests always stay. ``"summary"``
            keeps only the certificates that ``select`` picks. Default: all fields.
        on_error: What happens if a certificate cannot be read: ``"fail"`` fails the read with one error that names
            all of them, ``"report"`` lists them in the output ``errors``.
        cross_check: As for MqttDeviceCertificate.
        fail_within: As for MqttDeviceCertificate, for every certificate that ``select`` picks. One error names those
            that fail, at most 20.
        require_active: Likewise, unless each has the status ``active``.
        account: The account of ``device-certificates:accounts`` that has the instance. Default: that of ``alicloud:``.
        opts: Merged with the data source's own options; those without effect on a read are errors.

    Raise ArgumentError, a ``pulumi.RunError``, that lists every invalid argument.
    """

    _key = "mqtt-fleet"

    def __init__(
        self,
        name: str,
        *,
        mqtt_instance_id: pulumi.Input[str],
        ca_sn: pulumi.Input[str] | None = None,
        device_sns: Names | None = None,
        region: pulumi.Input[str] | None = None,
        include_chain: bool = False,
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
            identity={"mqtt_instance_id": mqtt_instance_id, "ca_sn": ca_sn},
            region=region,
            names=device_sns,
            flags={"include_chain": include_chain},
            select=select,
            fields=fields,
            on_error=on_error,
            cross_check=cross_check,
            fail_within=fail_within,
            require_active=require_active,
            account=account,
            opts=opts,
        )


class MqttCaCertificates(_MqttFleet, module="alicloud", name="MqttCaCertificates"):
    """Read all CA certificates of an instance of ApsaraMQ for MQTT (ListCaCertificate).

    The arguments are as for MqttDeviceCertificates. Differences between the service and a certificate are always
    warnings. Raise ArgumentError likewise.
    """

    _key = "mqtt-ca-fleet"

    def __init__(
        self,
        name: str,
        *,
        mqtt_instance_id: pulumi.Input[str],
        region: pulumi.Input[str] | None = None,
        select: Select | None = None,
        fields: Fields | None = None,
        on_error: OnError = "fail",
        fail_within: str | None = None,
        require_active: bool = False,
        account: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            name,
            identity={"mqtt_instance_id": mqtt_instance_id},
            region=region,
            names=None,
            flags={},
            select=select,
            fields=fields,
            on_error=on_error,
            cross_check="warn",
            fail_within=fail_within,
            require_active=require_active,
            account=account,
            opts=opts,
        )
