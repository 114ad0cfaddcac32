"""Fleets of services that are broken, wrong or slow."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from tests.unit.reading.fleet.fleets import Fleets, account, read_fleet

from alicloud_device_certificates.cloud.errors import FleetError, UnexpectedResponseError
from alicloud_device_certificates.cloud.operation import Operation
from alicloud_device_certificates.reading import Reader

CA = "mqtt-fleet/cn-hangzhou/post-1/00f2"
PRODUCT = "iot-fleet/cn-shanghai/-/a1B"
PEM = (Path(__file__).parents[2] / "vectors" / "certificate" / "ec-p256.pem").read_text(encoding="utf-8")
Document = dict[str, Any]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


def device(sn: str, **fields: object) -> Document:
    return {"DeviceSn": sn, "DeviceName": "d", "CaSn": "00f2", "DeviceContent": PEM, "Status": 1, **fields}


def without(name: str, document: Document) -> Document:
    return {other: value for other, value in document.items() if other != name}


class Stub:
    """A service of these devices, whose pages report ``total``."""

    def __init__(self, devices: list[Document], **data: object) -> None:
        self.devices = devices
        self.data = data
        self.calls = 0

    def is_emulated(self, product: str) -> bool:
        return False

    async def call(
        self, operation: Operation, arguments: Mapping[str, str], *, read: Callable[[Document], Any], **_: object
    ) -> Any:
        self.calls += 1
        await asyncio.sleep(0)
        if operation.name == "QueryDeviceCert":
            return read({"DeviceCertInfo": {"Status": 0, "CertSN": arguments["DeviceName"]}})
        if operation.name == "QueryDevice":
            number, size = int(arguments["CurrentPage"]), int(arguments["PageSize"])
            page = self.devices[(number - 1) * size : number * size]
            return read({"Data": {"DeviceInfo": page} if page else None, **self.data})
        number, size = int(arguments["PageNo"]), int(arguments["PageSize"])
        page = self.devices[(number - 1) * size : number * size]
        return read({"Data": {"DeviceCertificateVOS": page, "Total": len(self.devices), **self.data}})


OFF = {"cross_check": "off"}


@pytest.mark.parametrize("total", [None, "", 0, 1, 3, "3", 100, 200, 10_000])
@pytest.mark.parametrize("devices", [0, 100, 101, 230])
def test_a_total_that_is_missing_or_wrong_or_a_number_of_pages_loses_nothing(total: object, devices: int) -> None:
    service = Stub([device(f"{number:04x}") for number in range(devices)], Total=total)
    found = read_fleet(service, CA, **OFF)
    assert len(found["certificates"]) == devices
    assert service.calls < 1000


def test_a_number_of_pages_that_equals_the_devices_of_the_first_page_loses_nothing() -> None:
    service = Stub([device(f"{number:04x}") for number in range(9950)], Total=100)
    assert read_fleet(service, CA, fields="summary", **OFF)["summary"]["count"] == 9950


@pytest.mark.parametrize("data", [{}, {"Total": 0}, {"Total": 130}, {"Total": 130, "NextToken": "next"}])
def test_a_product_is_listed_with_or_without_tokens_and_totals(data: Document) -> None:
    service = Stub([{"DeviceName": f"d-{number}"} for number in range(130)], **data)
    assert read_fleet(service, PRODUCT, allow_pending=True)["summary"]["count"] == 130


def test_a_list_without_tokens_is_read_until_nothing_new_is_found() -> None:
    class Moving(Stub):
        async def call(self, operation: Operation, *arguments: Any, **named: Any) -> Any:
            if self.calls == 1:
                self.devices = self.devices[1:]
            return await super().call(operation, *arguments, **named)

    service = Moving([{"DeviceName": f"d-{number}"} for number in range(130)], Total=130)
    found = read_fleet(service, PRODUCT, allow_pending=True)["certificates"]
    assert {f"d-{number}" for number in range(1, 130)} <= found.keys()


def test_a_product_whose_pages_are_all_the_same_is_no_endless_list() -> None:
    class Same(Stub):
        async def call(self, operation: Operation, arguments: Mapping[str, str], **named: Any) -> Any:
            return await super().call(operation, {**arguments, "CurrentPage": "1"}, **named)

    service = Same([{"DeviceName": f"d-{number}"} for number in range(50)], NextToken="next")
    assert read_fleet(service, PRODUCT, allow_pending=True)["summary"]["count"] == 50
    assert service.calls < 100


@pytest.mark.parametrize(
    ("broken", "code", "category"),
    [
        (without("DeviceContent", device("02")), "UnexpectedResponseError", "query_failed"),
        (device("02", DeviceContent=7), "unreadable", "unreadable"),
        (device("02", DeviceContent=["x"]), "UnexpectedResponseError", "query_failed"),
        (device("02", DeviceContent="garbage"), "unreadable", "unreadable"),
        (device("02", Status="7"), "UnexpectedResponseError", "query_failed"),
        (device("02", ValidEnd="soon"), "UnexpectedResponseError", "query_failed"),
        (without("DeviceName", device("02")), "UnexpectedResponseError", "query_failed"),
    ],
)
def test_a_broken_item_that_has_a_name_concerns_only_itself(broken: Document, code: str, category: str) -> None:
    service = Stub([device("01"), broken, device("03")])
    with pytest.raises(FleetError, match=r"1 certificate of the fleet .* cannot be read: 02\. .*CA 00f2, device 02"):
        read_fleet(service, CA, **OFF)
    found = read_fleet(service, CA, read_failure=True, **OFF)
    assert list(found["certificates"]) == ["01", "03"]
    assert found["summary"]["count"] == 2
    assert (found["errors"]["02"]["code"], found["errors"]["02"]["category"]) == (code, category)


@pytest.mark.parametrize(
    "broken", [without("DeviceSn", device("02")), without("CaSn", device("02")), device("02", DeviceSn=["x"])]
)
def test_an_item_without_a_name_is_an_error_of_the_whole_response(broken: Document) -> None:
    with pytest.raises(UnexpectedResponseError, match=r"Data\.DeviceCertificateVOS\.(DeviceSn|CaSn) is"):
        read_fleet(Stub([device("01"), broken]), CA, on_error="report", **OFF)


def test_a_device_that_the_engine_would_take_for_unknown_has_another_key() -> None:
    marker = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    found = read_fleet(Stub([device(marker), device("a\ud800")]), CA, **OFF)
    assert marker not in found["certificates"]
    assert sorted(found["certificates"]) == [f"{marker} ", "a\ufffd"]


def faulty(app: Any, chance: random.Random) -> Any:
    """Return an application 30 % of whose responses are broken."""

    async def run(scope: Message, receive: Any, send: Send) -> None:
        fault = chance.random()
        if fault < 0.1:
            raise ConnectionResetError
        if fault < 0.2:
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body", "body": b"<html>busy</html>"})
            return

        async def cut(message: Message) -> None:
            body = message.get("body", b"")
            await send({**message, "body": body[: len(body) // 2]} if fault < 0.3 and body else message)

        await app(scope, receive, cut)

    return run


@pytest.mark.parametrize("seed", range(3))
def test_thirty_percent_faults_change_nothing_in_what_is_read(tmp_path: Path, seed: int) -> None:
    mqtt = "[{id: post-1, cas: [{sn: 00f2, synthetic: {devices: 230}}]}]"
    fleets = Fleets(tmp_path, account(mqtt=mqtt, iot="[{product_key: a1B, synthetic: {devices: 60}}]"))
    client = fleets.connect(faulty(fleets.app, random.Random(seed)))
    for id_ in (CA, PRODUCT):
        assert read_fleet(client, id_) == fleets.read(id_)
    names = list(fleets.read(CA)["certificates"])[:3]
    assert read_fleet(client, CA, device_sns=names) == fleets.read(CA, device_sns=names)


@pytest.mark.parametrize("id_", [CA, PRODUCT])
@pytest.mark.parametrize("after", [1, 2, 5, 40])
def test_a_read_that_is_cancelled_leaves_nothing_behind(id_: str, after: int) -> None:
    class Slow(Stub):
        open_calls = 0

        async def call(self, *arguments: Any, **named: Any) -> Any:
            self.open_calls += 1
            try:
                if self.calls >= after:
                    started.set()
                    await asyncio.Event().wait()
                return await super().call(*arguments, **named)
            finally:
                self.open_calls -= 1

    devices = [device(f"{number:04x}") | {"DeviceName": f"d-{number}"} for number in range(5000)]
    service, started = Slow(devices), asyncio.Event()

    async def story() -> None:
        task = asyncio.ensure_future(Reader(service).read_fleet(id_, {**OFF, "allow_pending": True}))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert service.open_calls == 0

    asyncio.run(story())


def test_an_error_of_one_of_many_devices_ends_the_requests_of_all_others() -> None:
    class Denied(Stub):
        async def call(self, operation: Operation, *arguments: Any, **named: Any) -> Any:
            if self.calls == 5:
                raise UnexpectedResponseError("no")
            return await super().call(operation, *arguments, **named)

    service = Denied([{"DeviceName": f"d-{number}"} for number in range(40)])
    with pytest.raises(FleetError):
        read_fleet(service, PRODUCT, allow_pending=True)


def test_the_log_has_no_content_of_a_list(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    fleets = Fleets(tmp_path, account(mqtt="[{id: post-1, cas: [{sn: 00f2, synthetic: {devices: 3}}]}]"))
    with caplog.at_level(logging.DEBUG):
        fleets.read(CA)
    assert "ListDeviceCertificateByCaSn" in caplog.text
    assert "BEGIN" not in caplog.text
