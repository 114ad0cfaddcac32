"""A private key that the program reads itself: docs/security.md, and what a person sees of it under the real engine."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.contract.conftest import serve
from tests.engine.conftest import MakeProject, left_below
from tests.engine.shell import Shell, blocks
from tests.engine.test_errors import EMULATED, only_error
from tests.engine.test_over_http import ENVIRONMENT, KEY, SCENARIO, SECRET, asking
from tests.engine.test_private_keys import PAGE, rows_of

from alicloud_device_certificates import iot_private_key

_, _, WAYS = PAGE.partition("## Two ways")
DEVICE = 'product_key="a1BwAGVemul8", device_name="light-01"'
IMPORTS = "import pulumi\nfrom alicloud_device_certificates import IotDeviceCertificate, iot_private_key\n"
STACKS = {
    "include_private_key": f'IotDeviceCertificate("light", {DEVICE}, include_private_key=True)\n',
    "iot_private_key": f"iot_private_key({DEVICE})\n",
    "iot_private_key, exported": f'pulumi.export("key", iot_private_key({DEVICE}))\n',
}
ROWS = list(rows_of(WAYS, list(STACKS)))
SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""How the engine marks a secret in a state and in a plan."""


def stack_of(folder: Path, program: str, config: Mapping[str, Any] = EMULATED) -> Shell:
    """A stack with this program, whose processes run in a folder for temporary files of their own."""
    shell = Shell(folder)
    (folder / "Pulumi.yaml").write_text("name: mine\nruntime: python\n")
    (folder / "__main__.py").write_text(program)
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    (folder / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": texts}))
    (folder / "scratch").mkdir()
    shell.environment["TMPDIR"] = str(folder / "scratch")
    shell.run("pulumi stack init dev")
    return shell


def issued_key(shell: Shell, device: str = "light-01") -> str:
    """The private key that the embedded emulator has issued, as its state folder has it."""
    folder = shell.folder / ".device-certificates" / "emulator" / "certificates"
    (record,) = folder.glob(f"iot_*_{device}-*.json")
    return str(json.loads(record.read_text())["private_key_pem"])


def how(shell: Shell, command: str, line: str) -> str:
    """How a command shows a line of a key, on its output and in every file that it writes or leaves."""
    ended = subprocess.run(
        ["bash", "-c", command], cwd=shell.folder, env=shell.environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, f"{command}\n{ended.stdout}\n{ended.stderr}"
    emulator = shell.folder / ".device-certificates"
    files = [path for path in shell.folder.rglob("*") if path.is_file() and emulator not in path.parents]
    # The emulator is the service, which has all keys.
    texts = [ended.stdout, ended.stderr, *(path.read_text(errors="replace") for path in files)]
    written = [path for path in files if path.name in {"plan.json", "grpc.log", "trace.log"}]
    kept = [ended.stdout, *(path.read_text(errors="replace") for path in written)]
    for path in written:
        path.unlink()
    if any(line in text for text in texts):
        return "in clear"
    if "[secret]" in ended.stdout:
        return "masked"
    return "encrypted" if any(SECRET_SIGNATURE in text for text in kept) else "absent"


@pytest.mark.parametrize("way", STACKS)
def test_keys_are_where_the_page_says_and_nowhere_else(tmp_path: Path, way: str) -> None:
    shell = stack_of(tmp_path, IMPORTS + STACKS[way])
    shell.run("pulumi preview")
    line = issued_key(shell).splitlines()[2]
    # In the page's order: the first row previews what the second one updates.
    assert {command: how(shell, command, line) for command, _ in ROWS} == {
        command: cells[way] for command, cells in ROWS
    }
    assert len(ROWS) > 10
    assert left_below(tmp_path) == []


def test_the_example_of_the_page_runs_and_leaves_no_secret_in_the_state(tmp_path: Path) -> None:
    (example,) = blocks("python", PAGE)
    shell = stack_of(tmp_path, example)
    shell.run("pulumi preview")
    shell.run("pulumi up --yes --skip-preview")
    state = shell.run("pulumi stack export --show-secrets")
    assert "light-01" in state
    assert SECRET_SIGNATURE not in state
    assert "PRIVATE KEY" not in state


SAME = f"""
{IMPORTS}
class Names(pulumi.dynamic.ResourceProvider):
    def create(self, props):
        return pulumi.dynamic.CreateResult("light-01", {{}})

class Name(pulumi.dynamic.Resource):
    pass

own = iot_private_key({DEVICE})
light = IotDeviceCertificate("light", {DEVICE}, include_private_key=True)
same = pulumi.Output.all(own, light.private_key_pem).apply(lambda keys: keys[0] == keys[1])
pulumi.export("same", pulumi.Output.unsecret(same))
later = iot_private_key(product_key="a1BwAGVemul8", device_name=Name(Names(), "name", {{}}).id)
pulumi.export("key", later)
print("the program ran to its end")
"""


@pytest.mark.both_engines
def test_both_ways_read_the_same_key_in_previews_and_updates(tmp_path: Path) -> None:
    shell = stack_of(tmp_path, SAME)
    shown = shell.run("pulumi preview --non-interactive")
    assert "same: true" in " ".join(shown.split())
    assert "the program ran to its end" in shown
    shell.run("pulumi up --yes --skip-preview")
    outputs = json.loads(shell.run("pulumi stack output --json"))
    assert outputs == {"same": True, "key": "[secret]"}
    assert json.loads(shell.run("pulumi stack output --json --show-secrets"))["key"] == issued_key(shell)
    assert "unchanged" in shell.run("pulumi preview --expect-no-changes --non-interactive")


ALONE = f'{IMPORTS}pulumi.export("key", iot_private_key(product_key="pk1", device_name="lamp"))\n'
SERVED = {"alicloud:accessKey": KEY}


@pytest.mark.both_engines
def test_over_http_it_signs_as_the_stack_does_and_names_the_emulator_once(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    with serve(tmp_path / "cloud", SCENARIO) as served:
        program = f'{ALONE}IotDeviceCertificate("lamp", product_key="pk1", device_name="lamp")\n'
        shell = stack_of(tmp_path / "project", program, {**asking(served.host), **SERVED})
        shell.environment.update(ENVIRONMENT)
        shell.run(f"pulumi config set --secret alicloud:secretKey {SECRET}")
        shown = shell.run("pulumi up --yes --skip-preview --non-interactive")
        # Beside the resource and at the end of the output.
        assert shown.partition("Diagnostics:")[2].count("is an emulator") == 1
        assert "PRIVATE KEY" in shell.run("pulumi stack output key --show-secrets")
        assert not (shell.folder / ".device-certificates").exists()

        shell.run("pulumi config set --secret alicloud:secretKey another-secret")
        shown = shell.fail("pulumi preview --non-interactive")
        assert (
            "error: iot_private_key 'pk1/lamp': QueryDeviceCert (region cn-shanghai, product pk1, device lamp): "
            in (shown)
        )
        assert "SignatureDoesNotMatch" in shown
        assert "Traceback" not in shown
        assert "another-secret" not in shown


def test_a_key_that_cannot_be_read_is_one_line(tmp_path: Path, make_project: MakeProject) -> None:
    def program() -> None:
        iot_private_key(product_key="a1BwAGVemul8", device_name="nobody")

    project = make_project(program, config=EMULATED)
    # This program runs in the tests' process, and not in its project's folder.
    assert only_error(project.preview()).startswith(
        "iot_private_key 'a1BwAGVemul8/nobody': device-certificates:emulatorState and"
    )
    project = make_project(program, config={**EMULATED, "device-certificates:emulatorState": str(tmp_path / "state")})
    assert only_error(project.preview()).startswith(
        "iot_private_key 'a1BwAGVemul8/nobody': QueryDeviceCert (region cn-shanghai, product a1BwAGVemul8, device "
        "nobody): iot.device.NotExistedDevice: "
    )


def test_the_gate_fails_if_the_program_cannot_read_a_key(tmp_path: Path) -> None:
    program = f'{IMPORTS}iot_private_key(product_key="a1BwAGVemul8", device_name="nobody")\n'
    shell = stack_of(tmp_path, program)
    shown = shell.fail("device-certificates preview --stack dev --json report.json")
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["exit_code"] == 1
    assert report["problems"] == ["the program failed; see the engine's output"]
    assert "iot_private_key 'a1BwAGVemul8/nobody': QueryDeviceCert" in shown
    assert "Traceback" not in shown
