from __future__ import annotations

from typing import Any, cast

import pulumi
import pytest
from tests.unit.conftest import RunProgram

from alicloud_device_certificates import ArgumentError, IotDeviceCertificate, MqttCaCertificate, MqttDeviceCertificate
from alicloud_device_certificates.contract.fields import field_names
from alicloud_device_certificates.resources.certificate_field import CertificateField
from alicloud_device_certificates.resources.certificate_resource import CertificateResource
from alicloud_device_certificates.resources.own_config import ConfigError

MQTT: dict[str, Any] = {"mqtt_instance_id": "post-1", "ca_sn": "00f2", "device_sn": "3562", "region": "cn-hangzhou"}
IOT: dict[str, Any] = {"product_key": "a1B", "device_name": "light"}


def unknown() -> pulumi.Output[str]:
    return cast(pulumi.Output[str], pulumi.Output.from_input(pulumi.UNKNOWN))


@pytest.mark.parametrize(
    ("kind", "service"),
    [(MqttDeviceCertificate, "mqtt"), (MqttCaCertificate, "mqtt-ca"), (IotDeviceCertificate, "iot")],
)
def test_each_field_of_the_output_is_an_attribute_and_nothing_else_is(kind: type, service: Any) -> None:
    attributes = {name for name in dir(kind) if isinstance(getattr(kind, name), CertificateField)}
    assert attributes == set(field_names(service))


def test_a_read_is_requested_with_an_id_of_all_identifying_arguments(run_program: RunProgram) -> None:
    engine = run_program(lambda: MqttDeviceCertificate("gateway", **MQTT))
    (read,) = engine.reads
    assert read.typ == "pulumi-python:dynamic/alicloud:MqttDeviceCertificate"
    assert read.resource_id == "mqtt/cn-hangzhou/post-1/00f2/3562"
    assert {key: value for key, value in read.inputs.items() if key != "__provider"} == {
        "include_chain": False,
        "cross_check": "warn",
    }


@pytest.mark.parametrize(
    ("source", "arguments"),
    [
        (MqttDeviceCertificate, MQTT),
        (MqttCaCertificate, {key: value for key, value in MQTT.items() if key != "device_sn"}),
        (IotDeviceCertificate, IOT),
    ],
)
def test_postconditions_are_one_input_of_the_read_with_the_name_of_the_data_source(
    run_program: RunProgram, source: Any, arguments: dict[str, Any]
) -> None:
    engine = run_program(lambda: source("thing", **arguments, fail_within="10%", require_active=True))
    conditions = {"name": "thing", "fail_within": "10%", "require_active": True}
    assert engine.reads[0].inputs["postconditions"] == conditions
    assert engine.reads[0].inputs.keys().isdisjoint({"fail_within", "require_active", "failed_postconditions"})
    with pytest.raises(ArgumentError, match=rf"^{source.__name__} 'thing': fail_within: '150%' is not a threshold"):
        run_program(lambda: source("thing", **arguments, fail_within="150%"))
    with pytest.raises(ArgumentError, match="fail_within: a value of type Output is not a threshold"):
        run_program(lambda: source("thing", **arguments, fail_within=pulumi.Output.from_input("30d")))
    assert "postconditions" not in run_program(lambda: source("thing", **arguments)).reads[0].inputs


def test_a_condition_that_fails_in_the_gates_preview_is_logged_on_its_resource(
    run_program: RunProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEVICE_CERTIFICATES_PREVIEW_GATE", "1")
    failed = {"read_failure": {"message": "none"}, "failed_postconditions": {"message": "it expires soon"}}
    engine = run_program(
        lambda: MqttDeviceCertificate("thing", **MQTT, fail_within="10d"), outputs=failed, preview=True
    )
    assert any("it expires soon" in each for each in engine.warnings)


def test_a_certificate_that_must_be_active_cannot_be_allowed_to_be_pending(run_program: RunProgram) -> None:
    message = "'light': allow_pending has no effect with require_active, which accepts no pending certificate"
    with pytest.raises(ArgumentError, match=message):
        run_program(lambda: IotDeviceCertificate("light", **IOT, allow_pending=True, require_active=True))
    run_program(lambda: IotDeviceCertificate("light", **IOT, allow_pending=True, fail_within="1d"))


def test_a_ca_certificate_is_requested_in_the_same_way(run_program: RunProgram) -> None:
    config = {"alicloud:region": "cn-hangzhou"}
    engine = run_program(lambda: MqttCaCertificate("ca", mqtt_instance_id="post-1", ca_sn="00f2"), config=config)
    (read,) = engine.reads
    assert read.typ == "pulumi-python:dynamic/alicloud:MqttCaCertificate"
    assert read.resource_id == "mqtt-ca/cn-hangzhou/post-1/00f2"
    with pytest.raises(ArgumentError, match="MqttCaCertificate 'ca': ca_sn is empty; region is missing"):
        run_program(lambda: MqttCaCertificate("ca", mqtt_instance_id="post-1", ca_sn=""))


def test_the_iot_region_is_shanghai_whatever_the_config_has(run_program: RunProgram) -> None:
    engine = run_program(lambda: IotDeviceCertificate("light", **IOT), config={"alicloud:region": "cn-hangzhou"})
    assert engine.reads[0].resource_id == "iot/cn-shanghai/-/a1B/light"


def test_the_mqtt_region_defaults_to_that_of_the_stacks_config(run_program: RunProgram) -> None:
    arguments = {key: value for key, value in MQTT.items() if key != "region"}
    engine = run_program(
        lambda: MqttDeviceCertificate("gateway", **arguments), config={"alicloud:region": "ap-southeast-1"}
    )
    assert engine.reads[0].resource_id == "mqtt/ap-southeast-1/post-1/00f2/3562"


def test_the_provider_that_is_kept_in_state_is_a_name_and_holds_nothing(run_program: RunProgram) -> None:
    engine = run_program(lambda: MqttDeviceCertificate("gateway", **MQTT))
    assert len(engine.reads[0].inputs["__provider"]) < 150


def test_attributes_are_the_fields_and_a_known_none_if_absent(run_program: RunProgram) -> None:
    seen: dict[str, Any] = {}

    def program() -> None:
        certificate = MqttDeviceCertificate("gateway", **MQTT)
        certificate.not_after.apply(lambda value: seen.update(not_after=value))
        certificate.subject.apply(lambda value: seen.update(subject=value))
        certificate.public_key_bits.apply(lambda value: seen.update(public_key_bits=value))

    fields = {"status": "active", "not_after": "2099-01-01T00:00:00Z", "public_key_bits": 256}
    run_program(program, outputs={"certificate": fields})
    assert seen == {"not_after": "2099-01-01T00:00:00Z", "subject": None, "public_key_bits": 256}
    assert isinstance(seen["public_key_bits"], int)


def test_one_error_lists_all_faults_of_plain_arguments_before_any_request(run_program: RunProgram) -> None:
    with pytest.raises(ArgumentError) as raised:
        run_program(
            lambda: MqttDeviceCertificate(
                "gateway",
                mqtt_instance_id="",
                ca_sn="a\n",
                device_sn="b" * 129,
                cross_check="maybe",  # type: ignore[arg-type]
                opts=pulumi.ResourceOptions(id="x"),
            )
        )
    assert str(raised.value) == (
        "MqttDeviceCertificate 'gateway': mqtt_instance_id is empty; "
        "ca_sn contains a control character (a line break?); device_sn is 129 bytes long; the maximum is 128; "
        "region is missing: pass region=, or set "
        'alicloud:region or ALICLOUD_REGION; cross_check must be "warn" or "error" or "off"; '
        "opts.id must not be set: the arguments form the ID"
    )


@pytest.mark.parametrize(
    ("data_source", "call"),
    [
        (MqttDeviceCertificate, "MqttDeviceCertificate(NAME, mqtt_instance_id=..., ca_sn=..., device_sn=...)"),
        (MqttCaCertificate, "MqttCaCertificate(NAME, mqtt_instance_id=..., ca_sn=...)"),
        (IotDeviceCertificate, "IotDeviceCertificate(NAME, product_key=..., device_name=...)"),
    ],
)
def test_there_is_nothing_to_get_by_an_id(data_source: type[CertificateResource], call: str) -> None:
    with pytest.raises(ArgumentError) as raised:
        data_source.get("gw", "mqtt/cn-hangzhou/post-cn-1/00f2/01", opts=None)
    expected = f"{data_source.__name__} 'gw': there is no get(): a data source is read by its arguments, {call}"
    assert str(raised.value) == expected


def test_a_region_that_is_not_known_needs_an_endpoint_of_its_own(run_program: RunProgram) -> None:
    def program() -> None:
        MqttDeviceCertificate("gateway", mqtt_instance_id="post-1", ca_sn="00f2", device_sn="01", region="cn-new")

    with pytest.raises(ArgumentError, match="'cn-new' is not a known region"):
        run_program(program)
    for config in (
        {"alicloud:endpoints": '[{"onsmqtt": "onsmqtt.cn-new.aliyuncs.com"}]'},
        {"device-certificates:emulator": "true"},
    ):
        assert [read.resource_id for read in run_program(program, config=config).reads] == [
            "mqtt/cn-new/post-1/00f2/01"
        ]


def test_one_error_lists_faults_of_outputs_and_of_plain_arguments(run_program: RunProgram) -> None:
    with pytest.raises(ArgumentError, match="product_key is empty; device_name is 129 bytes long"):
        run_program(
            lambda: IotDeviceCertificate("light", product_key="", device_name=pulumi.Output.from_input("b" * 129))
        )


def test_a_preview_reports_a_fault_even_if_another_argument_is_unknown(run_program: RunProgram) -> None:
    with pytest.raises(ArgumentError, match=r"^IotDeviceCertificate 'light': product_key is empty$"):
        run_program(lambda: IotDeviceCertificate("light", product_key="", device_name=unknown()), preview=True)


def test_an_unknown_argument_makes_the_id_unknown(run_program: RunProgram) -> None:
    engine = run_program(lambda: IotDeviceCertificate("light", product_key="a", device_name=unknown()), preview=True)
    # The SDK's own sign for "not known", upon which the engine leaves the read out.
    assert engine.reads[0].resource_id == "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def test_a_secret_argument_is_refused_since_the_id_is_plain(run_program: RunProgram) -> None:
    with pytest.raises(ArgumentError, match="device_name is a secret") as raised:
        run_program(lambda: IotDeviceCertificate("light", product_key="a", device_name=pulumi.Output.secret("hunter2")))
    assert "hunter2" not in str(raised.value)
    with pytest.raises(ArgumentError, match=r"^IotDeviceCertificate 'light': region is a secret") as raised:
        run_program(lambda: IotDeviceCertificate("light", region=pulumi.Output.secret("hunter2"), **IOT))
    assert "hunter2" not in str(raised.value)


def test_an_invalid_region_in_the_config_is_a_fault_of_the_resource(run_program: RunProgram) -> None:
    arguments = {key: value for key, value in MQTT.items() if key != "region"}
    with pytest.raises(ArgumentError, match=r"'gateway': .*alicloud:region is not a region ID"):
        run_program(lambda: MqttDeviceCertificate("gateway", **arguments), config={"alicloud:region": "evil.example/"})


def test_a_region_that_iot_platform_does_not_serve_is_refused(run_program: RunProgram) -> None:
    with pytest.raises(ArgumentError, match="region must be cn-shanghai"):
        run_program(lambda: IotDeviceCertificate("light", region="cn-hangzhou", **IOT))


def test_warnings_are_logged_on_the_resource(run_program: RunProgram) -> None:
    outputs = {"warnings": [{"code": "serial_mismatch", "message": "they differ"}]}
    engine = run_program(lambda: MqttDeviceCertificate("gateway", **MQTT), outputs=outputs)
    assert engine.warnings == ["serial_mismatch: they differ"]


def test_an_expired_certificate_is_logged_on_the_resource(run_program: RunProgram) -> None:
    certificate = {"not_before": "2020-01-01T00:00:00Z", "not_after": "2021-01-01T00:00:00Z"}
    engine = run_program(lambda: MqttDeviceCertificate("gateway", **MQTT), outputs={"certificate": certificate})
    assert engine.warnings == ["the certificate expired at 2021-01-01T00:00:00Z"]


def test_a_warning_about_the_run_is_logged_once(run_program: RunProgram) -> None:
    def program() -> None:
        MqttDeviceCertificate("one", **MQTT)
        MqttDeviceCertificate("two", **MQTT)

    config = {"device-certificates:emulator": "true"}
    for _ in range(2):
        engine = run_program(program, config=config)
        assert len(engine.warnings) == 1
        assert "emulator" in engine.warnings[0]


def test_no_private_key_is_a_known_none(run_program: RunProgram) -> None:
    seen: list[Any] = []
    run_program(lambda: IotDeviceCertificate("light", **IOT).private_key_pem.apply(seen.append))
    assert seen == [None]


def test_a_private_key_that_is_still_pending_is_a_known_none(run_program: RunProgram) -> None:
    seen: list[Any] = []
    run_program(
        lambda: IotDeviceCertificate("light", include_private_key=True, **IOT).private_key_pem.apply(seen.append),
        outputs={"private_key_pem": ""},
    )
    assert seen == [None]


def test_options_are_merged_with_the_data_sources_own(run_program: RunProgram) -> None:
    def program() -> None:
        parent = pulumi.ComponentResource("test:index:Parent", "parent")
        MqttDeviceCertificate("gateway", opts=pulumi.ResourceOptions(parent=parent), **MQTT)

    engine = run_program(program)
    assert [read.resource_id for read in engine.reads if read.name == "gateway"] == [
        "mqtt/cn-hangzhou/post-1/00f2/3562"
    ]


def test_a_preview_of_the_gate_tolerates_failed_reads_and_logs_them(
    run_program: RunProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(pulumi.log, "error", lambda message, resource: shown.append(message))
    monkeypatch.setenv("DEVICE_CERTIFICATES_PREVIEW_GATE", "1")
    failure = {"category": "missing", "code": "FindDeviceBySnError", "message": "GetDeviceCertificate: no such"}
    engine = run_program(
        lambda: MqttDeviceCertificate("gateway", **MQTT), outputs={"read_failure": failure}, preview=True
    )
    assert engine.reads[0].inputs["read_failure"] is True
    assert shown == ["GetDeviceCertificate: no such"]


@pytest.mark.parametrize(("gate", "preview"), [("1", False), ("", True), ("", False)])
def test_an_update_and_any_other_preview_end_if_a_read_fails(
    run_program: RunProgram, monkeypatch: pytest.MonkeyPatch, gate: str, *, preview: bool
) -> None:
    monkeypatch.setenv("DEVICE_CERTIFICATES_PREVIEW_GATE", gate)
    engine = run_program(lambda: MqttDeviceCertificate("gateway", **MQTT), preview=preview)
    assert "read_failure" not in engine.reads[0].inputs


ACCOUNTS = {"device-certificates:accounts": '{"factory-b": {"profile": "b", "region": "cn-beijing"}}'}


def of_account(account: Any, **arguments: Any) -> MqttDeviceCertificate:
    chosen = {**MQTT, "region": None, **arguments}
    return MqttDeviceCertificate("gateway", **chosen, account=account)


def test_an_account_is_an_input_that_the_id_does_not_have(run_program: RunProgram) -> None:
    engine = run_program(lambda: of_account("factory-b"), config={**ACCOUNTS, "alicloud:region": "cn-hangzhou"})
    (read,) = engine.reads
    assert read.resource_id == "mqtt/cn-beijing/post-1/00f2/3562"
    assert read.inputs["account"] == "factory-b"
    engine = run_program(lambda: of_account("factory-b", region="cn-shanghai"), config=ACCOUNTS)
    assert engine.reads[0].resource_id == "mqtt/cn-shanghai/post-1/00f2/3562"
    engine = run_program(lambda: of_account(None, region="cn-shanghai"), config=ACCOUNTS)
    assert "account" not in engine.reads[0].inputs


@pytest.mark.parametrize(
    ("account", "fault"),
    [
        ("factory-c", "there is no account 'factory-c': device-certificates:accounts has 'factory-b'; did you mean"),
        ("", "account is empty"),
        ("a\n", "account contains a control character (a line break?)"),
        (7, "account must be a string, a plain value, not int"),
        (pulumi.Output.from_input, "account must be a string, a plain value, not"),
    ],
)
def test_an_account_that_there_is_not_is_one_line_before_any_request(
    run_program: RunProgram, account: Any, fault: str
) -> None:
    with pytest.raises(ArgumentError) as raised:
        run_program(lambda: of_account(account), config=ACCOUNTS)
    assert str(raised.value).startswith(f"MqttDeviceCertificate 'gateway': {fault}")
    assert "region" not in str(raised.value)


@pytest.mark.parametrize("kind", [MqttCaCertificate, IotDeviceCertificate])
def test_every_data_source_takes_an_account(run_program: RunProgram, kind: type[CertificateResource]) -> None:
    names = {"mqtt_instance_id": "post-1", "ca_sn": "00f2"} if kind is MqttCaCertificate else IOT
    engine = run_program(lambda: kind("one", **cast(Any, names), account="factory-b"), config=ACCOUNTS)
    assert engine.reads[0].inputs["account"] == "factory-b"


def test_invalid_accounts_are_refused_whether_or_not_one_is_used(run_program: RunProgram) -> None:
    config = {"device-certificates:accounts": '{"b": {"acessKey": "hunter2"}}'}
    for account in (None, "b"):
        with pytest.raises(ConfigError, match=r"'b' has an unknown key, 'acessKey'; the keys are region,") as raised:
            run_program(lambda account=account: of_account(account), config=config)
        assert "hunter2" not in str(raised.value)
