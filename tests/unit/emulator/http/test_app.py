"""The door: methods, actions, formats, and what every response carries."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from alicloud_device_certificates import emulator as package
from alicloud_device_certificates.contract.distribution import version
from alicloud_device_certificates.contract.emulator_header import EMULATOR_HEADER
from alicloud_device_certificates.emulator.http.app import EmulatorAccount, emulator_app

ARGUMENTS = {"MqttInstanceId": "post-cn-1", "CaSn": "00f2", "DeviceSn": "356201"}


def fields(text: str) -> tuple[str, dict[str, str]]:
    root = Xml.fromstring(text)
    return root.tag, {child.tag: child.text or "" for child in root}


def test_every_response_says_that_it_is_the_emulators(emulated: Any) -> None:
    responses = [
        emulated.mqtt(),
        emulated.mqtt("nobody"),
        emulated.mqtt(secret="another"),
        emulated.iot("nobody"),
        emulated.send("GET", "/"),
        emulated.send("GET", "/elsewhere"),
        emulated.send("DELETE", "/"),
        emulated.control("state"),
        emulated.control("nonsense"),
        emulated.send("GET", "/_emulator/state", headers={"origin": "http://example.com"}),
    ]
    assert len({response.status_code for response in responses}) > 4
    for response in responses:
        assert response.headers[EMULATOR_HEADER] == version()
        assert response.headers["server"] == f"device-certificates-emulator/{version()}"


def test_a_request_id_is_new_for_each_response_and_in_its_header(emulated: Any) -> None:
    responses = [emulated.mqtt(), emulated.mqtt(), emulated.mqtt("nobody")]
    ids = [response.json()["RequestId"] for response in responses]
    assert len(set(ids)) == 3
    assert [response.headers["x-acs-request-id"] for response in responses] == ids


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"x-acs-action": None}, 400, "MissingAction"),
        ({"x-acs-version": None}, 400, "MissingVersion"),
        ({"x-acs-version": "2014-05-26"}, 400, "InvalidVersion"),
        ({"x-acs-action": "DeleteDeviceCertificate"}, 404, "InvalidAction.NotFound"),
        ({"x-acs-version": "2018-01-20"}, 404, "InvalidAction.NotFound"),
    ],
)
def test_an_action_must_be_one_of_the_versions(
    emulated: Any, change: dict[str, str | None], status: int, code: str
) -> None:
    response = emulated.mqtt(change=change)
    assert (response.status_code, response.json()["Code"]) == (status, code)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_only_get_and_post_are_methods(emulated: Any, method: str) -> None:
    response = emulated.mqtt(method=method)
    assert (response.status_code, response.json()["Code"]) == (400, "UnsupportedHTTPMethod")


def test_another_path_is_no_api(emulated: Any) -> None:
    parameters = {"Action": "GetDeviceCertificate", "Version": "2020-04-20", "Format": "JSON"}
    response = emulated.send("GET", "/v1", params=parameters)
    assert (response.status_code, response.json()["Code"]) == (404, "InvalidAction.NotFound")


@pytest.mark.parametrize(
    ("requested", "content_type"), [("XML", "text/xml"), ("xml", "text/xml"), ("JSON", "application/json")]
)
def test_the_format_is_the_one_requested_in_both_styles(emulated: Any, requested: str, content_type: str) -> None:
    arguments = {**ARGUMENTS, "Format": requested}
    for response in (emulated.acs3("GetDeviceCertificate", arguments), emulated.v2("GetDeviceCertificate", arguments)):
        assert response.status_code == 200
        assert response.headers["content-type"] == f"{content_type};charset=utf-8"


def test_without_a_format_the_old_style_gets_xml_and_the_new_one_json(emulated: Any) -> None:
    assert emulated.mqtt().json()["Data"]["DeviceSn"] == "356201"
    response = emulated.v2("GetDeviceCertificate", ARGUMENTS, change={"Format": None})
    assert Xml.fromstring(response.text).findtext("Data/DeviceSn") == "356201"


def test_xml_holds_what_json_holds(emulated: Any) -> None:
    arguments = {"MqttInstanceId": "post-cn-1", "PageNo": "1", "PageSize": "10"}
    document = emulated.acs3("ListDeviceCertificate", arguments).json()["Data"]
    root = Xml.fromstring(emulated.acs3("ListDeviceCertificate", {**arguments, "Format": "XML"}).text)
    assert root.tag == "ListDeviceCertificateResponse"
    assert root.findtext("Data/Total") == str(document["Total"])
    rows = [{child.tag: child.text for child in row} for row in root.iterfind("Data/DeviceCertificateVOS")]
    assert rows == [{key: str(value) for key, value in row.items()} for row in document["DeviceCertificateVOS"]]


def test_errors_come_as_xml_too(emulated: Any) -> None:
    tag, content = fields(emulated.acs3("GetDeviceCertificate", {**ARGUMENTS, "Format": "XML", "CaSn": "x"}).text)
    assert tag == "Error"
    assert set(content) == {"RequestId", "HostId", "Code", "Message"}
    assert (content["Code"], content["HostId"]) == ("FindDeviceBySnError", "127.0.0.1:8080")
    arguments = {"ProductKey": "pk1", "DeviceName": "nobody", "Format": "XML"}
    tag, content = fields(emulated.acs3("QueryDeviceCert", arguments, version="2018-01-20").text)
    assert (tag, content["Success"], content["Code"]) == (
        "QueryDeviceCertResponse",
        "false",
        "iot.device.NotExistedDevice",
    )


def test_xml_is_well_formed_whatever_a_name_holds(
    emulate: Callable[[str], Any], one_device: Callable[[str], str]
) -> None:
    emulated = emulate(one_device('name: "a<b>&\\"c\\u0001d"'))
    response = emulated.acs3("GetDeviceCertificate", {**ARGUMENTS, "Format": "XML"})
    assert Xml.fromstring(response.text).findtext("Data/DeviceName") == 'a<b>&"cd'


def test_a_body_beyond_any_bound_is_not_kept(emulated: Any) -> None:
    response = emulated.mqtt(method="POST", body=b"a=" + b"x" * 2_000_000)
    assert response.json()["Code"] == "SignatureDoesNotMatch"


def test_a_mistake_of_the_emulators_own_is_reported_without_its_text(emulated: Any) -> None:
    class Broken(dict[str, Any]):
        def get(self, key: str, default: object = None) -> object:
            raise RuntimeError("hush")

    emulated.app.world.__dict__["users"] = Broken()
    response = emulated.mqtt()
    assert (response.status_code, response.json()["Code"]) == (400, "EmulatorFault")
    assert response.json()["Message"].startswith("RuntimeError in test_app.py, line ")
    assert "hush" not in response.text


def test_the_account_to_sign_with_is_the_first_user_and_hides_its_secrets(emulate: Callable[[str], Any]) -> None:
    user = "{access_key_id: a, access_key_secret: hush, token: hush-too}"
    account = emulate(f"accounts: [{{id: '1', users: [{user}]}}]").app.account
    assert account == EmulatorAccount(
        account_id="1", access_key_id="a", access_key_secret="hush", security_token="hush-too"
    )
    assert "hush" not in repr(account)


def test_the_default_scenario_has_the_default_account(tmp_path: Path) -> None:
    app = emulator_app(state=tmp_path / "state")
    assert app.account.access_key_id == "emulator-access-key-id"
    assert app.world.scenario.accounts[0].id == app.account.account_id == "1000000000000001"


def test_the_state_is_beside_the_project_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert emulator_app().world.state.path == tmp_path / ".device-certificates" / "emulator"


def test_only_http_is_served(emulated: Any) -> None:
    async def never(*_: object) -> dict[str, object]:
        raise AssertionError

    asyncio.run(emulated.app({"type": "lifespan"}, never, never))


def test_the_package_gives_its_names_and_no_others() -> None:
    assert {getattr(package, name).__name__ for name in package.__all__} == set(package.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = package.nonsense


@pytest.mark.parametrize("heavy", ["cryptography", "uvicorn", "filelock", "httpx"])
def test_what_costs_time_is_imported_only_when_needed(heavy: str) -> None:
    code = f"import sys, alicloud_device_certificates.emulator.http.app; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
