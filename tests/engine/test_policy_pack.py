"""The policy pack of the checkout under the real engine: `pulumi preview --policy-pack policies`, and what follows."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.engine.conftest import left_below
from tests.engine.gated import GatedProject, iot, mqtt
from tests.engine.shell import CHECKOUT, Shell

_VIOLATION = re.compile(r"- \[(\w+)\]  device-certificate-(\S+)  \(.*\)\n +Device certificate .*\n +(.*)\n")


@dataclass
class Ended:
    """A command that ended: its exit code, what it printed, and the violations by (level, policy, message)."""

    code: int
    text: str

    @property
    def violations(self) -> set[tuple[str, str, str]]:
        found = re.findall(
            r"- \[(\w+)\]  device-certificate-(\S+)  \(.*\)\n +Device certificate .*\n +(.*)\n", self.text
        )
        return {(level, policy, message) for level, policy, message in found}

    @property
    def judged(self) -> set[tuple[str, str, str]]:
        """The same with the certificate's name alone."""
        return {(level, policy, message.partition(":")[0]) for level, policy, message in self.violations}


def put_pack_into(folder: Path) -> None:
    """Copy the pack to a folder: the engine writes beside it."""
    shutil.copytree(CHECKOUT / "policies", folder / "policies", ignore=shutil.ignore_patterns("__pycache__"))


def run(shell: Shell, command: str) -> Ended:
    ended = subprocess.run(
        command.split(),
        cwd=shell.folder,
        env=shell.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    text = ended.stdout + ended.stderr
    # An engine may interrupt the program once a policy is violated, and Python shows where it was.
    assert "Traceback" not in text or "KeyboardInterrupt" in text, text
    return Ended(ended.returncode, text)


class PolicyProject:
    """A project with the pack beside it."""

    def __init__(self, folder: Path) -> None:
        self.project = GatedProject(folder)
        self.folder = folder
        put_pack_into(folder)

    def run(self, command: str) -> Ended:
        return run(self.project.shell, command)

    def configure(self, **policies: Any) -> None:
        """Write the config of the policies, as CrossGuard takes it: policies.json."""
        config = {f"device-certificate-{name.replace('_', '-')}": value for name, value in policies.items()}
        (self.folder / "policies.json").write_text(json.dumps(config))


@pytest.fixture
def judged(tmp_path: Path) -> Iterator[PolicyProject]:
    yield PolicyProject(tmp_path)
    assert left_below(tmp_path) == [], "a process outlived the engine"


ENDS_SOON = {"sn": "02", "name": "ends-soon", "valid_from": "-345d", "valid_until": "+20d"}
DEVICES = [{"sn": "01", "name": "steady"}, ENDS_SOON, {"sn": "0b", "name": "later", "status": "inactive"}]


def test_the_pack_judges_a_preview_and_refuses_an_update(judged: PolicyProject) -> None:
    project = judged.project
    project.serve(mqtt=DEVICES, iot=[{"name": "light"}, {"name": "lamp", "status": "generating"}])
    lights = [iot("light", include_private_key=True), iot("lamp", allow_pending=True)]
    read = [mqtt("steady", "01", include_chain=True), mqtt("ends-soon", "02"), *lights]
    project.read(*read)
    project.up()
    project.read(*read, {**mqtt("later", "0b"), "later": True})

    warned = judged.run("pulumi preview --policy-pack policies")
    assert warned.code == 0, warned.text
    assert warned.judged == {("advisory", "expires-within", "ends-soon"), ("advisory", "pending", "lamp")}

    project.emulator("deactivate steady")
    inactive = ("mandatory", "inactive", "steady: the service has deactivated it")
    refused = judged.run("pulumi preview --policy-pack policies")
    assert refused.code != 0
    assert inactive in refused.violations
    assert warned.judged < refused.judged

    before = judged.run("pulumi stack export").text
    refused = judged.run("pulumi up --yes --policy-pack policies")
    assert refused.code != 0
    assert inactive in refused.violations
    assert judged.run("pulumi stack export").text == before, "it was updated"

    configured = "pulumi preview --policy-pack policies --policy-pack-config policies.json"
    judged.configure(inactive="advisory", pending="disabled", expires_within_fail={"failWithin": "25d"})
    changed = judged.run(configured)
    assert changed.code != 0
    assert changed.judged == {
        ("advisory", "inactive", "steady"),
        ("advisory", "expires-within", "ends-soon"),
        ("mandatory", "expires-within-fail", "ends-soon"),
    }

    project.config["device-certificates:gate"] = {
        "warnWithin": "10d",
        "allow": ["pending"],
        "rules": [{"match": "ste*", "warnOn": ["inactive"]}],
    }
    project.up()  # It makes what `later` was waiting for; nothing is said of the update itself without the pack.
    by_gate = judged.run("pulumi preview --policy-pack policies")
    assert by_gate.judged == {("advisory", "warn-on", "steady"), ("mandatory", "inactive", "later")}


def test_the_stored_state_tells_the_policies_more_than_a_preview(judged: PolicyProject) -> None:
    project = judged.project
    project.serve(mqtt=[{"sn": "01", "name": "steady"}, {"sn": "02", "name": "mismatch", "reported_shift": "+1d"}])
    project.read(mqtt("steady", "01"), mqtt("mismatch", "02"))
    project.up()

    assert judged.run("pulumi preview --policy-pack policies").judged == set()
    stored = judged.run("pulumi policy analyze --stack dev --policy-pack policies")
    assert stored.code != 0
    assert stored.judged == {("mandatory", "mismatch", "mismatch")}


def test_a_deviation_violates_a_policy_only_if_its_level_is_set(judged: PolicyProject) -> None:
    project = judged.project
    project.serve(iot=[{"name": "odd", "shape": "negative-serial", "key": "ec-p256"}])
    project.read(iot("odd"))
    project.up()
    analyze = "pulumi policy analyze --stack dev --policy-pack policies"
    default = judged.run(analyze)
    assert (default.code, default.judged) == (0, set()), default.text
    judged.configure(nonconforming="advisory")
    assert judged.run(f"{analyze} --policy-pack-config policies.json").judged == {("advisory", "nonconforming", "odd")}


def test_a_read_that_fails_ends_the_preview_before_any_policy_is_asked(judged: PolicyProject) -> None:
    project = judged.project
    project.serve(mqtt=[{"sn": "01", "name": "steady", "status": "inactive"}])
    project.read(mqtt("steady", "01"))
    project.up()
    project.read(mqtt("steady", "01"), mqtt("nowhere", "09"))
    ended = judged.run("pulumi preview --policy-pack policies")
    assert ended.code != 0
    assert "nowhere" in ended.text
    assert ended.violations == set()


def test_a_gate_that_cannot_be_used_ends_the_preview_in_one_line(judged: PolicyProject) -> None:
    project = judged.project
    project.serve(mqtt=[{"sn": "01", "name": "steady"}])
    project.read(mqtt("steady", "01"))
    project.config["device-certificates:gate"] = {"warnWithin": "soon"}
    project.up()
    ended = judged.run("pulumi preview --policy-pack policies")
    assert ended.code != 0
    assert "    error: device-certificates:gate: 'soon' is not a threshold" in ended.text


DOCUMENT = (CHECKOUT / "docs" / "policies.md").read_text(encoding="utf-8")


def documented(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[Shell]:
    """The project's own stack `dev`, updated, with the pack beside it."""
    folder = tmp_path / "project"
    folder.mkdir()
    shutil.copytree(CHECKOUT / "stacks", folder / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml"):
        shutil.copy(CHECKOUT / name, folder)
    shell = Shell(folder)
    put_pack_into(folder)
    shell.run("pulumi stack init dev")
    shell.run("pulumi up --yes --skip-preview")
    yield shell
    assert left_below(tmp_path) == [], "a process outlived the engine"


def test_the_examples_of_the_docs_show_what_is_there(dev: Shell) -> None:
    dev.run("device-certificates emulator deactivate gateway-01")
    (config,) = documented("json policies.json")
    (dev.folder / "policies.json").write_text(config)
    examples = documented("console")
    assert examples
    for example in examples:
        command, _, expected = example.removeprefix("$ ").partition("\n")
        shown = run(dev, command).text
        for part in filter(None, expected.split("...\n")):
            assert part in shown, f"{command}\n{shown}"
            shown = shown.partition(part)[2]
