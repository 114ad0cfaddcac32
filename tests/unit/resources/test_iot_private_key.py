"""The private key that a program reads in its own process."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, cast

import pulumi
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pulumi.dynamic import Config, ConfigureRequest
from tests.unit.conftest import RunProgram

from alicloud_device_certificates import ArgumentError, PrivateKeyError, iot_private_key
from alicloud_device_certificates.provider import DeviceCertificateProvider
from alicloud_device_certificates.reading import connection
from alicloud_device_certificates.reading.live_status import own_engine
from alicloud_device_certificates.resources import iot_private_key as module
from alicloud_device_certificates.resources import program_reader
from alicloud_device_certificates.resources.certificate_field import NoCertificateError

LIGHT: dict[str, Any] = {"product_key": "a1B", "device_name": "light"}
ID = "iot/cn-shanghai/-/a1B/light"
SCENARIO = """
accounts:
  - id: "1"
    users: [{access_key_id: made-up-id, access_key_secret: made-up-secret}]
    iot_products:
      - product_key: a1B
        devices:
          - {name: light, key: ec-p256}
          - {name: other, key: ec-p256}
          - {name: new, status: generating}
          - {name: failed, status: failed}
          - {name: odd, wrong_key: true, key: ec-p256}
          - {name: garbage, shape: garbage}
"""


@pytest.fixture
def config(tmp_path: Path) -> dict[str, str]:
    """The config of a stack on an emulator with these devices."""
    (tmp_path / "cloud.yaml").write_text(SCENARIO)
    return {
        "device-certificates:emulator": "true",
        "device-certificates:emulatorScenario": str(tmp_path / "cloud.yaml"),
        "device-certificates:emulatorState": str(tmp_path / "state"),
    }


@pytest.fixture
def _unmocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the program read by itself, although mocks stand in for the engine."""
    monkeypatch.setattr(module, "is_mocked", lambda: False)


def unknown() -> pulumi.Output[str]:
    return cast(pulumi.Output[str], pulumi.Output.from_input(pulumi.UNKNOWN))


def as_output(work: Any) -> pulumi.Output[Any]:
    """Let the program wait for this work."""
    return pulumi.Output.from_input(work)


def values(*outputs: Callable[[], pulumi.Output[str]]) -> tuple[Callable[[], object], list[str]]:
    """Return a program that makes these outputs, and their values once it ran."""
    found: list[str] = []

    def program() -> object:
        return pulumi.Output.all(*(make() for make in outputs)).apply(found.extend)

    return program, found


def light() -> pulumi.Output[str]:
    return iot_private_key(**LIGHT)


@pytest.mark.usefixtures("_unmocked")
def test_the_key_is_the_one_that_the_providers_process_reads(
    run_program: RunProgram, config: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program, found = values(light)
    run_program(program, config=config)
    provider = DeviceCertificateProvider()
    monkeypatch.setattr("sys.tracebacklimit", 1000, raising=False)
    provider.configure(ConfigureRequest(config=Config(config, "fleet")))
    outputs = provider.read(ID, {"include_private_key": True}).outs
    assert outputs is not None
    assert found == [outputs["private_key_pem"]]
    load_pem_private_key(found[0].encode(), None)


@pytest.mark.usefixtures("_unmocked")
def test_it_is_a_secret_before_and_after_it_is_read(run_program: RunProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[pulumi.Output[str]] = []

    async def read(id_: str, *, account: str | None) -> dict[str, Any]:
        return {"private_key_pem": "the key", "warnings": []}

    monkeypatch.setattr(module, "read_private_key", read)

    async def secret() -> list[bool]:
        return [await each.is_secret() for each in made]

    def program() -> object:
        made.extend([light(), iot_private_key(product_key="a1B", device_name=pulumi.Output.from_input("light"))])
        return as_output(secret()).apply(found.extend)

    found: list[bool] = []
    run_program(program)
    assert found == [True, True]
    assert not any("the key" in repr(each) for each in made)


@pytest.mark.usefixtures("_unmocked")
@pytest.mark.parametrize("preview", [True, False])  # an update may leave out what an argument comes from
def test_while_an_argument_is_unknown_nothing_is_read_and_the_key_is_an_unknown_secret(
    run_program: RunProgram, monkeypatch: pytest.MonkeyPatch, preview: bool
) -> None:
    async def read(id_: str, *, account: str | None) -> dict[str, Any]:
        raise AssertionError("it must not be read")

    monkeypatch.setattr(module, "read_private_key", read)
    facts: list[bool] = []

    async def look(key: pulumi.Output[str]) -> None:
        facts.extend([await key.is_known(), await key.is_secret()])

    def program() -> object:
        key = iot_private_key(product_key="a1B", device_name=unknown())
        key.apply(lambda _: pytest.fail("nothing is known of it"))
        return as_output(look(key))

    run_program(program, preview=preview)
    assert facts == [False, True]


@pytest.mark.usefixtures("_unmocked")
def test_a_device_is_read_once_in_a_run_and_again_in_the_next_one(
    run_program: RunProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[tuple[str, str | None]] = []

    async def read(id_: str, *, account: str | None) -> dict[str, Any]:
        reads.append((id_, account))
        number = len(reads)
        await asyncio.sleep(0)
        return {"private_key_pem": f"key {number}", "warnings": []}

    monkeypatch.setattr(module, "read_private_key", read)
    accounts = {"device-certificates:accounts": '{"b": {"accessKey": "made-up"}}'}
    program, found = values(light, lambda: iot_private_key(**LIGHT, account="b"), light)
    run_program(program, config=accounts, secret_keys=("device-certificates:accounts",))
    assert sorted(reads, key=str) == [(ID, "b"), (ID, None)]
    assert found[0] == found[2] != found[1]
    run_program(program, config=accounts, secret_keys=("device-certificates:accounts",))
    assert len(reads) == 4


@pytest.mark.usefixtures("_unmocked")
def test_the_program_goes_on_while_a_key_is_read(
    run_program: RunProgram, config: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    went_on, threads = threading.Event(), []
    make = connection.connect

    def connect(*arguments: Any) -> Any:
        threads.append(threading.current_thread())
        # Were this in the program's thread, nobody would set it.
        assert went_on.wait(60)
        return make(*arguments)

    monkeypatch.setattr(connection, "connect", connect)
    program, found = values(light)

    async def go_on() -> None:
        await asyncio.to_thread(lambda: None)
        went_on.set()

    run_program(lambda: (program(), as_output(go_on())), config=config)
    assert len(found) == 1
    assert [thread.daemon for thread in threads] == [True], "the process would wait for it when it ends"


def test_one_error_lists_all_faults_before_any_request(run_program: RunProgram) -> None:
    with pytest.raises(ArgumentError) as raised:
        run_program(
            lambda: iot_private_key(
                product_key="", device_name="light", iot_instance_id="x" * 129, region="cn-hangzhou", account="nobody"
            )
        )
    assert str(raised.value) == (
        "iot_private_key '?/light': product_key is empty; iot_instance_id is 129 bytes long; the maximum is 128; "
        "region must be cn-shanghai, the only region in which IoT Platform serves certificates, not 'cn-hangzhou'; "
        "there is no account 'nobody': device-certificates:accounts is not set, or empty"
    )


def test_a_fault_is_reported_although_another_argument_is_unknown(run_program: RunProgram) -> None:
    with pytest.raises(ArgumentError, match=r"^iot_private_key '\?/\?': product_key is empty$"):
        run_program(lambda: iot_private_key(product_key="", device_name=unknown()), preview=True)


def test_an_identifying_secret_is_refused_because_errors_would_show_it(run_program: RunProgram) -> None:
    with pytest.raises(ArgumentError) as raised:
        run_program(lambda: iot_private_key(product_key="a1B", device_name=pulumi.Output.secret("of-nobody")))
    assert str(raised.value) == (
        "iot_private_key 'a1B/?': device_name is a secret, but errors name the device: pass pulumi.Output.unsecret(...)"
    )


@pytest.mark.usefixtures("_unmocked")
@pytest.mark.parametrize(
    ("device", "line"),
    [
        ("nobody", r"QueryDeviceCert \(region cn-shanghai, product a1B, device nobody\): .*NotExistedDevice: "),
        ("new", r".*the certificate is still being generated \(status generating\) .*\. Run again later\.$"),
        ("failed", r".*the certificate could not be generated .* Generate it again in IoT Platform\.$"),
        ("odd", r".*the private key does not belong to the certificate with SHA-256 fingerprint [0-9a-f]{64} "),
        ("garbage", r".*the certificate "),
    ],
)
@pytest.mark.parametrize("preview", [True, False])
def test_a_key_that_cannot_be_read_is_one_line_that_names_the_device(
    run_program: RunProgram, config: dict[str, str], device: str, line: str, preview: bool
) -> None:
    with pytest.raises(PrivateKeyError, match=rf"^iot_private_key 'a1B/{device}': {line}") as raised:
        run_program(lambda: iot_private_key(product_key="a1B", device_name=device), config=config, preview=preview)
    text = str(raised.value)
    assert "\n" not in text
    assert "allow_pending" not in text, "it has no such argument"
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


@pytest.mark.usefixtures("_unmocked")
def test_settings_that_are_invalid_are_one_line_too(run_program: RunProgram) -> None:
    with pytest.raises(PrivateKeyError, match=r"^iot_private_key 'a1B/light': device-certificates:emulator must be"):
        run_program(light, config={"device-certificates:emulator": "maybe"})


@pytest.mark.usefixtures("_unmocked")
def test_an_error_that_nobody_foresaw_shows_nothing_of_its_text_unless_somebody_looks_into_it(
    run_program: RunProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read(id_: str, *, account: str | None) -> dict[str, Any]:
        raise ValueError("the key of a device")

    monkeypatch.setattr(module, "read_private_key", read)
    with pytest.raises(PrivateKeyError, match=r"^iot_private_key 'a1B/light': an unexpected ValueError in "):
        run_program(light)
    monkeypatch.setenv("DEVICE_CERTIFICATES_DEBUG", "1")
    with pytest.raises(ValueError, match="of a device"):
        run_program(light)


@pytest.mark.usefixtures("_unmocked")
def test_while_somebody_looks_into_it_the_attempts_are_logged_and_not_the_key(
    run_program: RunProgram, config: dict[str, str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("DEVICE_CERTIFICATES_DEBUG", "1")
    logger = logging.getLogger("alicloud_device_certificates")
    monkeypatch.setattr(logger, "level", logger.level)
    program, found = values(light)
    with caplog.at_level(logging.DEBUG):
        run_program(program, config=config)
    assert "QueryDeviceCert" in caplog.text
    assert not any(line in caplog.text for line in found[0].splitlines()[1:-1])


@pytest.mark.usefixtures("_unmocked")
def test_a_warning_of_the_read_is_logged_once_per_run(run_program: RunProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    async def read(id_: str, *, account: str | None) -> dict[str, Any]:
        return {"private_key_pem": "key", "warnings": [{"code": "emulator", "message": "an endpoint is an emulator"}]}

    monkeypatch.setattr(module, "read_private_key", read)
    program, _ = values(light, lambda: iot_private_key(product_key="a1B", device_name="other"))
    assert run_program(program).warnings == ["an endpoint is an emulator"]


def test_with_other_mocks_one_line_says_what_to_use(run_program: RunProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.unit.conftest.Engine.call", lambda *_: {})
    with pytest.raises(
        NoCertificateError,
        match=r"^iot_private_key 'a1B/light': the mocks of this test return no `private_key_pem`; use "
        r"DeviceCertificateMocks of alicloud_device_certificates\.testing \(docs/testing\.md\)$",
    ):
        run_program(light)


class TestPaths:
    """Where the embedded emulator of the program's process keeps its state: where that of the provider does."""

    CONFIG: ClassVar = {"device-certificates:emulator": "true", "device-certificates:emulatorScenario": "cloud.yaml"}

    def read(self, run_program: RunProgram, **config: str) -> None:
        async def read() -> None:
            assert "PRIVATE KEY" in (await program_reader.read_private_key(ID, account=None))["private_key_pem"]

        run_program(lambda: as_output(read()), config={**self.CONFIG, **config})

    def test_they_are_relative_to_the_folder_that_the_engine_names(
        self, run_program: RunProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "cloud.yaml").write_text(SCENARIO)
        monkeypatch.setattr(pulumi, "get_root_directory", lambda: str(tmp_path))
        self.read(run_program)
        assert (tmp_path / ".device-certificates" / "emulator" / "certificates").is_dir()
        self.read(run_program, **{"device-certificates:emulatorState": "elsewhere"})
        assert (tmp_path / "elsewhere" / "certificates").is_dir()

    def test_without_one_they_are_relative_to_that_of_the_project_which_the_program_runs_in(
        self, run_program: RunProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "cloud.yaml").write_text(SCENARIO)
        (tmp_path / "Pulumi.yaml").write_text("name: fleet\nruntime: python\nmain: stacks\n")
        (tmp_path / "stacks").mkdir()
        monkeypatch.chdir(tmp_path / "stacks")
        monkeypatch.setattr(pulumi, "get_root_directory", lambda: None)
        self.read(run_program)
        assert (tmp_path / ".device-certificates" / "emulator" / "certificates").is_dir()

    @pytest.mark.usefixtures("_unmocked")
    def test_an_inline_program_elsewhere_needs_absolute_paths(
        self, run_program: RunProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "Pulumi.yaml").write_text("name: another\nruntime: python\n")
        (tmp_path / "cloud.yaml").write_text(SCENARIO)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(pulumi, "get_root_directory", lambda: None)
        with pytest.raises(PrivateKeyError, match=r"set absolute paths, or run in the folder of project fleet$"):
            run_program(light, config=self.CONFIG)
        assert not (tmp_path / ".device-certificates").exists()
        paths = {"Scenario": tmp_path / "cloud.yaml", "State": tmp_path / "state"}
        self.read(run_program, **{f"device-certificates:emulator{key}": str(path) for key, path in paths.items()})


def test_what_the_read_shows_goes_to_the_engine_that_runs_the_program(
    run_program: RunProgram, config: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    engines: list[object] = []
    make = connection.connect

    def connect(*arguments: Any) -> Any:
        engines.append(own_engine.get())
        return make(*arguments)

    monkeypatch.setattr(connection, "connect", connect)
    mine = object()
    monkeypatch.setattr(program_reader, "engine", lambda: mine)
    run_program(lambda: as_output(program_reader.read_private_key(ID, account=None)).apply(len), config=config)
    assert engines == [mine]
    assert own_engine.get() is None
