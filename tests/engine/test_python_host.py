"""What a Python language host must do beside running programs: plugins in a folder.

Stack programs are in every other test, virtual environments in test_install.py, policy packs in test_policy_pack.py.
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
