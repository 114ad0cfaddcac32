"""`device-certificates preview` under the real engine: the service before, the service after, the preview between."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engine.conftest import left_below
from tests.engine.gated import GatedProject, iot, mqtt, text_of
from tests.engine.shell import CHECKOUT

from alicloud_device_certificates.preview.kinds import Kind


@pytest.fixture
def project(tmp_path: Path) -> Iterator[GatedProject]:
    yield GatedProject(tmp_path)
    assert left_below(tmp_path) == [], "a process outlived the engine"


_BEFORE = {
    "steady": {"sn": "01"},
    "rotated": {"sn": "02"},
    "serial-changed": {"sn": "03"},
    "renewed": {"sn": "04"},
    "deactivated": {"sn": "05"},
    "activated": {"sn": "06", "status": "inactive"},
    "expired": {"sn": "07", "valid_from": "-400d", "valid_until": "-35d"},
    "ends-soon": {"sn": "08", "valid_from": "-345d", "valid_until": "+20d"},
    "ends-sooner": {"sn": "09", "valid_until": "+5d"},
    "early": {"sn": "0a", "valid_from": "+2d"},
    "later": {"sn": "0b"},
    "weak": {"sn": "0c", "key": "rsa1024"},
    "mismatch": {"sn": "0d", "reported_shift": "+1d"},
    "unreadable": {"sn": "0e", "shape": "odd-times"},
    "spoilt": {"sn": "0f"},
    "removed": {"sn": "10"},
    "taken-out": {"sn": "11"},
    "short-lived": {"sn": "12", "valid_from": "-1d", "valid_until": "+9d"},
    "with-chain": {"sn": "13"},
    "secret": {"sn": "14"},
    "new": {"sn": "15"},
}
_CHAINED = {"sn": "00aa", "valid_until": "+100d", "devices": [{"sn": "21", "name": "outlives"}]}
_LONE_CA = {"sn": "00bb", "valid_until": "+100d", "devices": [{"sn": "22", "name": "outlives-too"}]}
_NOT_BEFORE_UPDATE = ("new", "taken-out", "later")


def _devices(**changed: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, **device, **changed.get(name, {})} for name, device in _BEFORE.items()]


def _read(*names: str) -> list[dict[str, object]]:
    return [mqtt(name, _BEFORE[name]["sn"]) for name in names]


def test_every_kind_of_finding_is_made_of_what_happened_at_the_service(project: GatedProject) -> None:
    project.serve(
        mqtt=_devices(),
        iot=[{"name": "pending", "status": "generating"}, {"name": "stuck"}, {"name": "key", "key": "ec-p256"}],
        cas=[_CHAINED, _LONE_CA],
    )
    always = [name for name in _BEFORE if name not in (*_NOT_BEFORE_UPDATE, "with-chain", "secret")]
    chained = [
        mqtt("outlives", "21", ca_sn="00aa", include_chain=True),
        mqtt("outlives-too", "22", ca_sn="00bb"),
        {"kind": "ca", "name": "ca", "ca_sn": "00bb"},
    ]
    iots = [iot("pending", allow_pending=True), iot("stuck"), iot("key", include_private_key=True)]
    secret = {**mqtt("secret", "14"), "hidden": True}
    project.read(*_read(*always, "with-chain", "taken-out"), secret, *chained, *iots)
    project.up()

    project.emulator("rotate rotated")
    project.emulator("rotate key")
    project.emulator("renew renewed")
    project.emulator("renew serial-changed --new-serial")
    project.emulator("deactivate deactivated")
    project.emulator("activate activated")
    project.emulator("remove removed")
    project.emulator("set-status stuck failed")
    project.serve(
        mqtt=_devices(spoilt={"shape": "garbage"}),
        iot=[{"name": "pending", "status": "generating"}, {"name": "stuck"}, {"name": "key", "key": "ec-p256"}],
        cas=[_CHAINED, _LONE_CA],
    )
    project.config["device-certificates:gate"] = {
        "failWithin": "7d",
        "rules": [{"match": "short-*", "warnWithin": "30d", "failWithin": "10%"}],
    }
    later = {"kind": "mqtt", "name": "later", "later": True}
    chain = mqtt("with-chain", "13", include_chain=True)
    project.read(*_read(*always, "new"), secret, chain, later, *chained, *iots)
    gated = project.gate()

    assert gated.findings == {
        "steady": {("unchanged", "info")},
        "rotated": {("rotated", "warn")},
        "key": {("rotated", "warn")},
        "serial-changed": {("rotated", "warn"), ("mismatch", "fail")},
        "renewed": {("renewed", "info")},
        "deactivated": {("inactive", "fail"), ("status_changed", "warn")},
        "activated": {("status_changed", "warn")},
        "expired": {("expired", "fail")},
        "ends-soon": {("expires_within", "warn")},
        "ends-sooner": {("expires_within", "fail")},
        "early": {("not_yet_valid", "warn")},
        "weak": {("weak", "warn")},
        "mismatch": {("mismatch", "fail")},
        "unreadable": {("unreadable", "fail")},
        "spoilt": {("unreadable", "fail")},
        "removed": {("missing", "fail")},
        "taken-out": {("gone", "warn")},
        "short-lived": {("expires_within", "warn"), ("long_threshold", "warn")},
        "with-chain": {("changed", "info")},
        "secret": {("unreadable", "fail")},
        "new": {("new", "info")},
        "later": {("not_read", "info")},
        "outlives": {("outlives_ca", "fail")},
        "outlives-too": {("outlives_ca", "fail")},
        "ca": {("unchanged", "info")},
        "pending": {("pending", "warn")},
        "stuck": {("pending", "fail")},
    }
    found = {kind for findings in gated.findings.values() for kind, _ in findings}
    assert found | {"not_asked"} == set(Kind), "each kind is proven here, or in the test of a service that is down"
    assert gated.code == 3
    removed = gated.certificate("removed")
    assert removed["failure"]["code"] == "FindDeviceBySnError"
    assert removed["urn"].endswith("alicloud:MqttDeviceCertificate::removed")


def test_a_service_that_is_down_is_no_finding_but_an_end(project: GatedProject) -> None:
    fault = {"code": "ServiceUnavailable", "http": 503}
    project.serve(mqtt=[{"sn": "01", "name": "here"}, {"sn": "02", "name": "down", "fault": fault}])
    project.config["alicloud:maxRetryTimeout"] = 1
    project.read(mqtt("down", "02"), mqtt("gone", "ff"))
    gated = project.gate("--detailed-exitcode")
    assert gated.code == 1
    assert gated.findings["down"] == {("not_asked", "fail")}
    assert gated.report is not None
    (problem,) = gated.report["problems"]
    assert problem.startswith("down: GetDeviceCertificate (region cn-hangzhou, instance post-cn-1, CA 00f2, device 02)")
    assert "ServiceUnavailable" in problem


def test_the_exit_code_tells_what_is_to_be_done(project: GatedProject) -> None:
    project.serve(mqtt=[{"sn": "01", "name": "a"}, {"sn": "02", "name": "b"}])
    project.read(mqtt("a", "01"))
    first = project.gate()
    assert (first.code, project.gate("--detailed-exitcode").code) == (0, 2), "the stack does not have it yet"
    project.up()
    assert project.gate("--detailed-exitcode").code == 0
    project.emulator("rotate a")
    rotated = project.gate("--detailed-exitcode")
    assert (rotated.code, rotated.findings) == (2, {"a": {("rotated", "warn")}})
    assert "it was rotated: it has another key" in rotated.out
    # By the command line, by the config, and by both: the command line goes before.
    project.config["device-certificates:gate"] = {"failOn": ["rotated"]}
    assert project.gate("--detailed-exitcode").code == 3
    assert project.gate("--allow", "rotated").code == 0
    # Read by a name of another stack of the same backend, from anywhere, the selected stack stays.
    project.shell.run("pulumi stack init other")
    elsewhere = project.gate("--stack", "dev", "--cwd", str(project.folder), "--fail-within", "100%")
    assert (elsewhere.code, elsewhere.findings) == (3, {"a": {("rotated", "fail"), ("expires_within", "fail")}})
    assert project.shell.run("pulumi stack --show-name").strip() == "other"


def test_a_stack_that_is_not_there_ends_with_1_and_the_report_says_so(project: GatedProject) -> None:
    gated = project.gate("--stack", "nobody")
    assert gated.report is not None
    assert (gated.code, gated.report["project"], gated.report["stack"]) == (1, "gated", "nobody")
    assert gated.report["problems"] == ["the engine could not begin; the output of the command says why"]
    assert gated.err.splitlines()[-1].startswith("device-certificates: no stack named 'nobody' found")


def test_a_gate_in_the_config_that_makes_no_sense_is_told_before_anything_is_read(project: GatedProject) -> None:
    project.read()
    project.config["device-certificates:gate"] = {"failWithin": 7}
    gated = project.gate()
    assert (gated.code, gated.out) == (1, ""), "no preview was begun"
    assert gated.report is not None
    assert gated.report["problems"] == [gated.err.removeprefix("device-certificates: ").strip()]
    assert gated.err.startswith("device-certificates: device-certificates:gate: 7 is no threshold")


def test_a_program_that_fails_is_the_preview_that_could_not_be_made(project: GatedProject) -> None:
    project.serve(mqtt=[{"sn": "01", "name": "a"}])
    project.read(mqtt("a", "01", cross_check="perhaps"))
    gated = project.gate()
    assert gated.code == 1
    assert gated.report is not None
    assert gated.report["problems"] == ["the program failed; the output of the engine says why"]
    assert "cross_check" in gated.out, "the engine's own display is shown"


def test_a_stack_is_judged_as_it_was_deployed_without_asking_anybody(project: GatedProject) -> None:
    project.read(mqtt("a", "01"), mqtt("b", "02"), iot("light", allow_pending=True))
    project.serve(
        mqtt=[{"sn": "01", "name": "a", "valid_until": "+3d"}, {"sn": "02", "name": "b", "reported_shift": "+1d"}],
        iot=[{"name": "light", "status": "generating"}],
    )
    project.up()
    # Nothing is asked: there is no service, no program and no project any more.
    for file in ("scenario.yaml", "__main__.py"):
        (project.folder / file).unlink()
    project.config["device-certificates:gate"] = {"failWithin": "7d"}
    found = {"a": {("expires_within", "fail")}, "b": {("mismatch", "fail")}, "light": {("pending", "warn")}}
    here = project.gate("--stack", "dev", command="report")
    assert (here.code, here.findings) == (3, found)
    (project.folder / "Pulumi.yaml").unlink()
    anywhere = project.gate("--stack", "organization/gated/dev", command="report")
    assert (anywhere.code, anywhere.findings) == (3, {**found, "a": {("expires_within", "warn")}})
    assert "device-certificates:gate is not known" in " ".join(anywhere.out.split())


def test_no_secret_is_in_any_report_nor_in_what_is_printed(project: GatedProject) -> None:
    project.serve(iot=[{"name": "light", "key": "ec-p256"}, {"name": "lamp", "key": "rsa2048"}])
    project.shell.run("pulumi config set --secret alicloud:secretKey TheSecretOfThatKey")
    project.shell.run("pulumi config set alicloud:accessKey LTAI5tAnAccessKey")
    project.keep_config()
    project.read(iot("light", include_private_key=True), iot("lamp", include_private_key=True))
    project.up()
    keys = project.shell.run("pulumi stack output private_keys --json --show-secrets")
    project.emulator("rotate light")
    reports = project.folder / "reports"
    reports.mkdir()
    files = {name: reports / name for name in ("markdown", "html", "junit", "sarif", "metrics", "summary")}
    arguments = [text for name, file in files.items() if name != "summary" for text in (f"--{name}", str(file))]
    gated = project.gate(*arguments, GITHUB_STEP_SUMMARY=str(files["summary"]))
    assert (gated.code, gated.findings) == (0, {"light": {("rotated", "warn")}, "lamp": {("unchanged", "info")}})
    deployed = project.gate(*arguments, command="report")
    project.up()
    keys += project.shell.run("pulumi stack output private_keys --json --show-secrets")
    lines = [line for line in keys.replace("\\n", "\n").splitlines() if len(line) > 40]
    assert len(lines) > 8
    everything = text_of(reports) + "".join(run.out + run.err + json.dumps(run.report) for run in (gated, deployed))
    assert all(file.stat().st_size > 0 for file in files.values())
    secrets = [*lines, "PRIVATE KEY", "TheSecretOfThatKey", "LTAI5tAnAccessKey", "correct horse"]
    assert [secret for secret in secrets if secret in everything] == []


def test_the_commands_of_the_documentation_are_run_as_they_stand(project: GatedProject) -> None:
    project.serve(mqtt=[{"sn": "01", "name": "a"}])
    project.read(mqtt("a", "01"))
    project.up()
    documented = (CHECKOUT / "docs" / "gate.md").read_text(encoding="utf-8")
    lines = [line.removeprefix("$ ") for line in documented.splitlines() if line.startswith("$ ")]
    assert [line.split()[1] for line in lines] == ["preview", "report"]
    for line in lines:
        assert "1 certificate: 0 fail, 0 warn, 1 info; exit code 0: " in project.shell.run(line)
    assert "<title>" in (project.folder / "certificates.html").read_text()


def test_a_refresh_before_the_preview_hides_no_rotation(project: GatedProject) -> None:
    project.serve(mqtt=[{"sn": "01", "name": "a"}, {"sn": "02", "name": "b"}])
    project.read(mqtt("a", "01"), mqtt("b", "02"))
    project.up()
    project.emulator("rotate a")
    found = {"a": {("rotated", "warn")}, "b": {("unchanged", "info")}}
    assert (project.gate("--refresh").findings, project.gate().findings) == (found, found)
    project.emulator("remove b")
    removed = project.gate("--refresh")
    assert (removed.code, removed.findings["b"]) == (1, {("not_asked", "fail")})
    assert removed.report is not None
    assert "FindDeviceBySnError" in removed.report["problems"][0]


def test_another_certificate_under_the_same_name_is_no_rotation(project: GatedProject) -> None:
    project.serve(mqtt=[{"sn": "01", "name": "a"}, {"sn": "02", "name": "b"}])
    project.read(mqtt("a", "01"))
    project.up()
    project.read(mqtt("a", "02"))
    assert project.gate("--fail-on", "rotated").findings == {"a": {("changed", "info")}}


@pytest.mark.parametrize("reader", ["head -c 1", "true", "cat > /dev/full"])
def test_the_gate_judges_though_nobody_reads_what_it_prints(project: GatedProject, reader: str) -> None:
    many = [{"sn": f"{number:02x}", "name": f"device-{number}"} for number in range(1, 40)]
    project.serve(mqtt=many)
    project.read(*(mqtt(each["name"], each["sn"]) for each in many))
    project.save_config()
    command = f"device-certificates preview --json report.json | {reader}; exit ${{PIPESTATUS[0]}}"
    ended = subprocess.run(
        ["bash", "-c", command],
        cwd=project.folder,
        env=project.shell.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Traceback" not in ended.stderr
    report = json.loads((project.folder / "report.json").read_text())
    assert ended.returncode == report["exit_code"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_gate_and_the_engine_with_it(project: GatedProject, number: signal.Signals) -> None:
    fault = {"code": "ServiceUnavailable", "http": 503}
    project.serve(mqtt=[{"sn": "01", "name": "down", "fault": fault}])
    project.read(mqtt("down", "01"))
    project.save_config()
    with subprocess.Popen(
        ["device-certificates", "preview"],
        cwd=project.folder,
        env=project.shell.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as gate:
        assert gate.stdout is not None
        for line in gate.stdout:
            if b"read" in line:
                break
        gate.send_signal(number)
        rest = gate.stdout.read().decode()
    assert gate.returncode == 130
    assert "Traceback" not in rest


def test_an_error_that_a_program_only_logs_is_no_end(project: GatedProject) -> None:
    project.serve(mqtt=[{"sn": "01", "name": "a"}])
    project.read(mqtt("a", "01"))
    with (project.folder / "__main__.py").open("a") as program:
        program.write("pulumi.log.error('told')\n")
    gated = project.gate()
    assert (gated.code, gated.findings) == (0, {"a": {("new", "info")}})
