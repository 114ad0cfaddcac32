"""The data sources that a stack imports.

Each is read by the engine, in previews as in updates, and never created, changed or deleted. What is read arrives in
one object output, ``certificate``; each of its fields is an attribute too.
"""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Generic, Literal, TypeVar, cast, overload

import pulumi
from pulumi.dynamic import Resource

from . import arguments, notices
from .cloud.errors import SettingsError
from .emulator_mark import EMULATOR
from .identifiers import IotDeviceId, MqttDeviceId
from .provider import DeviceCertificateProvider
from .settings import region_from

CrossCheck = Literal["warn", "error", "off"]

_T = TypeVar("_T")
_Self = TypeVar("_Self", bound="CertificateField[Any]")


class CertificateField(Generic[_T]):
    """An attribute that gives one field of the ``certificate`` output: its value, or None where it is absent.

    Made when it is asked for: a stack of hundreds of certificates uses a few fields of each.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self: _Self, resource: None, owner: type) -> _Self: ...
    @overload
    def __get__(self, resource: _DeviceCertificate, owner: type) -> pulumi.Output[_T]: ...
    def __get__(self, resource: _DeviceCertificate | None, owner: type) -> Any:
        if resource is None:
            return self
        return resource.certificate.apply(lambda certificate: certificate.get(self._name))


class _DeviceCertificate(Resource):
    """What both data sources have in common: the outputs, and how a read is asked for."""

    certificate: pulumi.Output[dict[str, Any]]
    """All fields that this certificate has, as one object."""
    warnings: pulumi.Output[list[dict[str, str]]]
    """What is odd about it, each ``{code, message}``; empty when all is fine. Logged on the resource too."""

    certificate_pem = CertificateField[str]()
    """PEM: label CERTIFICATE, LF, 64 columns, one final newline. None only while pending (``allow_pending``)."""
    serial_number = CertificateField[str | None]()
    """The X.509 serial number, decimal."""
    serial_number_hex = CertificateField[str | None]()
    """The X.509 serial number, lower-case hex in whole bytes."""
    not_before = CertificateField[str | None]()
    """Valid from, RFC 3339 in UTC."""
    not_after = CertificateField[str | None]()
    """Valid until, RFC 3339 in UTC."""
    subject = CertificateField[str | None]()
    """The subject's distinguished name, RFC 4514."""
    issuer = CertificateField[str | None]()
    """The issuer's distinguished name, RFC 4514."""
    subject_common_name = CertificateField[str | None]()
    """The subject's common name."""
    subject_alternative_names = CertificateField[list[str] | None]()
    """``DNS:``, ``IP:``, ``URI:`` and ``email:`` names, in the certificate's order."""
    sha1_fingerprint = CertificateField[str]()
    """SHA-1 of the DER, lower-case hex. None only while pending."""
    sha256_fingerprint = CertificateField[str]()
    """SHA-256 of the DER, lower-case hex. None only while pending."""
    public_key_algorithm = CertificateField[str | None]()
    """``RSA``, ``EC``, ``Ed25519`` or ``Ed448``."""
    public_key_bits = CertificateField[int | None]()
    """The public key's size in bits."""
    signature_algorithm = CertificateField[str | None]()
    """For example ``sha256WithRSAEncryption``, ``ecdsa-with-SHA256``, ``Ed25519``."""
    is_ca = CertificateField[bool | None]()
    """Whether its basic constraints make it a certificate authority."""
    status = CertificateField[str]()
    """MQTT: ``active`` or ``inactive``; IoT: ``generating``, ``failed`` or ``generated``."""

    def __init__(
        self,
        name: str,
        *,
        identity: Mapping[str, pulumi.Input[str] | None],
        flags: Mapping[str, bool],
        cross_check: CrossCheck,
        opts: pulumi.ResourceOptions | None,
    ) -> None:
        setting_faults = [*arguments.setting_faults(flags, cross_check), *arguments.option_faults(opts)]

        def compose_id(values: Mapping[str, Any], secret: Iterable[str] = ()) -> str:
            faults = [*self._identity_faults(values), *map(arguments.secret_fault, secret), *setting_faults]
            if faults:
                raise arguments.ArgumentError(type(self).__name__, name, faults)
            if any(map(pulumi.contains_unknowns, values.values())):
                return cast(str, pulumi.UNKNOWN)
            return str(self._identify(values))

        resource_id = _resource_id(identity, compose_id)
        # The engine hands these to the provider's read, and what comes back under the same names becomes attributes.
        props: dict[str, Any] = {**flags, "cross_check": cross_check, "certificate": None, "warnings": None}
        secret_outputs = ["private_key_pem"] if flags.get("include_private_key") else []
        super().__init__(
            DeviceCertificateProvider(),
            name,
            {**props, **dict.fromkeys(secret_outputs)},
            pulumi.ResourceOptions.merge(
                opts, pulumi.ResourceOptions(id=resource_id, additional_secret_outputs=secret_outputs)
            ),
        )
        notices.tell_of_config()
        self.warnings.apply(self._log_warnings)
        self.certificate.apply(self._log_validity)

    @staticmethod
    @abstractmethod
    def _identity_faults(values: Mapping[str, Any]) -> Iterable[str]:
        """Say what is wrong with the identifying arguments; one that is not known yet is ``pulumi.UNKNOWN``."""

    @staticmethod
    @abstractmethod
    def _identify(values: Mapping[str, Any]) -> MqttDeviceId | IotDeviceId:
        """Make the ID of identifying arguments that have no fault."""

    def _log_warnings(self, warnings: list[dict[str, str]]) -> None:
        for warning in warnings:
            if warning["code"] == EMULATOR:
                notices.tell_once_a_run(warning["message"])
            else:
                pulumi.log.warn(f"{warning['code']}: {warning['message']}", resource=self)

    def _log_validity(self, certificate: dict[str, Any]) -> None:
        notice = notices.validity_notice(certificate, datetime.now(UTC))
        if notice is not None:
            pulumi.log.warn(notice, resource=self)


class MqttDeviceCertificate(_DeviceCertificate, module="alicloud", name="MqttDeviceCertificate"):
    """A device certificate that ApsaraMQ for MQTT keeps (GetDeviceCertificate).

    Arguments:
        mqtt_instance_id: the instance, Enterprise Platinum edition; at most 128 bytes, as each of the next two.
        ca_sn: the SN of the CA certificate to which the device certificate belongs.
        device_sn: the SN of the device certificate.
        region: a region ID; by default ``alicloud:region``, then the environment (``ALICLOUD_REGION``).
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

    def __init__(
        self,
        name: str,
        *,
        mqtt_instance_id: pulumi.Input[str],
        ca_sn: pulumi.Input[str],
        device_sn: pulumi.Input[str],
        region: pulumi.Input[str] | None = None,
        cross_check: CrossCheck = "warn",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        if region is None:
            try:
                region = region_from(pulumi.Config("alicloud").get, os.environ)
            except SettingsError as error:
                raise arguments.ArgumentError("MqttDeviceCertificate", name, [str(error)]) from None
        super().__init__(
            name,
            identity={"mqtt_instance_id": mqtt_instance_id, "ca_sn": ca_sn, "device_sn": device_sn, "region": region},
            flags={},
            cross_check=cross_check,
            opts=opts,
        )

    @staticmethod
    def _identity_faults(values: Mapping[str, Any]) -> Iterable[str]:
        for argument in ("mqtt_instance_id", "ca_sn", "device_sn"):
            yield from arguments.text_faults(argument, values[argument])
        yield from arguments.mqtt_region_faults(values["region"])

    @staticmethod
    def _identify(values: Mapping[str, Any]) -> MqttDeviceId:
        return MqttDeviceId(**values)


class IotDeviceCertificate(_DeviceCertificate, module="alicloud", name="IotDeviceCertificate"):
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
                "region": arguments.IOT_REGION if region is None else region,
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


def _resource_id(
    identity: Mapping[str, pulumi.Input[str] | None],
    compose_id: Callable[[Mapping[str, Any], Iterable[str]], str],
) -> pulumi.Input[str]:
    """Compose the ID: right here from plain values, else as an Output that is unknown while an argument is.

    The engine leaves a read whose ID is unknown to the update.
    """
    outputs = {
        # An Output that is not known is made to say so, so that the known ones beside it are checked in any case.
        argument: value.apply(lambda value: value, run_with_unknowns=True)
        for argument, value in identity.items()
        if isinstance(value, pulumi.Output)
    }
    if not outputs:
        return compose_id(identity, ())

    async def compose(values: Mapping[str, Any]) -> str:
        secret = [argument for argument, output in outputs.items() if await output.is_secret()]
        return compose_id(values, secret)

    return pulumi.Output.all(**{**identity, **outputs}).apply(compose, run_with_unknowns=True)
