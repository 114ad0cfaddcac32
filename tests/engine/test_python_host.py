"""What a Python language host must do beside running programs: virtual environments, and plugins in a folder.

Stack programs are in every other test, and policy packs in test_policy_pack.py.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from tests.engine.shell import Shell
from tools.engine.hosts import YAML

ENVIRONMENT = Path(sys.prefix)

PROGRAM = """
import sys

import pulumi
from alicloud_device_certificates import MqttDeviceCertificate

gateway = MqttDeviceCertificate(
    "gateway", mqtt_instance_id="post-cn-emulator01", ca_sn="00f26900ba87", device_sn="356217374433aa01"
)
pulumi.export("python", sys.prefix)
pulumi.export("status", gateway.status)
"""
CONFIG = "config:\n  alicloud:region: cn-hangzhou\n  device-certificates:emulator: true\n"

PLUGIN = """
from typing import Optional, TypedDict

import pulumi
from pulumi.provider.experimental import component_provider_host


class Arguments(TypedDict):
    text: pulumi.Input[str]


class Echo(pulumi.ComponentResource):
    loud: pulumi.Output[str]

    def __init__(self, name: str, args: Arguments, opts: Optional[pulumi.ResourceOptions] = None):
        super().__init__("echo:index:Echo", name, {}, opts)
        self.loud = pulumi.Output.from_input(args["text"]).apply(lambda text: text.upper())
        self.register_outputs({"loud": self.loud})


component_provider_host(name="echo", components=[Echo])
"""
CONSUMER = """
name: consumer
runtime: yaml
plugins:
  providers: [{name: echo, path: ../plugin}]
resources:
  one: {type: "echo:index:Echo", properties: {text: hello}}
outputs: {loud: "${one.loud}"}
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Shell:
    """A shell without this test's own environment on PATH."""
    shell = Shell(tmp_path)
    own = str(ENVIRONMENT / "bin")
    shell.environment.pop("VIRTUAL_ENV", None)
    folders = shell.environment["PATH"].split(os.pathsep)
    shell.environment["PATH"] = os.pathsep.join(folder for folder in folders if folder != own)
    return shell


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("main", "virtualenv"),
    [("", "venv"), ("stacks/certificates", str(ENVIRONMENT))],
    ids=["beside the program", "with the program in a folder"],
)
def test_a_program_runs_in_the_virtual_environment_of_its_project(elsewhere: Shell, main: str, virtualenv: str) -> None:
    folder = elsewhere.folder
    where = f"main: {main}\n" if main else ""
    options = f"runtime: {{name: python, options: {{virtualenv: {virtualenv}}}}}\n"
    (folder / "Pulumi.yaml").write_text(f"name: mine\n{where}{options}")
    (folder / "Pulumi.dev.yaml").write_text(CONFIG)
    (folder / main).mkdir(parents=True, exist_ok=True)
    (folder / main / "__main__.py").write_text(PROGRAM)
    (folder / "venv").symlink_to(ENVIRONMENT)
    elsewhere.run("pulumi stack init dev")
    elsewhere.run("pulumi up --yes --skip-preview")
    assert elsewhere.run("pulumi stack output status").strip() == "active"
    assert Path(elsewhere.run("pulumi stack output python").strip()).resolve() == ENVIRONMENT.resolve()


@pytest.mark.both_engines
def test_a_folder_with_a_plugin_in_python_is_a_plugin_of_other_languages(elsewhere: Shell) -> None:
    if shutil.which(YAML.program.name) is None:
        pytest.skip("needs Pulumi's host for YAML: `make engine-tests` says what it misses")
    plugin, consumer = elsewhere.folder / "plugin", elsewhere.folder / "consumer"
    plugin.mkdir()
    consumer.mkdir()
    (plugin / "PulumiPlugin.yaml").write_text("runtime: python\n")
    (plugin / "__main__.py").write_text(PLUGIN)
    (plugin / "venv").symlink_to(ENVIRONMENT)
    (consumer / "Pulumi.yaml").write_text(CONSUMER)
    elsewhere.folder = consumer
    elsewhere.run("pulumi stack init dev")
    elsewhere.run("pulumi up --yes --skip-preview")
    assert elsewhere.run("pulumi stack output loud").strip() == "HELLO"
