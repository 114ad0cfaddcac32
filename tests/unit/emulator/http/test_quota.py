from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alicloud_device_certificates.emulator.http.quota import QuotaCounter

SHARED = """
accounts:
  - id: "1"
    quotas: {onsmqtt: 2, iot: 1}
    users:
      - {access_key_id: owner, access_key_secret: the-secret-of-owner}
      - {access_key_id: robot, access_key_secret: the-secret-of-owner}
    mqtt_instances: [{id: post-cn-1, cas: [{sn: 00f2, devices: [{sn: 356201}]}]}]
    iot_products: [{product_key: pk1, devices: [{name: lamp, status: generating}]}]
  - id: "2"
    users: [{access_key_id: stranger, access_key_secret: the-secret-of-owner}]
"""


def test_so_many_calls_are_admitted_in_each_second() -> None:
    quotas = QuotaCounter()
    assert [quotas.admit("1", "iot", limit=2, now=now) for now in (0, 500, 999, 1000, 1001, 1002)] == [
        True,
        True,
        False,
        True,
        True,
        False,
    ]


def test_accounts_and_services_are_counted_apart_and_zero_is_no_limit() -> None:
    quotas = QuotaCounter()
    assert all(quotas.admit(account, service, limit=1, now=0) for account in "ab" for service in ("iot", "onsmqtt"))
    assert all(quotas.admit("c", "iot", limit=0, now=0) for _ in range(1000))


def test_past_the_quota_of_the_account_its_users_are_throttled(emulate: Callable[[str], Any]) -> None:
    emulated = emulate(SHARED)
    assert [emulated.mqtt(key=key).status_code for key in ("owner", "robot")] == [200, 200]
    throttled = emulated.mqtt()
    assert (throttled.status_code, throttled.json()["Code"]) == (400, "Throttling.User")
    assert [emulated.iot().status_code for _ in range(2)] == [200, 400]
    assert emulated.mqtt(key="stranger").json()["Code"] == "MqttOwnerCheckError"
    emulated.clock.at += 1
    assert emulated.mqtt().status_code == 200


def test_a_call_that_was_refused_at_the_door_does_not_count(emulate: Callable[[str], Any]) -> None:
    emulated = emulate(SHARED)
    assert [emulated.mqtt(secret="another").status_code for _ in range(5)] == [400] * 5
    assert emulated.mqtt().status_code == 200
