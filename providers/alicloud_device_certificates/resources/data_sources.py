"""The data sources that a stack imports.

Each is read by the engine, in previews as in updates, and never created, changed or deleted. What is read arrives in
one object output, ``certificate``; each of its fields is an attribute too.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import pulumi

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.iot import REGION as IOT_REGION
from alicloud_device_certificates.cloud.settings.settings import region_from
from alicloud_device_certificates.contract.config import ALICLOUD_NAMESPACE
from alicloud_device_certificates.contract.ids import IotDeviceId, MqttCaId, MqttDeviceId
from alicloud_device_certificates.resources import arguments
from alicloud_device_certificates.resources.attributes import CertificateField
from alicloud_device_certificates.resources.certificate_resource import CertificateResource, Identity

CrossCheck = Literal["warn", "error", "off"]


class _MqttResource(CertificateResource):
    """What is read of ApsaraMQ for MQTT: its texts, and a region that may be the config's or the environment's."""

    def __init__(
        self,
        name: str,
        *,
        identity: Identity,
        region: pulumi.Input[str] | None,
        flags: Mapping[str, bool],
        cross_check: CrossCheck,
        opts: pulumi.ResourceOptions | None,
    ) -> None:
        faults: list[str] = []
        if region is None:
            try:
                region = region_from(pulumi.Config(ALICLOUD_NAMESPACE).get, os.environ)
            except SettingsError as error:
                faults.append(str(error))
        super().__init__(
            name,
            identity={**identity, "region": region},
            flags=flags,
            cross_check=cross_check,
            opts=opts,
            faults=faults,
        )

    @staticmethod
    def _identity_faults(values: Mapping[str, Any]) -> Iterable[str]:
        for argument, value in values.items():
            if argument == "region":
                yield from arguments.mqtt_region_faults(value)
            else:
                yield from arguments.text_faults(argument, value)


class MqttDeviceCertificate(_MqttResource, module="alicloud", name="MqttDeviceCertificate"):
    """A device certificate that ApsaraMQ for MQTT keeps (GetDeviceCertificate).

    Arguments:
        mqtt_instance_id: the instance, Enterprise Platinum edition; at most 128 bytes, as each of the next two.
        ca_sn: the SN of the CA certificate to which the device certificate belongs.
        device_sn: the SN of the device certificate.
        region: a region ID; by default ``alicloud:region``, then the environment (``ALICLOUD_REGION``).
        include_chain: read the CA's certificate too (GetCaCertificate, once for each CA), as ``ca_certificate_pem`` and
            ``certificate_chain_pem``, and check that it signed the device's.
        cross_check: what to do where the service and the X.509 certificate disagree on serial number, validity or
            identity: ``"warn"`` (the output ``warnings``, and the log), ``"error"``, or ``"off"``.
        opts: merged with the data source's own; ``opts.id`` must be left out.

    Raises ArgumentError, a ``pulumi.RunError``, that tells all faults of the arguments at once. A read that fails ends
    the preview with one line: what was asked, what the service answered, what to do next.
    """

    device_sn = CertificateField[str]()
    """The SN by which the service knows the device certificate."""
    device_name = CertificateField[str | None]()
    """The name of the device certificate."""
    ca_sn = CertificateField[str]()
    """The SN by which the service knows the CA certificate."""
    ca_certificate_pem = CertificateField[str | None]()
    """The certificate of its CA, PEM; None unless ``include_chain``."""
    certificate_chain_pem = CertificateField[str | None]()
    """The certificate and those above it, PEM, leaf first; None unless ``include_chain``."""

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
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            name,
            identity={"mqtt_instance_id": mqtt_instance_id, "ca_sn": ca_sn, "device_sn": device_sn},
            region=region,
            flags={"include_chain": include_chain},
            cross_check=cross_check,
            opts=opts,
        )

    @staticmethod
    def _identify(values: Mapping[str, Any]) -> MqttDeviceId:
        return MqttDeviceId(**values)


class MqttCaCertificate(_MqttResource, module="alicloud", name="MqttCaCertificate"):
    """A CA certificate that ApsaraMQ for MQTT keeps (GetCaCertificate), such as the trust bundle of mutual TLS needs.

    Arguments as for MqttDeviceCertificate; what is odd is always a warning. Raises ArgumentError in the same way.
    """

    ca_sn = CertificateField[str]()
    """The SN by which the service knows the CA certificate."""
    ca_name = CertificateField[str | None]()
    """The name of the CA certificate."""

    def __init__(
        self,
        name: str,
        *,
        mqtt_instance_id: pulumi.Input[str],
        ca_sn: pulumi.Input[str],
        region: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            name,
            identity={"mqtt_instance_id": mqtt_instance_id, "ca_sn": ca_sn},
            region=region,
            flags={},
            cross_check="warn",
            opts=opts,
        )

    @staticmethod
    def _identify(values: Mapping[str, Any]) -> MqttCaId:
        return MqttCaId(**values)


class IotDeviceCertificate(CertificateResource, module="alicloud", name="IotDeviceCertificate"):
    """The X.509 certificate of a device in IoT Platform, China (Shanghai) (QueryDeviceCert).

    Arguments:
        product_key: the product's ProductKey; at most 128 bytes, as each of the next two.
        device_name: the device's DeviceName.
        iot_instance_id: the enterprise instance; left out for the public instance.
        region: only ``cn-shanghai``, which is the default whatever ``alicloud:region`` says.
        include_private_key: read the private key too, as the secret output ``private_key_pem`` (PKCS#8 PEM). It is
            encrypted in the state, and must belong to the certificate.
        allow_pending: accept that there is no certificate yet (status ``generating`` or ``failed``): ``status`` is
            given then, and each attribute of the certificate is None. Otherwise that is an error.
        cross_check: as for MqttDeviceCertificate; ``"error"`` also refuses a certificate that cannot be parsed.
        opts: merged with the data source's own; ``opts.id`` must be left out.

    Raises ArgumentError, a ``pulumi.RunError``, that tells all faults of the arguments at once. A read that fails ends
    the preview with one line: what was asked, what the service answered, what to do next.
    """

    certificate_sn = CertificateField[str | None]()
    """The service's identifier of the certificate; not the X.509 serial number."""
    private_key_pem: pulumi.Output[str | None]
    """PKCS#8 PEM, a secret; None unless ``include_private_key``, and while pending."""
    has_private_key: bool
    """Whether the private key was asked for."""

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
            opts=opts,
        )
        self.has_private_key = include_private_key
        key: pulumi.Output[str | None] = (
            # State cannot hold a None (it would be unknown in a preview), so a key that is pending is empty there.
            self.private_key_pem.apply(lambda pem: pem or None)
            if include_private_key
            else pulumi.Output.from_input(None)
        )
        self.private_key_pem = key

    @staticmethod
    def _identity_faults(values: Mapping[str, Any]) -> Iterable[str]:
        for argument in ("product_key", "device_name"):
            yield from arguments.text_faults(argument, values[argument])
        yield from arguments.text_faults("iot_instance_id", values["iot_instance_id"], required=False)
        yield from arguments.iot_region_faults(values["region"])

    @staticmethod
    def _identify(values: Mapping[str, Any]) -> IotDeviceId:
        return IotDeviceId(**values)
