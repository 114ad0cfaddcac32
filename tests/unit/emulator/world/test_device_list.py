from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alicloud_device_certificates.emulator.scenario.scenario import Ca, MqttDevice, MqttInstance
from alicloud_device_certificates.emulator.scenario.synthetic import SyntheticDevices
from alicloud_device_certificates.emulator.world.device_list import DeviceList
from alicloud_device_certificates.emulator.world.devices import RegisteredMqttDevice, registered_mqtt_device
from alicloud_device_certificates.emulator.world.state import Changes
from alicloud_device_certificates.emulator.world.synthetic import SyntheticPart, synthetic_mqtt

CA = Ca(sn="00f2")
INSTANCE = MqttInstance(id="post-cn-1", cas=[CA])
DEVICES = [registered_mqtt_device(INSTANCE, CA, MqttDevice(sn=str(number)), {}) for number in range(40)]


def synthetic(count: int, *removed: str) -> SyntheticPart[RegisteredMqttDevice]:
    ca = Ca(sn="00f2", synthetic=SyntheticDevices(devices=count))
    part = synthetic_mqtt(INSTANCE, ca, Changes(removed=list(removed)))
    assert part is not None
    return part


@given(st.lists(st.integers(0, 10), max_size=4), st.integers(-5, 45), st.integers(-5, 45))
def test_a_list_of_parts_is_sliced_as_one(sizes: list[int], start: int, stop: int) -> None:
    parts = [DEVICES[sum(sizes[:number]) : sum(sizes[: number + 1])] for number in range(len(sizes))]
    whole = DEVICES[: sum(sizes)]
    devices = DeviceList(parts)
    assert len(devices) == len(whole)
    first, last = max(start, 0), max(stop, 0)
    assert devices.between(start, stop) == whole[first:last]
    assert devices.newest_first(start, stop) == whole[::-1][first:last]


@given(st.integers(1, 30), st.sets(st.integers(1, 40)))
def test_removed_synthetic_devices_leave_no_gap(count: int, removed: set[int]) -> None:
    names = [device.identity for device in DeviceList([synthetic(50)]).between(0, 50)]
    part = synthetic(count, *(names[index - 1] for index in removed))
    left = [names[index - 1] for index in range(1, count + 1) if index not in removed]
    assert [device.identity for device in DeviceList([part]).between(0, 99)] == left
    assert len(part) == len(left)
    for identity in names:
        found = part.get(identity)
        assert (None if found is None else found.identity) == (identity if identity in left else None)


@pytest.mark.parametrize("position", [-1, 3])
def test_no_device_is_made_outside_of_the_list(position: int) -> None:
    with pytest.raises(IndexError):
        synthetic(3)[position]


def test_a_page_makes_no_more_devices_than_it_shows() -> None:
    made = []

    class Watched:
        def __len__(self) -> int:
            return 1_000_000

        def __getitem__(self, position: int, /) -> RegisteredMqttDevice:
            made.append(position)
            return DEVICES[position % 40]

    devices = DeviceList[RegisteredMqttDevice]([DEVICES, Watched()])
    assert len(devices.between(500_000, 500_100)) == 100
    assert len(devices.newest_first(0, 3)) == 3
    assert len(made) == 103
