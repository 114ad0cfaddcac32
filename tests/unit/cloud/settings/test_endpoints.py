"""Hosts: regional ones, and those of `alicloud:endpoints`."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.endpoints import is_region, read_endpoints, regional_host
from alicloud_device_certificates.cloud.settings.settings import TABLE
from alicloud_device_certificates.cloud.settings.sources import Sources


def read(endpoints: object) -> Mapping[str, str]:
    return read_endpoints(Sources({"endpoints": json.dumps(endpoints)}.get, {}), TABLE["endpoints"])


def test_a_product_has_a_host_in_each_region() -> None:
    assert regional_host("onsmqtt", "ap-southeast-1") == "onsmqtt.ap-southeast-1.aliyuncs.com"


@pytest.mark.parametrize("region", ["", "a.b", "cn/../", "evil.example#", "cn\n", "x" * 65])
def test_what_would_make_another_host_is_no_region(region: str) -> None:
    assert not is_region(region)
    with pytest.raises(SettingsError, match="is not a region ID"):
        regional_host("iot", region)


def test_only_our_products_are_taken_and_later_objects_win() -> None:
    assert read([{"onsmqtt": "a:1", "ecs": "not a host at all"}, {"iot": "b", "onsmqtt": "c:2"}]) == {
        "onsmqtt": "c:2",
        "iot": "b",
    }


def test_a_single_object_is_taken_like_a_list_of_one() -> None:
    assert read({"iot": "b"}) == {"iot": "b"}


@pytest.mark.parametrize("endpoints", [None, [], {}, [{"iot": ""}], [{"iot": None}]])
def test_nothing_set_is_no_endpoint(endpoints: object) -> None:
    assert read(endpoints) == {}


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("127.0.0.1:8080", "127.0.0.1:8080"),
        (" host.example ", "host.example"),
        ("[::1]:8080", "[::1]:8080"),
        ("HTTP://host:80/", "http://host:80"),
        ("https://host", "https://host"),
        ("my_host-1.vpc", "my_host-1.vpc"),
    ],
)
def test_a_host_may_have_a_port_and_a_scheme(given: str, taken: str) -> None:
    assert read([{"iot": given}]) == {"iot": taken}


@pytest.mark.parametrize(
    "given",
    [
        *(
            "host/path",
            "user@host",
            "host:port",
            "host:65536",
            "host:0",
            "ftp://host",
            "a b",
            "host?x",
            "-host",
            5,
            ["h"],
        ),
        *("[1::2::3]:443", "[fffff::]:1", "[.]:1", "[:]", "a..example", f"{'x' * 64}.example", ".".join(["abc"] * 64)),
    ],
)
def test_anything_else_is_rejected_by_name(given: object) -> None:
    with pytest.raises(SettingsError, match="alicloud:endpoints: onsmqtt is not a host or host:port"):
        read([{"onsmqtt": given}])


@pytest.mark.parametrize("endpoints", ["text", 5, ["text"], [["list"]]])
def test_endpoints_that_are_no_list_of_objects_are_rejected(endpoints: object) -> None:
    with pytest.raises(SettingsError, match="alicloud:endpoints is not a list of objects"):
        read(endpoints)
