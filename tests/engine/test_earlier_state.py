"""A stack that an earlier version of the package deployed previews without a finding, and changes only by new fields.

``earlier_state`` holds such a stack: its program and config, the state as `pulumi stack export` wrote it, and what the
emulator remembered. The dates are fixed, so nothing in it expires.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.engine.shell import Shell

from alicloud_device_certificates.contract.fields import FIELDS

EARLIER = Path(__file__).parent / "earlier_state"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    folder = tmp_path / "stack"
    shutil.copytree(EARLIER, folder)
    shell = Shell(folder)
    shell.run("pulumi stack init test")
    shell.run("pulumi stack import --file state.json")
    return shell


def resources(state: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The resources by name, without the engine's own provider: the program calls a function of it."""
    return {
        each["urn"].rpartition("::")[2]: each
        for each in state["deployment"]["resources"]
        if each["type"] != "pulumi:providers:pulumi"
    }


def earlier_fields(certificate: dict[str, Any]) -> dict[str, Any]:
    """The fields that the earlier version had too."""
    later = {field.name for field in FIELDS if field.is_from_later_version}
    return {name: value for name, value in certificate.items() if name not in later}


def kept(resource: dict[str, Any]) -> dict[str, Any]:
    """What may not change from version to version: all but the wording of warnings and the times of the run."""
    outputs = {**resource.get("outputs", {})}
    outputs["warnings"] = [warning["code"] for warning in outputs.get("warnings", [])]
    # A secret is encrypted with another nonce each time.
    outputs.pop("private_key_pem", None)
    outputs.pop("private_keys", None)
    if "certificate" in outputs:
        outputs["certificate"] = earlier_fields(outputs["certificate"])
    if "certificates" in outputs:
        outputs["certificates"] = {name: earlier_fields(each) for name, each in outputs["certificates"].items()}
    identity = {key: resource.get(key) for key in ("id", "type", "external", "additionalSecretOutputs")}
    return {**identity, "inputs": resource.get("inputs"), "outputs": outputs}


GATE = "device-certificates preview --stack test --detailed-exitcode --json report.json --warn-on inactive"


def found(shell: Shell) -> dict[str, list[str]]:
    """The kinds of findings of each certificate in the report; there are no changes of fields."""
    certificates = json.loads((shell.folder / "report.json").read_text(encoding="utf-8"))["certificates"]
    assert all(each["changes"] == [] for each in certificates)
    return {each["name"]: [finding["kind"] for finding in each["findings"]] for each in certificates}


FOUND = {
    "ca": ["unchanged"],
    "gateway": ["unchanged"],
    "inactive": ["inactive"],
    "light": ["unchanged"],
    "pending": ["pending"],
}


def test_the_gate_finds_neither_a_change_nor_an_error(shell: Shell) -> None:
    # The stack's outputs get the fields that the earlier version did not have: a change, but none of a certificate.
    shell.fail(GATE)
    report = json.loads((shell.folder / "report.json").read_text(encoding="utf-8"))
    assert report["exit_code"] == 2
    assert found(shell) == FOUND
    shell.run("pulumi up --yes --skip-preview")
    shell.run(GATE)
    assert found(shell) == FOUND


def assert_kept(shell: Shell) -> None:
    before = resources(json.loads((shell.folder / "state.json").read_text(encoding="utf-8")))
    after = resources(json.loads(shell.run("pulumi stack export")))
    assert {name: kept(each) for name, each in after.items()} == {name: kept(each) for name, each in before.items()}


def test_an_update_keeps_the_state_as_it_was(shell: Shell) -> None:
    shell.run("pulumi up --yes --skip-preview --expect-no-changes")
    assert_kept(shell)


def test_a_refresh_of_it_reads_with_the_earlier_arguments(shell: Shell) -> None:
    # Not --expect-no-changes: for the engine, another wording of a warning is a change.
    shell.run("pulumi refresh --yes")
    assert_kept(shell)
