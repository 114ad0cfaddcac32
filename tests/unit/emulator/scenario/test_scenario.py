from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from alicloud_device_certificates.emulator.errors import ScenarioError
from alicloud_device_certificates.emulator.scenario.loading import DEFAULT_SCENARIO, load_scenario
from alicloud_device_certificates.emulator.scenario.scenario import IotDevice, Scenario, User, json_schema

USER = "{access_key_id: a, access_key_secret: b}"


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], Scenario]:
    def from_text(text: str, name: str = "scenario.yaml") -> Scenario:
        file = tmp_path / name
        file.write_text(text)
        return load_scenario(file)

    return from_text


def test_the_default_scenario_has_the_names_that_the_documentation_promises() -> None:
    (account,) = load_scenario().accounts
    assert account.id == "1000000000000001"
    assert account.users[0].access_key_id == "emulator-access-key-id"
    assert account.users[0].access_key_secret == "emulator-access-key-secret"
    (instance,) = account.mqtt_instances
    assert (instance.id, instance.region) == ("post-cn-emulator01", "cn-hangzhou")
    (ca,) = instance.cas
    assert ca.sn == "00f26900ba87"
    assert [(device.sn, device.name, device.key, device.status) for device in ca.devices] == [
        ("356217374433aa01", "gateway-01", "ec-p256", "active"),
        ("356217374433aa02", "gateway-02", "rsa2048", "active"),
        ("356217374433aa03", "sensor-01", "ed25519", "active"),
        ("356217374433aa04", "sensor-02", "ec-p256", "inactive"),
        ("356217374433aa05", "expiring-01", "ec-p256", "active"),
    ]
    (product,) = account.iot_products
    assert product.product_key == "a1BwAGVemul8"
    assert [(device.name, device.key, device.status) for device in product.devices] == [
        ("light-01", "rsa2048", "generated"),
        ("light-02", "ec-p256", "generated"),
        ("light-03", "rsa2048", "generating"),
    ]


def test_a_scalar_stays_the_text_that_was_written(load: Callable[[str], Scenario]) -> None:
    text = f"accounts: [{{id: 0012, users: [{USER}], mqtt_instances: [{{id: 1e3, cas: [{{sn: 007, name: no}}]}}]}}]"
    account = load(text).accounts[0]
    assert (account.id, account.mqtt_instances[0].id) == ("0012", "1e3")
    assert (account.mqtt_instances[0].cas[0].sn, account.mqtt_instances[0].cas[0].name) == ("007", "no")


def test_json_is_read_where_the_file_says_so(load: Callable[..., Scenario]) -> None:
    document = yaml.load(DEFAULT_SCENARIO.read_text(), Loader=yaml.BaseLoader)
    assert load(json.dumps(document), "scenario.json") == load_scenario()
    with pytest.raises(ScenarioError, match="invalid JSON"):
        load("{]", "scenario.json")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("accounts: []", "accounts: Expected `array` of length >= 1"),
        ("{}", "Object missing required field `accounts`"),
        ("[]", "Expected `object`, got `array`"),
        ("accounts: [{id: '1', users: []}]", "accounts[0].users: Expected `array` of length >= 1"),
        (f"accounts: [{{id: '1', users: [{USER}], more: 1}}]", "accounts[0]: Object contains unknown field `more`"),
        (f"accounts: [{{id: '1', users: [{USER}, {USER}]}}]", "accounts[0].users[1]: duplicate access key 'a'"),
        (f"accounts: [{{id: '1', users: [{USER}], quotas: {{iot: x}}}}]", "accounts[0].quotas.iot: Expected `int`"),
        ("accounts: [", "line 2, column 1: invalid YAML"),
        ("accounts: \x00", "invalid YAML"),
    ],
)
def test_a_fault_is_one_line_with_the_file_and_the_place(
    load: Callable[[str], Scenario], tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(ScenarioError) as raised:
        load(text)
    assert str(raised.value).startswith(f"scenario {tmp_path / 'scenario.yaml'}: {message}")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("service", "fields", "message"),
    [
        ("mqtt", "valid_from: soon", "mqtt_instances[0].cas[0].devices[0].valid_from: 'soon' is neither relative"),
        ("mqtt", "valid_until: '-31d'", "devices[0].valid_until: is not after valid_from"),
        ("mqtt", "valid_until: later", "devices[0].valid_until: 'later' is neither"),
        ("mqtt", "reported_shift: 1d", "devices[0].reported_shift: '1d' is not a duration"),
        ("mqtt", "serial: xyz", "devices[0].serial: Expected `str` matching regex"),
        ("mqtt", "key: dsa", "devices[0].key: Invalid enum value 'dsa'"),
        ("mqtt", "status: gone", "devices[0].status: Invalid enum value 'gone'"),
        ("mqtt", "fault: {http: 99}", "devices[0].fault.http: Expected `int` >= 200"),
        ("iot", "key: ed25519, key_shape: pkcs1", "iot_products[0].devices[0].key_shape: pkcs1 cannot hold a key"),
        ("iot", "key_shape: sec1-base64", "devices[0].key_shape: sec1-base64 cannot hold a key of type rsa2048"),
    ],
)
def test_a_device_is_checked_field_by_field(
    load: Callable[[str], Scenario], one_device: Callable[..., str], service: str, fields: str, message: str
) -> None:
    with pytest.raises(ScenarioError) as raised:
        load(one_device(fields, service=service))
    assert message in str(raised.value)


@pytest.mark.parametrize(
    "places",
    [
        "mqtt_instances: [{id: i}, {id: i}]",
        "mqtt_instances: [{id: i, cas: [{sn: c}, {sn: c}]}]",
        "mqtt_instances: [{id: i, cas: [{sn: c, devices: [{sn: d}, {sn: d}]}]}]",
        "iot_products: [{product_key: p}, {product_key: p}]",
        "iot_products: [{product_key: p, devices: [{name: d}, {name: d}]}]",
    ],
)
def test_nothing_can_be_there_twice(load: Callable[[str], Scenario], places: str) -> None:
    with pytest.raises(ScenarioError, match="duplicate"):
        load(f"accounts: [{{id: '1', users: [{USER}], {places}}}]")


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"none\.yaml: cannot be read \(No such file or directory\)$"):
        load_scenario(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"accounts: \xff")
    with pytest.raises(ScenarioError, match="is not UTF-8 text"):
        load_scenario(tmp_path / "latin.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "accounts: [{id: '1', users: [{access_key_id: a, access_key_secret: hush, oops: 1}]}]",
        "accounts: [{id: '1', users: [{access_key_id: a, access_key_secret: [hush]}]}]",
        "accounts: [{id: '1', users: [{access_key_id: a, access_key_secret: hush]",
        "accounts: [{id: '1', users: [{access_key_id: a, access_key_secret: *hush}]}]",
        "accounts:\n  - users:\n    - access_key_secret: hush\n   oops: 1\n",
    ],
)
def test_a_secret_is_never_in_the_message(load: Callable[[str], Scenario], text: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        load(text)
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("content: x, shape: pem", "`shape` has no effect beside `content`"),
        ("content: x, label: X", "`label` has no effect beside `content`"),
        ("key_content: x, key_shape: sec1", "`key_shape` has no effect beside `key_content`"),
        ("key_of: b, key: ec-p384", "`key` has no effect beside `key_of`"),
        ("key_of: b, wrong_key: true", "`wrong_key` has no effect beside `key_of`"),
        ("key_content: x, wrong_key: true", "`wrong_key` has no effect beside `key_content`"),
    ],
)
def test_what_has_no_effect_beside_ones_own_content_is_refused(
    load: Callable[[str], Scenario], fields: str, message: str
) -> None:
    products = f"iot_products: [{{product_key: pk, devices: [{{name: a, {fields}}}]}}]"
    with pytest.raises(ScenarioError, match=message):
        load(f"accounts: [{{id: '1', users: [{USER}], {products}}}]")


@pytest.mark.parametrize(
    "devices",
    [
        "{name: a, key_of: c}, {name: b}",
        "{name: a, key_of: a}, {name: b}",
        "{name: a, key_of: b}, {name: b, key_of: c}",
    ],
)
def test_whose_key_a_device_has_must_have_one_of_its_own(load: Callable[[str], Scenario], devices: str) -> None:
    products = f"iot_products: [{{product_key: pk, devices: [{devices}, {{name: d}}]}}]"
    with pytest.raises(ScenarioError, match=r"iot_products\[0\].devices\[0\].key_of: no device '[abc]' with a key"):
        load(f"accounts: [{{id: '1', users: [{USER}], {products}}}]")


def test_a_private_key_is_never_in_the_repr() -> None:
    assert "hush" not in repr(IotDevice(name="a", key_content="hush"))


def test_a_secret_is_never_in_the_repr() -> None:
    assert "hush" not in repr(User(access_key_id="a", access_key_secret="hush", token="hush"))
    assert "emulator-access-key-secret" not in repr(load_scenario())


def test_the_json_schema_forbids_what_the_loader_forbids() -> None:
    schema = json_schema()
    assert schema["$ref"] == "#/$defs/Scenario"
    assert all(definition["additionalProperties"] is False for definition in schema["$defs"].values())
    assert schema["$defs"]["MqttDevice"]["required"] == ["sn"]
    json.dumps(schema)
