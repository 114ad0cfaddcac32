"""The data source of one certificate: its request for a read, and what is logged about the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

import pulumi

from alicloud_device_certificates.contract.ids import CertificateId
from alicloud_device_certificates.contract.kinds import KINDS, KindKey
from alicloud_device_certificates.contract.postconditions import postcondition_props
from alicloud_device_certificates.resources import arguments, diagnostics
from alicloud_device_certificates.resources.attributes import CertificateAttributes
from alicloud_device_certificates.resources.identity import Identity
from alicloud_device_certificates.resources.last_update import change_since, last_certificate
from alicloud_device_certificates.resources.read_resource import ReadResource


class CertificateResource(CertificateAttributes, ReadResource):
    """The common part of the data sources of one certificate."""

    _key: ClassVar[KindKey]

    def __init_subclass__(cls, **options: Any) -> None:  # noqa: ANN401 - those of the SDK
        """Take what each read must have from the kind."""
        super().__init_subclass__(**options)
        if key := getattr(cls, "_key", None):
            cls._required = KINDS[key].config_required

    def __init__(
        self,
        name: str,
        *,
        identity: Identity,
        flags: Mapping[str, bool],
        cross_check: str,
        fail_within: str | None,
        require_active: bool,
        account: str | None,
        opts: pulumi.ResourceOptions | None,
        faults: Iterable[str] = (),
    ) -> None:
        """``identity`` forms the ID, the other arguments go to the read; ``faults`` were found before."""
        super().__init__(
            name,
            identity=identity,
            props={
                **flags,
                "cross_check": cross_check,
                **postcondition_props(name, fail_within=fail_within, require_active=require_active),
            },
            outputs=["certificate"],
            secret_outputs=["private_key_pem"] if flags.get("include_private_key") else [],
            account=account,
            opts=opts,
            faults=[
                *faults,
                *arguments.flag_faults(flags, cross_check),
                *arguments.postcondition_faults(fail_within, require_active),
            ],
        )
        self.warnings.apply(self._log_warnings)
        self.certificate.apply(self._log_validity)
        _: pulumi.Output[str | None] = self.certificate.apply(self._log_change)

    def requested_private_key(self) -> pulumi.Output[str | None] | None:
        """Return the private key, a secret that is None while pending; None if it was not requested."""
        return None

    def _composed(self, values: Mapping[str, Any]) -> str:
        return str(CertificateId.of(self._key, **values))

    def _log_warnings(self, warnings: list[dict[str, str]] | None) -> None:
        for warning in warnings or ():  # None from a unit test's own mocks
            self._log_warning(warning)

    def _log_validity(self, certificate: dict[str, Any] | None) -> None:
        message = diagnostics.validity_warning(certificate or {}, datetime.now(UTC))
        if message is not None:
            pulumi.log.warn(message, resource=self)

    async def _log_change(self, certificate: dict[str, Any] | None) -> str | None:
        """Log what has changed since the last update, and return it."""
        if not certificate or await self.certificate.is_secret():
            return None
        old = await last_certificate(str(await self.urn.future()), account=self._account)
        message = change_since(old, certificate) if old is not None else None
        if message is not None:
            pulumi.log.warn(message, resource=self)
        return message
