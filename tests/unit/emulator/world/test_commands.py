from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from alicloud_device_certificates.emulator.errors import CommandError, ScenarioError
from alicloud_device_certificates.emulator.scenario.scenario import IotDevice, MqttDevice
from alicloud_device_certificates.emulator.world import commands
from alicloud_device_certificates.emulator.world.world import World

TWINS = """
accounts:
  - id: "1"
    users: [{access_key_id: a, access_key_secret: b}]
    mqtt_instances:
      - id: one
        cas: [{sn: 00f2, devices: [{sn: 01, name: twin}]}, {sn: 00f3, devices: [{sn: 02}]}]
      - {id: two, cas: [{sn: 00f2, devices: [{sn: 01, name: twin}]}]}
    iot_products: [{product_key: pk1, devices: [{name: twin}]}, {product_key: pk2}]
"""


@pytest.fixture
def world(emulated: Any) -> World:
    made: World = emulated.app.world
    return made


def certificate(world: World, name: str) -> x509.Certificate:
    record = world.certificate(commands.find_device(world, name))
    return x509.load_pem_x509_certificate(record.certificate_pem.encode())


@pytest.mark.parametrize(
    "name", ["first", "356201", "post-cn-1/first", "post-cn-1/356201", "mqtt/post-cn-1/00f2/356201"]
)
def test_a_device_goes_by_several_names(world: World, name: str) -> None:
    assert commands.find_device(world, name).identity == "mqtt/post-cn-1/00f2/356201"


def test_a_name_that_means_several_devices_is_refused(emulate: Callable[[str], Any]) -> None:
    world = emulate(TWINS).app.world
    with pytest.raises(CommandError) as raised:
        commands.find_device(world, "twin")
    assert str(raised.value) == ("'twin' is ambiguous; use one of mqtt/one/00f2/01, mqtt/two/00f2/01, iot/pk1/twin")
    assert commands.find_device(world, "two/twin").identity == "mqtt/two/00f2/01"
    assert commands.find_device(world, "pk1/twin").identity == "iot/pk1/twin"


CLONES = """
accounts:
  - id: "1"
    users: [{access_key_id: a, access_key_secret: b}]
    mqtt_instances:
      - id: one
        cas: [{sn: 00f2, devices: [{sn: 01, name: own, key: ec-p384}, {sn: 02, name: clone, key_of: "01"}]}]
    iot_products: [{product_key: pk, devices: [{name: lamp, key: ec-p256}, {name: copy, key_of: lamp}]}]
"""


@pytest.mark.parametrize(("own", "clone"), [("own", "clone"), ("lamp", "copy")])
def test_a_device_can_have_the_key_of_another_one(emulate: Callable[[str], Any], own: str, clone: str) -> None:
    world = emulate(CLONES).app.world
    one, other = certificate(world, clone), certificate(world, own)
    assert one.public_key() == other.public_key()
    assert one.serial_number != other.serial_number
    assert certificate(world, clone) == one


def test_a_clone_whose_original_was_removed_has_no_key(emulate: Callable[[str], Any]) -> None:
    world = emulate(CLONES).app.world
    commands.remove(world, "own")
    with pytest.raises(ScenarioError, match=r"^mqtt/one/00f2/02: key_of: no device '01' with a key of its own$"):
        certificate(world, "clone")


def test_a_name_that_means_nothing_is_refused_with_the_names_there_are(
    world: World, emulate: Callable[[str], Any]
) -> None:
    with pytest.raises(CommandError, match=r"^no device 'x'; known devices: first, second, lamp, new$"):
        commands.find_device(world, "x")
    empty = emulate("accounts: [{id: '1', users: [{access_key_id: a, access_key_secret: b}]}]")
    with pytest.raises(CommandError, match=r"known devices: none$"):
        commands.find_device(empty.app.world, "x")
    many = ", ".join(f"{{sn: {number:02d}}}" for number in range(9))
    crowd = f"mqtt_instances: [{{id: i, cas: [{{sn: c, devices: [{many}]}}]}}]"
    user = "{access_key_id: a, access_key_secret: b}"
    full = emulate(f"accounts: [{{id: '1', users: [{user}], {crowd}}}]")
    with pytest.raises(CommandError, match=r"06, 07, \.\.\.$"):
        commands.find_device(full.app.world, "x")


@pytest.mark.parametrize("name", ["first", "lamp"])
def test_a_rotation_gives_a_new_key_and_certificate_and_the_same_validity_from_now(
    world: World, emulated: Any, name: str
) -> None:
    before = certificate(world, name)
    emulated.clock.at += 3600
    record = commands.rotate(world, name)
    after = certificate(world, name)
    assert after.public_key() != before.public_key()
    assert after.not_valid_before_utc.timestamp() == emulated.clock.at
    lifetimes = [c.not_valid_after_utc - c.not_valid_before_utc for c in (before, after)]
    assert lifetimes[0] == lifetimes[1]
    assert (record.serial_hex == f"{before.serial_number:x}") is (name == "first")


def test_a_rotated_certificate_keeps_its_sn_as_serial_number_unless_another_is_wanted(world: World) -> None:
    assert commands.rotate(world, "first").serial_hex == "356201"
    assert commands.rotate(world, "first", new_serial=True).serial_hex != "356201"
    assert commands.renew(world, "first").serial_hex == "356201"


@pytest.mark.parametrize("key", ["rsa1024", "ed25519", "ec-p256"])
def test_a_renewal_keeps_the_key_and_differs_even_within_the_same_second(
    emulate: Callable[[str], Any], one_device: Callable[[str], str], key: str
) -> None:
    scenario = one_device(f"key: {key}, valid_from: '2027-01-15T08:00:00Z', valid_until: '2028-01-15T08:00:00Z'")
    world = emulate(scenario).app.world
    seen = [certificate(world, "356201")]
    for _ in range(2):
        commands.renew(world, "356201")
        seen.append(certificate(world, "356201"))
    assert len({c.fingerprint(hashes.SHA256()) for c in seen}) == 3
    assert seen[0].public_key() == seen[1].public_key() == seen[2].public_key()


def test_a_rotated_certificate_stays_after_a_restart(world: World, emulate: Callable[[], Any]) -> None:
    commands.rotate(world, "first")
    assert certificate(emulate().app.world, "first") == certificate(world, "first")


def test_a_status_is_set_until_it_is_set_again(world: World, emulated: Any) -> None:
    assert commands.deactivate(world, "first").status == "inactive"
    assert emulated.mqtt().json()["Data"]["Status"] == 0
    assert commands.activate(world, "first").status == "active"
    assert emulated.mqtt().json()["Data"]["Status"] == 1
    assert commands.activate(world, "new").status == "generated"
    assert emulated.iot("new").json()["DeviceCertInfo"]["Status"] == 2
    assert commands.set_status(world, "new", "failed").status == "failed"
    assert emulated.iot("new").json()["DeviceCertInfo"] == {"Status": 1}


@pytest.mark.parametrize(("name", "status"), [("lamp", "inactive"), ("lamp", "active"), ("first", "generated")])
def test_a_status_that_the_service_does_not_know_is_refused(world: World, name: str, status: str) -> None:
    with pytest.raises(CommandError, match=f"status '{status}' is not one of"):
        commands.set_status(world, name, status)


def test_an_added_device_is_there_at_once_and_stays(emulated: Any, emulate: Callable[[], Any]) -> None:
    world = emulated.app.world
    assert commands.add_mqtt(world, MqttDevice(sn="356209")).identity == "mqtt/post-cn-1/00f2/356209"
    assert commands.add_iot(world, IotDevice(name="more", key="ec-p256")).identity == "iot/pk1/more"
    assert emulated.mqtt("356209").json() | {"RequestId": 0} == emulate().mqtt("356209").json() | {"RequestId": 0}
    assert emulated.iot("more").json()["DeviceCertInfo"]["Status"] == 2


def test_a_device_cannot_be_added_twice_or_with_nonsense(world: World) -> None:
    with pytest.raises(CommandError, match=r"^mqtt/post-cn-1/00f2/356201 already exists$"):
        commands.add_mqtt(world, MqttDevice(sn="356201"))
    with pytest.raises(CommandError, match=r"^iot/pk1/x\.valid_until: 'soon' is neither relative"):
        commands.add_iot(world, IotDevice(name="x", valid_until="soon"))


def test_where_to_add_must_be_said_only_where_there_is_a_choice(emulate: Callable[[str], Any]) -> None:
    world = emulate(TWINS).app.world
    device = MqttDevice(sn="09")
    with pytest.raises(CommandError, match=r"^choose one MQTT instance: one, two$"):
        commands.add_mqtt(world, device)
    with pytest.raises(CommandError, match=r"^choose one CA of one: 00f2, 00f3$"):
        commands.add_mqtt(world, device, mqtt_instance_id="one")
    with pytest.raises(CommandError, match=r"^no CA of two '00f3'; known: 00f2$"):
        commands.add_mqtt(world, device, mqtt_instance_id="two", ca_sn="00f3")
    with pytest.raises(CommandError, match=r"^choose one product: pk1, pk2$"):
        commands.add_iot(world, IotDevice(name="x"))
    assert commands.add_mqtt(world, device, mqtt_instance_id="two").identity == "mqtt/two/00f2/09"
    assert commands.add_iot(world, IotDevice(name="x"), product_key="pk2").identity == "iot/pk2/x"


def test_a_device_added_to_what_the_scenario_no_longer_has_is_not_shown(
    emulate: Callable[[str], Any], one_device: Callable[[str], str]
) -> None:
    world = emulate(TWINS).app.world
    commands.add_mqtt(world, MqttDevice(sn="09"), mqtt_instance_id="two")
    commands.add_mqtt(world, MqttDevice(sn="09"), mqtt_instance_id="one", ca_sn="00f3")
    commands.add_iot(world, IotDevice(name="x"), product_key="pk2")
    elsewhere = one_device("key: ec-p256").replace("post-cn-1", "one")
    assert list(emulate(elsewhere).app.world.devices()) == ["mqtt/one/00f2/356201"]


def test_a_removed_device_is_gone_with_its_certificate_and_can_be_added_again(world: World, emulated: Any) -> None:
    before = certificate(world, "first")
    commands.deactivate(world, "first")
    assert commands.remove(world, "first").identity == "mqtt/post-cn-1/00f2/356201"
    assert emulated.mqtt().json()["Code"] == "FindDeviceBySnError"
    commands.add_mqtt(world, MqttDevice(sn="356201", name="first"))
    assert certificate(world, "first") != before
    assert emulated.mqtt().json()["Data"]["Status"] == 1
    commands.remove(world, "first")
    commands.remove(world, "lamp")
    assert [device.name for device in world.devices().values()] == ["second", "new"]


def test_the_clock_can_be_put_wrong_and_right(world: World, emulated: Any) -> None:
    assert commands.set_clock(world, "+20m") == (emulated.clock.at + 1200) * 1000
    response = emulated.mqtt()
    assert response.json()["Code"] == "InvalidTimeStamp.Expired"
    assert response.headers["date"] == "Fri, 15 Jan 2027 08:20:00 GMT"
    assert commands.set_clock(world, None) == emulated.clock.at * 1000
    assert emulated.mqtt().status_code == 200
    with pytest.raises(CommandError, match="'soon' is not a duration"):
        commands.set_clock(world, "soon")


def test_an_overview_issues_nothing_and_shows_no_key(world: World, emulated: Any) -> None:
    assert {row["serial_number_hex"] for row in commands.describe_devices(world)} == {None}
    emulated.mqtt()
    rows = commands.describe_devices(world)
    assert rows[0] == {
        "identity": "mqtt/post-cn-1/00f2/356201",
        "name": "first",
        "status": "active",
        "key": "ec-p256",
        "shape": "escaped-newlines",
        "serial_number_hex": "356201",
        "not_before": (emulated.clock.at - 30 * 86_400) * 1000,
        "not_after": (emulated.clock.at + 335 * 86_400) * 1000,
    }
    assert [row["not_after"] for row in rows[1:]] == [None] * 3


def test_an_sn_that_is_made_up_can_be_a_serial_number() -> None:
    sns = {commands.new_sn() for _ in range(100)}
    assert len(sns) == 100
    assert all(0 < int(sn, 16) < 1 << 159 for sn in sns)
