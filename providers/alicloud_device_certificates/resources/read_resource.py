"""A resource that is read and never created: how its arguments form its ID, and what every read has in common."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, NoReturn, cast

import pulumi
from pulumi.dynamic import Resource

from alicloud_device_certificates.contract import postconditions, read_failure
from alicloud_device_certificates.contract.warnings import WarningCode
from alicloud_device_certificates.provider import DeviceCertificateProvider
from alicloud_device_certificates.resources import arguments, diagnostics
from alicloud_device_certificates.resources.accounts import chosen_account
from alicloud_device_certificates.resources.identity import Identity, composed_id
from alicloud_device_certificates.resources.options import option_faults, provider_faults
from alicloud_device_certificates.resources.pulumi_runtime import is_preview


class ReadResource(Resource):
    """The common part of all data sources: the request for a read, and the outputs."""

    warnings: pulumi.Output[list[dict[str, str]]]
    """What needs attention, each ``{code, message}``; empty if all is well. Logged on the resource too."""

    _required: ClassVar[Sequence[str]]
    """The arguments that each read must have."""

    def __init__(
        self,
        name: str,
        *,
        identity: Identity,
        props: Mapping[str, Any],
        outputs: Sequence[str],
        secret_outputs: Sequence[str] = (),
        account: str | None,
        opts: pulumi.ResourceOptions | None,
        faults: Iterable[str] = (),
    ) -> None:
        """``identity`` forms the ID, ``props`` go to the read, which returns ``outputs`` and ``secret_outputs``.

        ``faults`` were found before.
        """
        other_faults = [*faults, *chosen_account(account)[1], *option_faults(opts, account=account)]

        def compose_id(values: Mapping[str, Any], secret: Iterable[str] = ()) -> str:
            # The only fault reported of a secret is that it is one: any other text might show it.
            shown = {**values, **dict.fromkeys(secret, pulumi.UNKNOWN)}
            found = [*self._identity_faults(shown), *map(arguments.secret_fault, secret), *other_faults]
            if found:
                raise arguments.ArgumentError(type(self).__name__, name, found)
            if any(map(pulumi.contains_unknowns, values.values())):
                return cast(str, pulumi.UNKNOWN)
            return self._composed(values)

        diagnostics.warn_about_config()
        diagnostics.hint_about_many(os.environ)
        resource_id = _once_created(opts, composed_id(identity, compose_id))
        # The engine passes these to the provider's read; what it returns under the same names becomes attributes.
        inputs: dict[str, Any] = {
            **props,
            # It is not part of the ID, so a refresh knows it by the output of this name.
            **({} if account is None else {"account": account}),
            **dict.fromkeys(outputs),
            "warnings": None,
            **read_failure.tolerating_props(os.environ, is_preview=is_preview()),
        }
        if read_failure.PROPERTY in inputs and postconditions.PROPERTY in inputs:
            inputs[postconditions.FAILED] = None
        super().__init__(
            DeviceCertificateProvider(),
            name,
            {**inputs, **dict.fromkeys(secret_outputs)},
            pulumi.ResourceOptions.merge(
                opts, pulumi.ResourceOptions(id=resource_id, additional_secret_outputs=list(secret_outputs))
            ),
        )
        # Only now are the options those of the transformations, which may have added one.
        if account is None and (found := list(provider_faults(self, "it"))):
            raise arguments.ArgumentError(type(self).__name__, name, found)
        self._resource_id = resource_id
        self._account = account
        if read_failure.is_gated(os.environ):
            pulumi.log.debug(f"{read_failure.DECLARED}{name}")
        for output in (each for each in (read_failure.PROPERTY, postconditions.FAILED) if each in inputs):
            failure: pulumi.Output[dict[str, str]] = getattr(self, output)
            failure.apply(lambda failure: pulumi.log.error(failure["message"], resource=self))

    @classmethod
    def get(cls, resource_name: str, id: object = None, **_: object) -> NoReturn:
        """Raise ArgumentError: a data source reads what its arguments name, so there is nothing to get by an ID."""
        arguments_ = ", ".join(f"{part}=..." for part in cls._required)
        raise arguments.ArgumentError(
            cls.__name__,
            resource_name,
            [f"there is no get(): a data source is read by its arguments, {cls.__name__}(NAME, {arguments_})"],
        )

    @property
    def id(self) -> pulumi.Output[str]:
        """What is read, known unless an argument is not.

        Engines before 3.274 return no ID of a read in a preview, so the SDK's own would be unknown there.
        """
        # Made on access: an ID that cannot be made fails the read itself, and must not fail twice.
        read_id: pulumi.Output[str] = pulumi.Output.all(self.urn, self._resource_id).apply(lambda both: both[1])
        return read_id

    @abstractmethod
    def _composed(self, values: Mapping[str, Any]) -> str:
        """Return the ID of identifying arguments without a fault."""

    @abstractmethod
    def _identity_faults(self, values: Mapping[str, Any]) -> Iterable[str]:
        """Yield what is wrong with the identifying arguments; one that is not known yet is ``pulumi.UNKNOWN``."""

    def _log_warning(self, warning: Mapping[str, str], *, about: str = "") -> None:
        if warning["code"] == WarningCode.EMULATOR:
            diagnostics.warn_once_per_run(warning["message"])
        else:
            pulumi.log.warn(f"{warning['code']}: {about}{warning['message']}", resource=self)


def _once_created(opts: pulumi.ResourceOptions | None, resource_id: pulumi.Input[str]) -> pulumi.Input[str]:
    """Make the ID unknown while a resource of ``depends_on`` is still to be created.

    Engines before 3.274 do not wait for these in a preview: the read would fail if it needs what is still to be made.
    """
    if opts is None or opts.depends_on is None:
        return resource_id

    def ids(found: Any) -> pulumi.Output[list[str]]:  # noqa: ANN401 - one resource, or a sequence of them
        each = found if isinstance(found, Sequence) else [found]
        made = (one.id for one in each if isinstance(one, pulumi.CustomResource))
        return pulumi.Output.all(*(id_.apply(lambda value: value, run_with_unknowns=True) for id_ in made))

    created: pulumi.Output[list[str]] = pulumi.Output.from_input(opts.depends_on).apply(ids, run_with_unknowns=True)
    return pulumi.Output.all(resource_id, created).apply(
        lambda both: cast(str, pulumi.UNKNOWN if pulumi.contains_unknowns(both[1]) else both[0]),
        run_with_unknowns=True,
    )
