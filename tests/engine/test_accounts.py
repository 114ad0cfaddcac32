"""One stack that reads from several accounts, and the resource options that cannot choose one."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pulumi
import pytest
import yaml
from pulumi.automation import ConfigValue
from tests.contract.conftest import serve
from tests.engine.conftest import MakeProject, Project
from tests.engine.gated import GatedProject
from tests.engine.shell import CHECKOUT, blocks
from tests.engine.test_errors import EMULATED, INSTANCE, NO_CREDENTIALS, only_error
from tests.engine.test_over_http import assert_hidden
from tests.engine.test_readme import USAGE

from alicloud_device_certificates import (
    IotDeviceCertificate,
    MqttDeviceCertificate,
    configured_certificates,
    export_certificates,
)

KEY, SECRET, KEY_B, SECRET_B = "LTAI5tOfTheStack", "the-secret-of-stack", "LTAI5tOfFactoryB", "the-secret-of-factory-b"
SCENARIO = f"""
accounts:
  - id: "1"
    users: [{{access_key_id: {KEY}, access_key_secret: {SECRET}}}]
    mqtt_instances:
      - {{id: post-cn-1, region: cn-beijing, cas: [{{sn: 00f2, devices: [{{sn: 356201, name: gateway}}]}}]}}
  - id: "2"
    users: [{{access_key_id: {KEY_B}, access_key_secret: {SECRET_B}}}]
    mqtt_instances:
      - {{id: post-cn-2, region: cn-shanghai, cas: [{{sn: 00f2, devices: [{{sn: 356202, name: remote}}]}}]}}
    iot_products:
      - {{product_key: pk2, devices: [{{name: lamp, key: ec-p256}}]}}
"""
# What this machine's user has set must not matter: were it taken for a named account, its reads would fail.
FOREIGN = {
    **NO_CREDENTIALS,
    "NO_PROXY": "127.0.0.1",
    "no_proxy": "127.0.0.1",
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAI5tOfNobody",
    "ALICLOUD_ACCESS_KEY": "LTAI5tOfNobody",
    "ALICLOUD_SECRET_KEY": "the-secret-of-nobody",
    "ALICLOUD_PROFILE": "nobody",
}
KEYS_B = {"accessKey": KEY_B, "secretKey": SECRET_B}
FACTORY_B = {**KEYS_B, "region": "cn-shanghai"}


def both() -> None:
    gateway = MqttDeviceCertificate("gateway", mqtt_instance_id="post-cn-1", ca_sn="00f2", device_sn="356201")
    remote = MqttDeviceCertificate(
        "remote",
        mqtt_instance_id="post-cn-2",
        ca_sn="00f2",
        device_sn="356202",
        include_chain=True,
        account="factory-b",
    )
    lamp = IotDeviceCertificate(
        "lamp", product_key="pk2", device_name="lamp", include_private_key=True, account="factory-b"
    )
    export_certificates({"gateway": gateway, "remote": remote, "lamp": lamp})


def stack_of(host: str) -> dict[str, Any]:
    """The config of the stack's own account."""
    return {
        "alicloud:region": "cn-beijing",
        "alicloud:accessKey": KEY,
        "alicloud:endpoints": [{"onsmqtt": host, "iot": host}],
        "alicloud:protocol": "HTTP",
    }


def secrets(**accounts: dict[str, Any]) -> dict[str, str]:
    accounts = {name.replace("_", "-"): values for name, values in accounts.items()}
    return {"alicloud:secretKey": SECRET, "device-certificates:accounts": json.dumps(accounts)}


def inner_lines(project: Project) -> list[str]:
    key: str = project.stack.outputs()["private_keys"].value["lamp"]
    return key.splitlines()[1:-1]


@pytest.mark.both_engines
def test_one_program_reads_from_two_accounts_through_the_life_of_a_stack(
    make_project: MakeProject, tmp_path: Path
) -> None:
    with serve(tmp_path / "cloud", SCENARIO) as served:
        project = make_project(
            both, config=stack_of(served.host), secret_config=secrets(factory_b=FACTORY_B), environment=FOREIGN
        )
        previewed = project.preview()
        assert previewed.error is None, previewed.text
        names = {name: fields.get("device_name") for name, fields in previewed.outputs["certificates"].items()}
        assert names == {"gateway": "gateway", "remote": "remote", "lamp": None}
        assert not [warning for warning in previewed.warnings if "plain text" in warning]
        updated = project.up()
        assert updated.error is None, updated.text
        stored = project.state()
        assert stored["remote"]["id"] == "mqtt/cn-shanghai/post-cn-2/00f2/356202"
        for name, account in (("gateway", None), ("remote", "factory-b"), ("lamp", "factory-b")):
            assert [stored[name][part].get("account") for part in ("inputs", "outputs")] == [account, account]

        again = project.preview()
        assert set(again.changes) == {"same"}
        assert again.outputs == again.previous_outputs == previewed.outputs

        httpx.post(f"{served.address}/_emulator/rotate", json={"name": "remote"}, trust_env=False).raise_for_status()
        refreshed = project.refresh()
        assert refreshed.error is None, refreshed.text
        now = project.state()
        changed = {name for name in ("gateway", "remote", "lamp") if now[name]["outputs"] != stored[name]["outputs"]}
        # A secret is encrypted with another nonce each time.
        assert changed - {"lamp"} == {"remote"}
        assert now["remote"]["outputs"]["account"] == "factory-b"
        hidden = [SECRET, SECRET_B, "the-secret-of-nobody", *inner_lines(project)]
        assert_hidden(hidden, project, previewed, updated, again, refreshed)
    # The service is gone, so this makes no call; nor does it need the account.
    project.stack.remove_config("device-certificates:accounts")
    destroyed = project.destroy()
    assert destroyed.error is None, destroyed.text
    assert project.state() == {}
    assert_hidden([SECRET, SECRET_B], project, previewed, updated, again, refreshed, destroyed)


def test_the_same_device_in_two_accounts_is_read_anew_if_the_account_changes(
    make_project: MakeProject, tmp_path: Path
) -> None:
    account: str | None = None

    def program() -> None:
        certificate = MqttDeviceCertificate(
            "gateway",
            mqtt_instance_id="post-cn-1",
            ca_sn="00f2",
            device_sn="356201",
            include_chain=True,
            region="cn-beijing",
            account=account,
        )
        export_certificates({"gateway": certificate})

    own = f"""
accounts:
  - id: "2"
    users: [{{access_key_id: {KEY_B}, access_key_secret: {SECRET_B}}}]
    mqtt_instances:
      - {{id: post-cn-1, region: cn-beijing, cas: [{{sn: 00f2, devices: [{{sn: 356201, name: the-other}}]}}]}}
"""
    with serve(tmp_path / "one", SCENARIO) as one, serve(tmp_path / "other", own) as other:
        factory_b = {**FACTORY_B, "endpoints": [{"onsmqtt": other.host}]}
        project = make_project(
            program, config=stack_of(one.host), secret_config=secrets(factory_b=factory_b), environment=FOREIGN
        )
        assert project.up().error is None
        before = project.state()["gateway"]
        account = "factory-b"
        run = project.preview()
        assert run.error is None, run.text
        old, new = (outputs["certificates"]["gateway"] for outputs in (run.previous_outputs, run.outputs))
        assert (old["device_name"], new["device_name"]) == ("gateway", "the-other")
        assert old["certificate_chain_pem"] != new["certificate_chain_pem"]
        assert not [warning for warning in run.warnings if "rotated" in warning]
        assert [warning for warning in run.warnings if "an endpoint in the config of account factory-b is" in warning]
        assert project.up().error is None
        after = project.state()["gateway"]
        assert after["id"] == before["id"]
        assert after["outputs"]["certificate"]["device_name"] == "the-other"
        account = None
        assert project.preview().outputs["certificates"]["gateway"]["device_name"] == "gateway"


@pytest.mark.parametrize("value", [{"accessKey": KEY_B}, {"secretKey": SECRET_B}, {"region": "cn-shanghai"}, {}])
def test_an_account_is_completed_by_nothing_else(make_project: MakeProject, value: dict[str, str]) -> None:
    def program() -> None:
        IotDeviceCertificate("lamp", product_key="pk2", device_name="lamp", account="factory-b")

    project = make_project(
        program,
        config=stack_of("127.0.0.1:9"),
        secret_config=secrets(factory_b=value),
        environment={**FOREIGN, "ALICLOUD_SECURITY_TOKEN": "the-token-of-nobody"},
    )
    run = project.preview()
    line = only_error(run)
    assert 'stack config device-certificates:accounts["factory-b"]' in line
    assert ("is set without" in line) if len(value) == 1 and "region" not in value else ("has no credentials" in line)
    assert not [secret for secret in (SECRET, SECRET_B, "nobody") if secret in run.text]


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_fault_of_an_account_names_it_and_shows_no_secret(
    make_project: MakeProject, tmp_path: Path, debug: str
) -> None:
    wrong = {**FACTORY_B, "secretKey": "a-wrong-secret"}

    def program() -> None:
        for number in range(3):
            IotDeviceCertificate(f"lamp{number}", product_key="pk2", device_name="lamp", account="factory-b")

    with serve(tmp_path / "cloud", SCENARIO) as served:
        project = make_project(
            program,
            config={**stack_of(served.host), "device-certificates:accounts": {"factory-b": wrong}},
            secret_config={"alicloud:secretKey": SECRET},
            environment={**FOREIGN, "DEVICE_CERTIFICATES_DEBUG": debug},
        )
        run = project.preview()
    assert "QueryDeviceCert (account factory-b, region cn-shanghai, " in run.text
    assert 'stack config device-certificates:accounts["factory-b"].accessKey' in run.text
    (warning,) = [each for each in run.warnings if "plain text" in each]
    assert "--path --secret 'device-certificates:accounts[\"factory-b\"].secretKey'" in warning
    assert ("Traceback" in run.text) == bool(debug)
    assert not [secret for secret in (SECRET, SECRET_B, "a-wrong-secret") if secret in run.text]


@pytest.mark.both_engines
def test_an_unknown_account_is_one_line_that_lists_those_that_exist(make_project: MakeProject) -> None:
    account = "factory-b"

    def program() -> None:
        MqttDeviceCertificate("gateway", device_sn="356217374433aa01", account=account, **INSTANCE)

    project = make_project(program, config=EMULATED, secret_config=secrets(factory_b=KEYS_B, factory_c=KEYS_B))
    assert project.up().error is None
    account = "factory-x"
    line = only_error(project.preview())
    assert "there is no account 'factory-x': device-certificates:accounts has 'factory-b', 'factory-c'" in line
    project.stack.remove_config("device-certificates:accounts")
    line = only_error(project.preview())
    assert "there is no account 'factory-x': device-certificates:accounts is not set, or empty" in line
    # The engine refreshes with the config of the last update, which is in the state too.
    refreshed = project.refresh()
    assert refreshed.error is None, refreshed.text
    assert project.state()["gateway"]["outputs"]["account"] == "factory-b"
    assert project.destroy().error is None


def test_an_entry_of_the_config_names_its_account(make_project: MakeProject, tmp_path: Path) -> None:
    entry = {"name": "remote", "service": "mqtt", "mqttInstanceId": "post-cn-2", "caSn": "00f2", "deviceSn": "356202"}

    def program() -> None:
        export_certificates(configured_certificates())

    with serve(tmp_path / "cloud", SCENARIO) as served:
        project = make_project(
            program,
            config={
                **stack_of(served.host),
                "device-certificates:certificates": [{**entry, "account": "factory-b"}],
            },
            secret_config=secrets(factory_b=FACTORY_B),
            environment=FOREIGN,
        )
        run = project.preview()
        assert run.error is None, run.text
        assert run.outputs["certificates"]["remote"]["device_name"] == "remote"
        for account, fault in ((7, "account must be a string"), ("factory-x", "there is no account 'factory-x'")):
            entries = json.dumps([{**entry, "account": account}])
            project.stack.set_config("device-certificates:certificates", ConfigValue(entries))
            assert fault in only_error(project.preview())


def test_the_gate_reads_each_account_and_tells_them_apart(gated_project: GatedProject) -> None:
    users = {"a": "key-a", "factory-b": "key-b"}
    devices = [{"sn": "01", "valid_until": "+300d"}]
    accounts = [
        {
            "id": name,
            "users": [{"access_key_id": key, "access_key_secret": f"secret-{name}"}],
            "mqtt_instances": [{"id": "post-cn-1", "cas": [{"sn": "00f2", "devices": devices}]}] if name == "a" else [],
            "iot_products": [{"product_key": "pk1", "devices": [{"name": "lamp"}]}] if name != "a" else [],
        }
        for name, key in users.items()
    ]
    (gated_project.folder / "scenario.yaml").write_text(yaml.safe_dump({"accounts": accounts}))
    gated_project.config["device-certificates:accounts"] = {"factory-b": {"accessKey": "key-b", "secretKey": "s"}}
    reads = [
        {"kind": "mqtt", "name": "gateway", "device_sn": "01"},
        {"kind": "iot", "name": "lamp", "device_name": "lamp", "account": "factory-b"},
    ]
    gated_project.read(*reads)
    gated_project.up()
    found = gated_project.gate()
    assert found.findings == {"gateway": {("unchanged", "info")}, "lamp": {("unchanged", "info")}}
    assert [found.certificate(name)["account"] for name in ("gateway", "lamp")] == [None, "factory-b"]
    gated_project.read(reads[0], {key: value for key, value in reads[1].items() if key != "account"})
    failed = gated_project.gate()
    assert failed.code != 0
    assert failed.certificate("lamp")["account"] is None


class Provider(pulumi.ProviderResource):
    """What `pulumi_alicloud.Provider` is: package "alicloud", with keys and a region of its own."""

    def __init__(self, package: str = "alicloud") -> None:
        made_up = {"accessKey": "made-up", "secretKey": "made-up", "region": "cn-shanghai"}
        super().__init__(package, "other-account", made_up)


class Group(pulumi.ComponentResource):
    def __init__(self, **options: Any) -> None:
        super().__init__("fleet:index:Group", "group", {}, pulumi.ResourceOptions(**options))


def of_stack(**options: Any) -> None:
    MqttDeviceCertificate("gateway", device_sn="356217374433aa01", opts=pulumi.ResourceOptions(**options), **INSTANCE)


STAND_IN = {
    "PATH": f"{CHECKOUT / 'tests' / 'standin'}{os.pathsep}{os.environ['PATH']}",
    "PYTHONPATH": str(CHECKOUT / ".alicloud"),
}


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "program",
    [
        lambda: of_stack(provider=Provider()),
        lambda: of_stack(providers=[Provider()]),
        lambda: of_stack(parent=Group(providers=[Provider()])),
        lambda: of_stack(parent=Group(provider=Provider())),
    ],
    ids=["provider", "providers", "inherited", "of-the-parent"],
)
def test_a_provider_is_refused_and_account_is_named(make_project: MakeProject, program: Callable[[], None]) -> None:
    project = make_project(program, config=EMULATED, environment=STAND_IN)
    line = only_error(project.preview())
    assert "MqttDeviceCertificate 'gateway': " in line
    assert "has no effect on a data source: pass account= with a name of device-certificates:accounts" in line
    assert not project.emulator_state.exists(), "something was read"


def test_a_provider_that_a_transformation_adds_is_refused_too(make_project: MakeProject) -> None:
    def program() -> None:
        options = pulumi.ResourceOptions(provider=Provider())

        def add(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
            return pulumi.ResourceTransformationResult(args.props, pulumi.ResourceOptions.merge(args.opts, options))

        of_stack(transformations=[add])

    line = only_error(make_project(program, config=EMULATED, environment=STAND_IN).preview())
    assert (
        "MqttDeviceCertificate 'gateway': it has a provider of alicloud, which has no effect on a data source" in line
    )


def test_a_parent_with_another_provider_is_no_fault(make_project: MakeProject) -> None:
    run = make_project(lambda: of_stack(parent=Group(providers=[])), config=EMULATED).preview()
    assert run.error is None, run.text


EFFECTIVE = {
    "parent": lambda group: group,
    "depends_on": lambda group: [group],
    "additional_secret_outputs": lambda _: ["certificate"],
    "transformations": lambda _: [lambda args: pulumi.ResourceTransformationResult({**args.props, "x": 1}, args.opts)],
}
OTHERS: dict[str, Callable[[pulumi.Resource], Any]] = {
    "protect": lambda _: True,
    "delete_before_replace": lambda _: True,
    "ignore_changes": lambda _: ["*"],
    "aliases": lambda _: [pulumi.Alias(name="before")],
    "custom_timeouts": lambda _: pulumi.CustomTimeouts(create="1ms"),
    "transforms": lambda _: [lambda args: pulumi.ResourceTransformResult({**args.props, "x": 1}, args.opts)],
    "hooks": lambda _: pulumi.ResourceHookBinding(after_create=[lambda _: None]),
    "replace_on_changes": lambda _: ["*"],
    "replacement_trigger": lambda _: "x",
    "retain_on_delete": lambda _: True,
    "deleted_with": lambda group: group,
    "replace_with": lambda group: [group],
    "hide_diffs": lambda _: ["certificate"],
    "env_var_mappings": lambda _: {"A": "B"},
}


@pytest.mark.both_engines
def test_the_engine_shows_which_options_have_an_effect_on_a_read(
    make_project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were one of the others to have an effect in a newer engine, refusing it would be wrong."""
    made = {**EFFECTIVE, **OTHERS}
    known = inspect.signature(pulumi.ResourceOptions).parameters
    others = {name: make for name, make in made.items() if name in known}

    def program() -> None:
        group = Group()
        for name in ("plain", *others):
            options = pulumi.ResourceOptions(**({name: others[name](group)} if name in others else {}))
            MqttDeviceCertificate(name, device_sn="356217374433aa01", opts=options, **INSTANCE)

    project = make_project(program, config=EMULATED)
    assert "has no effect on a data source, which is only read: remove it" in only_error(project.preview())
    monkeypatch.setattr("alicloud_device_certificates.resources.read_resource.option_faults", lambda *_, **__: iter(()))
    updated = project.up()
    assert updated.error is None, updated.text
    state = project.state()

    def kept(name: str) -> dict[str, Any]:
        apart = ("urn", "created", "modified", "sourcePosition", "stackTrace")
        return {key: value for key, value in state[name].items() if key not in apart}

    differ = {name for name in others if kept(name) != kept("plain")}
    assert differ == set(EFFECTIVE)


def test_the_example_of_the_guide_runs_as_it_stands(make_project: MakeProject) -> None:
    (config,) = [block for block in blocks("yaml", USAGE) if "device-certificates:accounts" in block]
    (source,) = [block for block in blocks("python", USAGE) if "account=" in block]
    (command,) = [block for block in blocks("sh", USAGE) if "device-certificates:accounts" in block]
    project = make_project(
        lambda: exec(source, {}),
        config={**yaml.safe_load(config)["config"], "device-certificates:emulator": True},
    )
    path = command.split("'")[1]
    project.stack.set_config(path, ConfigValue(SECRET_B, secret=True), path=True)
    updated = project.up()
    assert updated.error is None, updated.text
    assert not [warning for warning in updated.warnings if "plain text" in warning]
    assert project.state()["gateway"]["outputs"]["account"] == "factory-b"
    assert SECRET_B not in project.stored_text() + updated.text
