from __future__ import annotations

import base64
import json
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import dill  # type: ignore[import-untyped] # untyped in what it ships
import pytest
from pulumi.dynamic import Config, ConfigureRequest
from pulumi.dynamic.dynamic import serialize_provider

from alicloud_device_certificates.provider import DeviceCertificateProvider, ReadError

GATEWAY = "mqtt/cn-hangzhou/post-cn-emulator01/00f26900ba87/356217374433aa01"
LIGHT = "iot/cn-shanghai/-/a1BwAGVemul8/light-01"


@pytest.fixture
def provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DeviceCertificateProvider:
    return configured(
        {"device-certificates:emulator": "true", "device-certificates:emulatorState": str(tmp_path)}, monkeypatch
    )


def configured(config: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> DeviceCertificateProvider:
    """A provider as the engine sets it up; the process's traceback limit, which that changes, is put back."""
    monkeypatch.setattr(sys, "tracebacklimit", 1000, raising=False)
    made = DeviceCertificateProvider()
    made.configure(ConfigureRequest(config=Config(config, "fleet")))
    return made


def test_what_the_engine_keeps_of_the_provider_is_its_name_alone() -> None:
    pickled = base64.b64decode(serialize_provider(DeviceCertificateProvider()))
    assert len(pickled) < 100
    assert isinstance(dill.loads(pickled), DeviceCertificateProvider)
    assert b"alicloud_device_certificates.provider" in pickle.dumps(DeviceCertificateProvider)


def test_a_read_gives_what_there_is_and_the_flags_that_a_refresh_needs(provider: DeviceCertificateProvider) -> None:
    result = provider.read(GATEWAY, {"cross_check": "error", "__provider": "x"})
    assert result.id == GATEWAY
    assert result.outs is not None
    assert set(result.outs) == {"certificate", "warnings", "include_chain", "cross_check"}
    assert result.outs["cross_check"] == "error"
    assert result.outs["warnings"] == []
    assert result.outs["certificate"]["serial_number_hex"] == "356217374433aa01"
    assert None not in result.outs["certificate"].values()


def test_a_private_key_is_read_only_on_request(provider: DeviceCertificateProvider) -> None:
    without, with_key = provider.read(LIGHT, {}), provider.read(LIGHT, {"include_private_key": True})
    assert "PRIVATE KEY" not in json.dumps(without.outs)
    assert with_key.outs is not None
    assert with_key.outs["private_key_pem"].startswith("-----BEGIN PRIVATE KEY-----\n")


def test_a_refresh_reads_with_the_outputs_of_the_last_read(provider: DeviceCertificateProvider) -> None:
    first = provider.read(LIGHT, {"include_private_key": True, "allow_pending": False, "cross_check": "warn"})
    assert first.outs is not None
    assert provider.read(LIGHT, first.outs).outs == first.outs


def test_a_refresh_of_what_is_gone_returns_no_id_so_the_engine_lets_go_of_it(
    provider: DeviceCertificateProvider,
) -> None:
    stored = provider.read(GATEWAY, {}).outs
    assert stored is not None
    for gone in (GATEWAY[:-1] + "f", "iot/cn-shanghai/-/a1BwAGVemul8/nobody"):
        result = provider.read(gone, stored)
        assert (result.id, result.outs) == ("", {})
        with pytest.raises(ReadError):
            provider.read(gone, {"include_chain": False})
    with pytest.raises(ReadError, match="still being generated"):
        provider.read("iot/cn-shanghai/-/a1BwAGVemul8/light-03", stored)


def test_reads_of_several_threads_share_one_client(provider: DeviceCertificateProvider) -> None:
    results: list[Any] = []
    threads = [threading.Thread(target=lambda: results.append(provider.read(GATEWAY, {}).outs)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert all(result == results[0] for result in results)


@pytest.mark.parametrize(
    ("id_", "reported"),
    [
        ("kafka/1", "'kafka/1' is not the ID of a device certificate"),
        (GATEWAY[:-1] + "f", "FindDeviceBySnError"),
        ("iot/cn-shanghai/-/a1BwAGVemul8/light-03", "still being generated"),
    ],
)
def test_what_goes_wrong_is_one_error_of_one_line_that_hides_nothing_behind_it(
    provider: DeviceCertificateProvider, id_: str, reported: str
) -> None:
    with pytest.raises(ReadError, match=reported) as raised:
        provider.read(id_, {})
    assert "\n" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


@pytest.mark.parametrize(
    ("id_", "category", "code"),
    [
        (GATEWAY[:-1] + "f", "missing", "FindDeviceBySnError"),
        ("iot/cn-shanghai/-/a1BwAGVemul8/nobody", "missing", "iot.device.NotExistedDevice"),
        ("iot/cn-shanghai/-/a1BwAGVemul8/light-03", "pending", ""),
    ],
)
@pytest.mark.parametrize("debugging", ["", "1"])
def test_a_failure_of_the_certificate_is_an_output_if_the_gate_requests_it(
    provider: DeviceCertificateProvider,
    monkeypatch: pytest.MonkeyPatch,
    id_: str,
    category: str,
    code: str,
    debugging: str,
) -> None:
    monkeypatch.setenv("DEVICE_CERTIFICATES_DEBUG", debugging)
    result = provider.read(id_, {"read_failure": True})
    assert result.outs is not None
    reported = result.outs["read_failure"]
    assert set(result.outs) == {"read_failure"}
    assert (reported["category"], reported["code"]) == (category, code)
    assert reported["message"].startswith(("GetDeviceCertificate (region", "QueryDeviceCert (region"))


def test_any_other_failure_ends_the_gates_preview_too(provider: DeviceCertificateProvider) -> None:
    with pytest.raises(ReadError, match="'kafka/1' is not the ID of a device certificate"):
        provider.read("kafka/1", {"read_failure": True})


def test_an_unexpected_error_is_reported_without_its_text(provider: DeviceCertificateProvider) -> None:
    class BrokenConfig(Config):
        def get(self, key: str) -> Any:
            raise RuntimeError(f"hunter2 {key}")

    provider.configure(ConfigureRequest(config=BrokenConfig({}, "fleet")))
    with pytest.raises(ReadError, match=r"an unexpected RuntimeError.*DEVICE_CERTIFICATES_DEBUG=1") as raised:
        provider.read(GATEWAY, {})
    assert "hunter2" not in str(raised.value)


def test_the_debug_switch_lets_the_error_through(
    provider: DeviceCertificateProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEVICE_CERTIFICATES_DEBUG", "1")
    with pytest.raises(Exception, match="FindDeviceBySnError") as raised:
        provider.read(GATEWAY[:-1] + "f", {})
    assert not isinstance(raised.value, ReadError)


@pytest.mark.parametrize(("switch", "shown"), [("", False), ("1", True)])
def test_a_traceback_is_cut_in_the_providers_process_only_and_unless_debugging(switch: str, *, shown: bool) -> None:
    program = """
import sys
from pulumi.dynamic import Config, ConfigureRequest
from alicloud_device_certificates.provider import DeviceCertificateProvider
assert getattr(sys, "tracebacklimit", None) is None, "the import has cut it"
DeviceCertificateProvider().configure(ConfigureRequest(config=Config({}, "fleet")))
raise SystemExit(0 if getattr(sys, "tracebacklimit", None) is None else 3)
"""
    environment = {"DEVICE_CERTIFICATES_DEBUG": switch}
    status = subprocess.run([sys.executable, "-c", program], check=False, env=environment).returncode
    assert status == (0 if shown else 3)


def test_settings_that_cannot_be_used_fail_every_read_with_the_same_line(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = configured({"alicloud:protocol": "gopher"}, monkeypatch)
    for _ in range(2):
        with pytest.raises(ReadError, match="alicloud:protocol"):
            broken.read(GATEWAY, {})


def test_a_fault_of_the_whole_account_is_reported_in_full_once(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = configured({"alicloud:accessKey": "id"}, monkeypatch)
    lines = []
    for number in range(3):
        with pytest.raises(ReadError) as raised:
            provider.read(f"{GATEWAY}{number}", {})
        lines.append(str(raised.value))
    full, *others = lines
    assert full.startswith("stack config alicloud:accessKey is set without alicloud:secretKey")
    assert others == [f"not read, as reported in full for another certificate: {full[:100]}"] * 2


def test_a_fault_of_one_certificate_is_reported_for_each(provider: DeviceCertificateProvider) -> None:
    for number in ("f", "e"):
        with pytest.raises(ReadError, match=r"^GetDeviceCertificate .*FindDeviceBySnError"):
            provider.read(GATEWAY[:-1] + number, {})


def test_a_provider_that_made_a_call_ends_at_once_with_its_process(tmp_path: Path) -> None:
    # Under -X dev asyncio prints each callback that takes long; how long one takes is the machine's affair.
    program = f"""
import asyncio
import threading
from pulumi.dynamic import Config, ConfigureRequest
from alicloud_device_certificates.cloud.http import background
from alicloud_device_certificates.provider import DeviceCertificateProvider

async def allow_slow_callbacks():
    asyncio.get_running_loop().slow_callback_duration = float("inf")

background.run(allow_slow_callbacks())
provider = DeviceCertificateProvider()
config = {{"device-certificates:emulator": "true", "device-certificates:emulatorState": {str(tmp_path)!r}}}
provider.configure(ConfigureRequest(config=Config(config, "fleet")))
provider.read({GATEWAY!r}, {{}})
others = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
lasting = [thread.name for thread in others if not thread.daemon]
raise SystemExit(f"threads that keep the process: {{lasting}}" if lasting else 0)
"""
    ended = subprocess.run([sys.executable, "-X", "dev", "-c", program], check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")
