"""Which resource options a data source takes: `tests/engine/test_accounts.py` shows that the others have no effect."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from tests.unit.conftest import RunProgram

from alicloud_device_certificates import ArgumentError, IotDeviceCertificate
from alicloud_device_certificates.resources.options import option_faults

EFFECTIVE = {"parent", "depends_on", "additional_secret_outputs", "transformations"}
OPTIONS = sorted(set(inspect.signature(pulumi.ResourceOptions).parameters) - EFFECTIVE)


class Provider(pulumi.ProviderResource):
    def __init__(self, package: str, **options: Any) -> None:
        super().__init__(package, f"{package}-b", {}, pulumi.ResourceOptions(**options))


class Group(pulumi.ComponentResource):
    def __init__(self, name: str, **options: Any) -> None:
        super().__init__("fleet:index:Group", name, {}, pulumi.ResourceOptions(**options))


def with_option(name: str, value: object) -> pulumi.ResourceOptions:
    options = pulumi.ResourceOptions()
    setattr(options, name, value)
    return options


def test_what_has_an_effect_is_no_fault(run_program: RunProgram) -> None:
    def program() -> None:
        assert list(option_faults(None)) == list(option_faults(pulumi.ResourceOptions())) == []
        group = Group("group")
        options = pulumi.ResourceOptions(
            parent=group,
            depends_on=[group],
            additional_secret_outputs=["certificate"],
            transformations=[lambda _: None],
        )
        assert list(option_faults(options)) == []

    run_program(program)


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("value", [True, "x", ["x"], {"x": "y"}, 1, 0])
def test_any_other_option_is_a_fault_that_names_it(name: str, value: object) -> None:
    (fault,) = option_faults(with_option(name, value))
    assert fault.startswith(f"opts.{name} ")
    assert ("account=" in fault) == (name in {"provider", "providers"})


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("value", [None, False, [], (), {}, ""])
def test_an_option_that_asks_for_nothing_is_no_fault(name: str, value: object) -> None:
    assert list(option_faults(with_option(name, value))) == []


def test_what_is_no_options_is_a_fault() -> None:
    assert list(option_faults({"id": "a"})) == ["opts must be pulumi.ResourceOptions, not dict"]


def read(**options: Any) -> None:
    account = options.pop("account", None)
    opts = pulumi.ResourceOptions(**options)
    IotDeviceCertificate("light", product_key="pk1", device_name="light", account=account, opts=opts)


CONFIG = {"device-certificates:accounts": '{"b": {"profile": "b"}}'}


@pytest.mark.parametrize(
    "program",
    [
        lambda: read(provider=Provider("alicloud")),
        lambda: read(provider=Provider("alicloud"), account="b"),
        lambda: read(providers=[Provider("alicloud")]),
        lambda: read(providers={"alicloud": Provider("alicloud")}),
        lambda: read(provider=Provider("pulumi-python")),
        lambda: read(provider=Provider("aws")),
    ],
)
def test_a_provider_of_its_own_is_refused_whatever_it_is(run_program: RunProgram, program: Callable[[], None]) -> None:
    expected = r"IotDeviceCertificate 'light': opts\.providers? has no effect on a data source: pass account= with a"
    with pytest.raises(ArgumentError, match=expected):
        run_program(program, config=CONFIG)


@pytest.mark.parametrize(
    "parent",
    [
        lambda: Group("group", provider=Provider("alicloud")),
        lambda: Group("group", providers=[Provider("aws"), Provider("alicloud")]),
        lambda: Group("group", providers={"alicloud": Provider("alicloud")}),
        lambda: Group("inner", parent=Group("outer", providers=[Provider("alicloud")])),
    ],
)
def test_an_inherited_provider_is_refused_if_it_is_of_alicloud_unless_the_account_is_named(
    run_program: RunProgram, parent: Callable[[], pulumi.Resource]
) -> None:
    expected = "its parent has a provider of alicloud, which has no effect on a data source: pass account= with a name"
    with pytest.raises(ArgumentError, match=expected):
        run_program(lambda: read(parent=parent()), config=CONFIG)
    engine = run_program(lambda: read(parent=parent(), account="b"), config=CONFIG)
    assert engine.reads[-1].inputs["account"] == "b"


@pytest.mark.parametrize(
    "parent",
    [
        lambda: Group("group"),
        lambda: Group("group", providers=[Provider("aws")]),
        lambda: Group("group", provider=Provider("random")),
    ],
)
def test_any_other_inherited_provider_is_no_fault(
    run_program: RunProgram, parent: Callable[[], pulumi.Resource]
) -> None:
    engine = run_program(lambda: read(parent=parent()))
    assert engine.reads[-1].typ.endswith("IotDeviceCertificate")


def test_a_provider_that_a_transformation_adds_is_refused_too(run_program: RunProgram) -> None:
    def program(account: str | None) -> None:
        provider = Provider("alicloud")

        def add(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
            added = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(provider=provider))
            return pulumi.ResourceTransformationResult(args.props, added)

        read(transformations=[add], account=account)

    with pytest.raises(ArgumentError, match="'light': it has a provider of alicloud, which has no effect on a data"):
        run_program(lambda: program(None), config=CONFIG)
    assert run_program(lambda: program("b"), config=CONFIG).reads
