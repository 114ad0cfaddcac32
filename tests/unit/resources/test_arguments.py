from __future__ import annotations

import re
from collections.abc import Iterator

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alicloud_device_certificates import IotDeviceCertificate, MqttCaCertificate, MqttDeviceCertificate
from alicloud_device_certificates.contract.ids import MAX_PART_BYTES
from alicloud_device_certificates.resources import arguments


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (None, "device_sn is missing"),
        ("", "device_sn is empty"),
        (" \t", "device_sn is empty"),
        ("a\nb", "device_sn contains a control character (a line break?)"),
        ("a\x00", "device_sn contains a control character (a line break?)"),
        (" a", "device_sn starts or ends with white space"),
        ("a" * 129, "device_sn is 129 bytes long; the maximum is 128"),
        ("设" * 43, "device_sn is 129 bytes long; the maximum is 128"),
        ("\ud800", "device_sn is not valid Unicode text"),
        (356217374433, "device_sn must be a string, not int (in YAML, put it in quotes)"),
        (b"a", "device_sn must be a string, not bytes"),
    ],
)
def test_an_invalid_identifying_text_is_a_fault(value: object, fault: str) -> None:
    assert list(arguments.text_faults("device_sn", value)) == [fault]


@pytest.mark.parametrize("value", ["a", "a" * 128, "设" * 42, "a b", "a/b%", pulumi.UNKNOWN])
def test_a_valid_or_unknown_text_is_no_fault(value: object) -> None:
    assert list(arguments.text_faults("device_sn", value)) == []


@given(st.text())
def test_no_fault_shows_a_control_character(value: str) -> None:
    for fault in arguments.text_faults("device_sn", value):
        assert fault.isprintable()


def test_two_faults_of_one_text_are_both_reported() -> None:
    faults = list(arguments.text_faults("ca_sn", "a\n" + "b" * 128))
    assert faults == [
        "ca_sn contains a control character (a line break?)",
        "ca_sn is 130 bytes long; the maximum is 128",
    ]


def test_an_optional_text_may_be_absent_but_not_empty() -> None:
    assert list(arguments.text_faults("iot_instance_id", None, required=False)) == []
    assert list(arguments.text_faults("iot_instance_id", "", required=False)) == ["iot_instance_id is empty"]


def test_the_fault_of_a_missing_region_lists_the_places_for_it() -> None:
    (fault,) = arguments.region_faults(None)
    assert "alicloud:region" in fault
    assert "ALICLOUD_REGION" in fault


@pytest.mark.parametrize("region", ["evil.example/", "cn", "CN-HANGZHOU", "", "cn-hangzhou\n", 3])
def test_an_invalid_region_never_becomes_a_host_name(region: object) -> None:
    assert list(arguments.region_faults(region))


@pytest.mark.parametrize(
    "region", ["cn-hangzhou", "ap-southeast-1", "me-east-1", "cn-shanghai-finance-1", "rus-west-1", pulumi.UNKNOWN]
)
def test_a_region_id_is_no_fault(region: object) -> None:
    assert list(arguments.region_faults(region)) == []


@pytest.mark.parametrize(
    ("region", "hint"),
    [("cn-hangzou", "; did you mean cn-hangzhou?"), ("eu-centrall-1", "; did you mean eu-central-1?"), ("xx-y", ".")],
)
def test_an_unknown_region_is_a_fault_with_the_nearest_known_one(region: str, hint: str) -> None:
    assert list(arguments.region_faults(region)) == [
        f"{region!r} is not a known region{hint} A newer one needs its endpoint in alicloud:endpoints"
    ]
    assert list(arguments.region_faults(region, any_region=True)) == []


def only_shanghai(region: object) -> Iterator[str]:
    return arguments.only_region_faults(region, "IoT Platform", only="cn-shanghai")


def test_iot_platform_serves_one_region_only() -> None:
    assert list(only_shanghai("cn-shanghai")) == []
    assert list(only_shanghai(pulumi.UNKNOWN)) == []
    (fault,) = only_shanghai("cn-hangzhou")
    assert "must be cn-shanghai" in fault


def test_a_flag_must_be_a_plain_boolean_and_its_value_is_not_shown() -> None:
    (fault,) = arguments.flag_faults({"include_private_key": "hunter2"}, "warn")
    assert fault == "include_private_key must be True or False, a plain value, not str"


@pytest.mark.parametrize(
    "within", ["", "soon", "30", "-30d", "0d", "0%", "150%", "1.5", "200y", 30, 0.1, True, ["30d"]]
)
def test_fail_within_is_a_threshold_of_the_gate(within: object) -> None:
    (fault,) = arguments.postcondition_faults(within, False)
    assert fault.startswith("fail_within: ")
    assert "is not a threshold; write a duration such as 30d, 12h or 1w2d" in fault


@pytest.mark.parametrize("within", [None, "30d", "12h", "1w2d", "10%", "99.5%", " 30D "])
def test_durations_and_shares_are_accepted(within: object) -> None:
    assert list(arguments.postcondition_faults(within, True)) == []


def test_require_active_is_a_plain_boolean_and_its_value_is_not_shown() -> None:
    (fault,) = arguments.postcondition_faults(None, "hunter2")
    assert fault == "require_active must be True or False, a plain value, not str"


@pytest.mark.parametrize("cross_check", ["ignore", None, True, ["warn"]])
def test_cross_check_is_one_of_three_words(cross_check: object) -> None:
    assert list(arguments.flag_faults({}, cross_check)) == ['cross_check must be "warn" or "error" or "off"']


def test_one_line_names_the_resource_and_lists_all_faults() -> None:
    error = arguments.ArgumentError("MqttDeviceCertificate", "gateway", ["ca_sn is empty", "device_sn is missing"])
    assert isinstance(error, pulumi.RunError)
    assert str(error) == "MqttDeviceCertificate 'gateway': ca_sn is empty; device_sn is missing"


@pytest.mark.parametrize("source", [MqttDeviceCertificate, MqttCaCertificate, IotDeviceCertificate])
def test_the_documented_limit_of_bytes_is_the_one_that_is_checked(source: type) -> None:
    assert set(re.findall(r"at most (\d+) bytes", source.__doc__ or "")) == {str(MAX_PART_BYTES)}
