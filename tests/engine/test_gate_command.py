"""The commands of the gate under the real engine: how they end, what they write, and what they do not say."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess

import pytest
from tests.engine.gated import GatedProject, iot, mqtt, text_of
from tests.engine.shell import CHECKOUT, README, commands


def test_the_exit_code_tells_what_is_to_be_done(gated_project: GatedProject) -> None:
    gated_project.serve(mqtt=[{"sn": "01", "name": "a"}, {"sn": "02", "name": "b"}])
    gated_project.read(mqtt("a", "01"))
    first = gated_project.gate()
    assert (first.code, gated_project.gate("--detailed-exitcode").code) == (0, 2), "the stack does not have it yet"
    assert first.report is not None
    assert first.report["notices"] == ["certificates of this stack come from an emulator, not from Alibaba Cloud"]
    gated_project.up()
    assert gated_project.gate("--detailed-exitcode").code == 0
    gated_project.emulator("rotate a")
    rotated = gated_project.gate("--detailed-exitcode")
    assert (rotated.code, rotated.findings) == (2, {"a": {("rotated", "warn")}})
    assert "it was rotated: it has a new key" in rotated.out
    # By the command line, by the config, and by both: the command line goes before.
    gated_project.config["device-certificates:gate"] = {"failOn": ["rotated"]}
    assert gated_project.gate("--detailed-exitcode").code == 3
    assert gated_project.gate("--allow", "rotated").code == 0
    # Read by a name of another stack of the same backend, from anywhere, the selected stack stays.
    gated_project.shell.run("pulumi stack init other")
    elsewhere = gated_project.gate("--stack", "dev", "--cwd", str(gated_project.folder), "--fail-within", "100%")
    assert (elsewhere.code, elsewhere.findings) == (3, {"a": {("rotated", "fail"), ("expires_within", "fail")}})
    assert gated_project.shell.run("pulumi stack --show-name").strip() == "other"


def test_a_stack_that_is_not_there_ends_with_1_and_the_report_says_so(gated_project: GatedProject) -> None:
    gated = gated_project.gate("--stack", "nobody")
    assert gated.report is not None
    assert (gated.code, gated.report["project"], gated.report["stack"]) == (1, "gated", "nobody")
    assert gated.report["problems"] == ["the engine could not start; see the command's output"]
    assert gated.err.splitlines()[-1].startswith("device-certificates: no stack named 'nobody' found")


def test_a_gate_in_the_config_that_makes_no_sense_is_told_before_anything_is_read(gated_project: GatedProject) -> None:
    gated_project.read()
    gated_project.config["device-certificates:gate"] = {"failWithin": 7}
    gated = gated_project.gate()
    assert (gated.code, gated.out) == (1, ""), "no preview was begun"
    assert gated.report is not None
    assert gated.report["problems"] == [gated.err.removeprefix("device-certificates: ").strip()]
    assert gated.err.startswith("device-certificates: device-certificates:gate: 7 is not a threshold")


def test_a_program_that_fails_is_the_preview_that_could_not_be_made(gated_project: GatedProject) -> None:
    gated_project.serve(mqtt=[{"sn": "01", "name": "a"}])
    gated_project.read(mqtt("a", "01", cross_check="perhaps"))
    gated = gated_project.gate()
    assert gated.code == 1
    assert gated.report is not None
    assert gated.report["problems"] == ["the program failed; see the engine's output"]
    assert "cross_check" in gated.out, "the engine's own display is shown"


def test_a_stack_is_judged_as_it_was_deployed_without_asking_anybody(gated_project: GatedProject) -> None:
    gated_project.read(mqtt("a", "01"), mqtt("b", "02"), iot("light", allow_pending=True))
    gated_project.serve(
        mqtt=[{"sn": "01", "name": "a", "valid_until": "+3d"}, {"sn": "02", "name": "b", "reported_shift": "+1d"}],
        iot=[{"name": "light", "status": "generating"}],
    )
    gated_project.up()
    # No request is sent: there is no service, program or project any more.
    for file in ("scenario.yaml", "__main__.py"):
        (gated_project.folder / file).unlink()
    gated_project.config["device-certificates:gate"] = {"failWithin": "7d"}
    found = {"a": {("expires_within", "fail")}, "b": {("mismatch", "fail")}, "light": {("pending", "warn")}}
    here = gated_project.gate("--stack", "dev", command="report")
    assert (here.code, here.findings) == (3, found)
    assert here.report is not None
    assert here.report["notices"] == ["certificates of this stack come from an emulator, not from Alibaba Cloud"]
    (gated_project.folder / "Pulumi.yaml").unlink()
    anywhere = gated_project.gate("--stack", "organization/gated/dev", command="report")
    assert (anywhere.code, anywhere.findings) == (3, {**found, "a": {("expires_within", "warn")}})
    assert "device-certificates:gate is not known" in " ".join(anywhere.out.split())


def test_no_secret_is_in_any_report_nor_in_what_is_printed(gated_project: GatedProject) -> None:
    gated_project.serve(iot=[{"name": "light", "key": "ec-p256"}, {"name": "lamp", "key": "rsa2048"}])
    gated_project.shell.run("pulumi config set --secret alicloud:secretKey TheSecretOfThatKey")
    gated_project.shell.run("pulumi config set alicloud:accessKey LTAI5tAnAccessKey")
    gated_project.keep_config()
    gated_project.read(iot("light", include_private_key=True), iot("lamp", include_private_key=True))
    gated_project.up()
    keys = gated_project.shell.run("pulumi stack output private_keys --json --show-secrets")
    gated_project.emulator("rotate light")
    reports = gated_project.folder / "reports"
    reports.mkdir()
    files = {name: reports / name for name in ("markdown", "html", "junit", "sarif", "metrics", "summary")}
    arguments = [text for name, file in files.items() if name != "summary" for text in (f"--{name}", str(file))]
    gated = gated_project.gate(*arguments, GITHUB_STEP_SUMMARY=str(files["summary"]))
    assert (gated.code, gated.findings) == (0, {"light": {("rotated", "warn")}, "lamp": {("unchanged", "info")}})
    deployed = gated_project.gate(*arguments, command="report")
    gated_project.up()
    keys += gated_project.shell.run("pulumi stack output private_keys --json --show-secrets")
    lines = [line for line in keys.replace("\\n", "\n").splitlines() if len(line) > 40]
    assert len(lines) > 8
    everything = text_of(reports) + "".join(run.out + run.err + json.dumps(run.report) for run in (gated, deployed))
    assert all(file.stat().st_size > 0 for file in files.values())
    secrets = [*lines, "PRIVATE KEY", "TheSecretOfThatKey", "LTAI5tAnAccessKey", "correct horse"]
    assert [secret for secret in secrets if secret in everything] == []


def test_the_commands_of_the_documentation_are_run_as_they_stand(gated_project: GatedProject) -> None:
    gated_project.serve(mqtt=[{"sn": "01", "name": "a"}])
    gated_project.read(mqtt("a", "01"))
    gated_project.up()
    documented = (CHECKOUT / "docs" / "gate.md").read_text(encoding="utf-8") + README
    lines = [line for line in commands(documented) if line.startswith("device-certificates ")]
    assert [line.split()[1] for line in lines] == ["preview", "report", "preview"]
    for line in lines:
        assert "1 certificate: 0 fail, 0 warn, 1 info; exit code 0: " in gated_project.shell.run(line)
    assert "<title>" in (gated_project.folder / "certificates.html").read_text()


@pytest.mark.parametrize("reader", ["head -c 1", "true", "cat > /dev/full"])
def test_the_gate_judges_though_nobody_reads_what_it_prints(gated_project: GatedProject, reader: str) -> None:
    many = [{"sn": f"{number:02x}", "name": f"device-{number}"} for number in range(1, 40)]
    gated_project.serve(mqtt=many)
    gated_project.read(*(mqtt(each["name"], each["sn"]) for each in many))
    gated_project.save_config()
    command = f"device-certificates preview --json report.json | {reader}; exit ${{PIPESTATUS[0]}}"
    ended = subprocess.run(
        ["bash", "-c", command],
        cwd=gated_project.folder,
        env=gated_project.shell.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in ended.stderr
    report = json.loads((gated_project.folder / "report.json").read_text())
    assert ended.returncode == report["exit_code"]


def started(project: GatedProject) -> subprocess.Popen[bytes]:
    """The gate as a job of its own, whose stdout has everything that it prints."""
    return subprocess.Popen(
        ["device-certificates", "preview"],
        cwd=project.folder,
        env=project.shell.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        # A background job of a shell ignores SIGINT, and so would all that it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - it takes no lock
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_gate_and_the_engine_with_it(gated_project: GatedProject, number: signal.Signals) -> None:
    gated_project.read(mqtt("waiting", "01"))
    # A service that accepts a request and does not respond: the read lasts until the signal has been sent.
    with socket.create_server(("127.0.0.1", 0)) as service:
        service.settimeout(300)  # ends the test if the read never starts
        gated_project.config = {
            "alicloud:region": "cn-hangzhou",
            "alicloud:accessKey": "id",
            "alicloud:secretKey": "made-up",
            "alicloud:protocol": "http",
            "alicloud:endpoints": [{"onsmqtt": f"127.0.0.1:{service.getsockname()[1]}"}],
            "alicloud:maxRetryTimeout": 5,
        }
        gated_project.save_config()
        with started(gated_project) as gate:
            connection, _ = service.accept()
            with connection:
                gate.send_signal(number)
            assert gate.stdout is not None
            rest = gate.stdout.read().decode()
    assert gate.returncode == 130
    assert "Traceback" not in rest


@pytest.mark.both_engines
@pytest.mark.parametrize("reached", ["the gate", "the terminal's whole job"])
def test_an_interrupted_program_leaves_no_traceback(gated_project: GatedProject, reached: str) -> None:
    running = gated_project.folder / "running"
    os.mkfifo(running)
    program = gated_project.folder / "__main__.py"
    program.write_text(
        "from alicloud_device_certificates import export_certificates\n"
        "import threading\n"
        f"open({str(running)!r}, 'w').write('.')\n"
        "threading.Event().wait()\n"
    )
    gated_project.save_config()
    with started(gated_project) as gate:
        assert running.read_text() == "."
        if reached == "the gate":
            gate.send_signal(signal.SIGINT)
        else:
            os.killpg(gate.pid, signal.SIGINT)
        assert gate.stdout is not None
        rest = gate.stdout.read().decode()
    assert gate.returncode == 130
    assert "preview canceled" in rest
    assert "Traceback" not in rest
    assert "KeyboardInterrupt" not in rest


def test_an_error_that_a_program_only_logs_is_no_end(gated_project: GatedProject) -> None:
    gated_project.serve(mqtt=[{"sn": "01", "name": "a"}])
    gated_project.read(mqtt("a", "01"))
    with (gated_project.folder / "__main__.py").open("a") as program:
        program.write("pulumi.log.error('told')\n")
    gated = gated_project.gate()
    assert (gated.code, gated.findings) == (0, {"a": {("new", "info")}})
