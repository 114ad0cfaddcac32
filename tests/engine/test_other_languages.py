"""The outputs of a certificates stack are plain: a program in another language uses them by a StackReference."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pulumi
import pytest
from tests.engine.conftest import CA, MakeProject, Project
from tests.engine.shell import CHECKOUT, Shell
from tools.engine.hosts import NODE
from tools.engine.npm_packages import packages_folder

from alicloud_device_certificates import configured_certificates, export_certificates

EXAMPLE = CHECKOUT / "examples" / "typescript"
CONFIG: dict[str, Any] = {
    "alicloud:region": "cn-hangzhou",
    "device-certificates:emulator": True,
    "device-certificates:certificates": [
        {"name": "gateway-01", "service": "mqtt", "deviceSn": "356217374433aa01", **CA},
        {
            "name": "light-02",
            "service": "iot",
            "productKey": "a1BwAGVemul8",
            "deviceName": "light-02",
            "includePrivateKey": True,
        },
        {
            "name": "light-03",
            "service": "iot",
            "productKey": "a1BwAGVemul8",
            "deviceName": "light-03",
            "allowPending": True,
        },
    ],
}
FLEETS: dict[str, Any] = {
    **CONFIG,
    "device-certificates:fleets": [
        {"name": "line", "service": "mqtt", "includeChain": True, **CA},
        {"name": "lights", "service": "iot", "productKey": "a1BwAGVemul8", "includePrivateKeys": True},
        {"name": "brief", "service": "mqtt", "fields": "summary", **CA},
    ],
}


def example(folder: Path) -> Path:
    """A copy of the example, with the packages that the checkout has for it."""
    packages = packages_folder(CHECKOUT / ".engine", EXAMPLE)
    if shutil.which("node") is None or shutil.which(NODE.program.name) is None or not packages.is_dir():
        pytest.skip("needs Node.js with npm, and Pulumi's host for it: `make engine-tests` says what it misses")
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("node_modules"))
    (folder / "node_modules").symlink_to(packages)
    return folder


def in_typescript(folder: Path, producer: Project) -> Shell:
    """A person's shell in the example, with a stack of it in the producer's backend."""
    shell = Shell(example(folder))
    shell.environment["PULUMI_BACKEND_URL"] = f"file://{producer.backend}"
    shell.environment["PULUMI_NODEJS_TRANSPILE_ONLY"] = "true"  # the types are checked once, by tsc
    shell.run("pulumi stack init test")
    shell.run("pulumi config set certificatesStack organization/device-certificates/dev")
    return shell


def updated(make_project: MakeProject, config: dict[str, Any]) -> Project:
    """The stack that reads what the config lists, once updated."""
    producer = make_project(
        lambda: export_certificates(configured_certificates()),
        name="device-certificates",
        stack_name="dev",
        config=config,
    )
    run = producer.up()
    assert run.error is None, run.text
    return producer


def diagnostics(shell: Shell) -> str:
    """What a preview that fails shows below its table, without a stack trace."""
    ended = subprocess.run(
        ["pulumi", "preview"], cwd=shell.folder, env=shell.environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode != 0
    shown = ended.stdout.partition("Diagnostics:")[2]
    assert ".ts:" not in shown, "a stack trace"
    return shown


def allow_list(certificates: dict[str, dict[str, Any]]) -> str:
    return "".join(sorted({f"{each['sha256_fingerprint']}\n" for each in certificates.values()}))


def test_the_example_in_typescript_is_well_typed(tmp_path: Path) -> None:
    Shell(example(tmp_path / "typescript")).run("node_modules/.bin/tsc --project .")


def test_a_program_in_typescript_uses_certificates_and_keeps_their_keys_secret(
    make_project: MakeProject, tmp_path: Path
) -> None:
    producer = updated(make_project, CONFIG)
    shell = in_typescript(tmp_path / "typescript", producer)
    shown = shell.run("pulumi up --yes --skip-preview")
    assert "[secret]" in shown.partition("keyPairs")[2]
    outputs = json.loads(shell.run("pulumi stack output --json --show-secrets"))
    produced = {name: output.value for name, output in producer.stack.outputs().items()}
    fields, keys = produced["certificates"], produced["private_keys"]
    assert outputs == {
        "expiry": {name: fields[name]["not_after"] for name in ("gateway-01", "light-02")},
        "allowList": allow_list({name: fields[name] for name in ("gateway-01", "light-02")}),
        "keyPairs": {
            "light-02": {"certificate": fields["light-02"]["certificate_pem"], "privateKey": keys["light-02"]}
        },
    }
    assert "PRIVATE KEY" not in shown + producer.stored_text()


def test_a_program_in_typescript_uses_whole_fleets(make_project: MakeProject, tmp_path: Path) -> None:
    config = {**FLEETS, "device-certificates:fleets": FLEETS["device-certificates:fleets"][:2]}
    producer = updated(make_project, config)
    shell = in_typescript(tmp_path / "typescript", producer)
    shell.run("pulumi config set fleet line")
    shown = shell.run("pulumi up --yes --skip-preview")
    outputs = json.loads(shell.run("pulumi stack output --json --show-secrets"))
    produced = {name: output.value for name, output in producer.stack.outputs().items()}
    fields, keys, summary = produced["certificates"], produced["private_keys"], produced["summaries"]["line"]
    active = {name: each for name, each in fields.items() if each["status"] in ("active", "generated")}
    of_line = {name: each for name, each in active.items() if name.startswith("line/")}
    assert of_line.keys() < active.keys()
    assert outputs["allowList"] == allow_list(active)
    assert outputs["ofFleet"] == {
        "count": summary["count"],
        "nextExpiry": summary["earliest_expiry"],
        "allowList": allow_list(of_line),
        "trustBundle": fields["line/356217374433aa01"]["ca_certificate_pem"],
    }
    assert keys.keys() == {"light-02", "lights/light-01", "lights/light-02"}
    assert outputs["keyPairs"] == {
        name: {"certificate": fields[name]["certificate_pem"], "privateKey": key} for name, key in keys.items()
    }
    assert "PRIVATE KEY" not in shown + producer.stored_text()


def test_a_program_in_typescript_says_in_one_line_what_a_fleet_lacks(make_project: MakeProject, tmp_path: Path) -> None:
    shell = in_typescript(tmp_path / "typescript", updated(make_project, FLEETS))
    told = 'keeps only the summary of fleet brief: set other fields than "summary" on it there'
    assert f"{told}\n" in diagnostics(shell), "a list of everything without that fleet"
    program = shell.folder / "index.ts"
    program.write_text(program.read_text().replace("export const allowList = readAllowList();", ""))
    for fleet, message in (
        ("lien", "has no fleet lien; it has brief, lights, line"),
        ("brief", told),
        ("lights", "a certificate has no CA certificate: set include_chain on it in the other stack"),
    ):
        shell.run(f"pulumi config set fleet {fleet}")
        assert f"{message}\n" in diagnostics(shell)


def test_a_program_in_typescript_says_in_one_line_that_it_does_not_know_the_shape(
    make_project: MakeProject, tmp_path: Path
) -> None:
    producer = make_project(lambda: pulumi.export("schema_version", 2), name="device-certificates", stack_name="dev")
    shell = in_typescript(tmp_path / "typescript", producer)
    assert producer.up().error is None
    assert "exports schema_version 2, but this program supports 1\n" in diagnostics(shell)
