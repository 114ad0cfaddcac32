"""A resource that is read and never created: how its ID is made of its arguments, and what is told of what was read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

import pulumi
from pulumi.dynamic import Resource

from alicloud_device_certificates.contract import read_failure
from alicloud_device_certificates.contract.ids import IotDeviceId, MqttCaId, MqttDeviceId
from alicloud_device_certificates.contract.warnings import WarningCode
from alicloud_device_certificates.provider import DeviceCertificateProvider
from alicloud_device_certificates.resources import arguments, diagnostics
from alicloud_device_certificates.resources.attributes import CertificateAttributes

Identity = Mapping[str, pulumi.Input[str] | None]


class CertificateResource(CertificateAttributes, Resource):
    """What the data sources have in common: the outputs, and how a read is asked for."""

    warnings: pulumi.Output[list[dict[str, str]]]
    """What is odd about it, each ``{code, message}``; empty when all is fine. Logged on the resource too."""

    def __init__(
        self,
        name: str,
        *,
        identity: Identity,
        flags: Mapping[str, bool],
        cross_check: str,
        opts: pulumi.ResourceOptions | None,
        faults: Iterable[str] = (),
    ) -> None:
        """``identity`` becomes the ID, ``flags`` and ``cross_check`` go along; ``faults`` were found before."""
        setting_faults = [*faults, *arguments.setting_faults(flags, cross_check), *arguments.option_faults(opts)]

        def compose_id(values: Mapping[str, Any], secret: Iterable[str] = ()) -> str:
            # Of a secret nothing is said but that it is one: any other fault might show it.
            shown = {**values, **dict.fromkeys(secret, pulumi.UNKNOWN)}
            found = [*self._identity_faults(shown), *map(arguments.secret_fault, secret), *setting_faults]
            if found:
                raise arguments.ArgumentError(type(self).__name__, name, found)
            if any(map(pulumi.contains_unknowns, values.values())):
                return cast(str, pulumi.UNKNOWN)
            return str(self._identify(values))

        resource_id = _resource_id(identity, compose_id)
        # The engine hands these to the provider's read, and what comes back under the same names becomes attributes.
        props: dict[str, Any] = {
            **flags,
            "cross_check": cross_check,
            "certificate": None,
            "warnings": None,
            **read_failure.tolerating_props(),
        }
        secret_outputs = ["private_key_pem"] if flags.get("include_private_key") else []
        super().__init__(
            DeviceCertificateProvider(),
            name,
            {**props, **dict.fromkeys(secret_outputs)},
            pulumi.ResourceOptions.merge(
                opts, pulumi.ResourceOptions(id=resource_id, additional_secret_outputs=secret_outputs)
            ),
        )
        diagnostics.tell_of_config()
        self.warnings.apply(self._log_warnings)
        self.certificate.apply(self._log_validity)
        if read_failure.PROPERTY in props:
            failure: pulumi.Output[dict[str, str]] = getattr(self, read_failure.PROPERTY)
            failure.apply(lambda failure: pulumi.log.error(failure["message"], resource=self))

    @staticmethod
    @abstractmethod
    def _identity_faults(values: Mapping[str, Any]) -> Iterable[str]:
        """Say what is wrong with the identifying arguments; one that is not known yet is ``pulumi.UNKNOWN``."""

    @staticmethod
    @abstractmethod
    def _identify(values: Mapping[str, Any]) -> MqttDeviceId | MqttCaId | IotDeviceId:
        """Make the ID of identifying arguments that have no fault."""

    def _log_warnings(self, warnings: list[dict[str, str]]) -> None:
        for warning in warnings:
            if warning["code"] == WarningCode.EMULATOR:
                diagnostics.tell_once_a_run(warning["message"])
            else:
                pulumi.log.warn(f"{warning['code']}: {warning['message']}", resource=self)

    def _log_validity(self, certificate: dict[str, Any]) -> None:
        notice = diagnostics.validity_notice(certificate, datetime.now(UTC))
        if notice is not None:
            pulumi.log.warn(notice, resource=self)


def _resource_id(
    identity: Identity,
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
