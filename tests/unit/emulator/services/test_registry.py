from __future__ import annotations

import pytest

from alicloud_device_certificates.emulator.services import iot, iot_lists, mqtt, mqtt_lists
from alicloud_device_certificates.emulator.services.registry import OPERATIONS, OPERATIONS_BY_KEY, operation_table


def test_the_operations_of_every_service_module_are_registered() -> None:
    assert set(OPERATIONS) == {
        operation for module in (mqtt, mqtt_lists, iot, iot_lists) for operation in module.OPERATIONS
    }
    assert OPERATIONS_BY_KEY["2018-01-20", "QueryDeviceCert"].service.product == "iot"


def test_an_operation_cannot_be_registered_twice() -> None:
    with pytest.raises(ValueError, match="two operations are QueryDeviceCert of version 2018-01-20"):
        operation_table([*OPERATIONS, *iot.OPERATIONS])
