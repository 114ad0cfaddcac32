"""The second process that parses the certificates of a large fleet: it helps, harms nothing, and outlives nobody."""

from __future__ import annotations

import json

import pytest
from tests.engine.conftest import left_below
from tests.engine.gated import CA_SN, INSTANCE, GatedProject

from alicloud_device_certificates.reading.fleet.parser_process import WORTH

# Every Python process of the project runs it at its start.
SITE = """
import os, sys
from pathlib import Path

if any(each.endswith("parser_process") for each in sys.orig_argv):
    with Path(os.environ["PARSERS"]).open("a") as log:
        log.write(f"{os.getpid()}\\n")
    if os.environ["PARSER"] == "does not start":
        os._exit(1)
    if os.environ["PARSER"] == "ends in the middle":
        import marshal
        loads = marshal.loads
        texts = []
        def once(text):
            if texts:
                os._exit(1)
            texts.append(text)
            return loads(text)
        marshal.loads = once
    if os.environ["PARSER"] == "outlives the provider":
        import signal
        os.kill(os.getppid(), signal.SIGKILL)
"""
pytestmark = pytest.mark.both_engines


@pytest.fixture
def project(gated_project: GatedProject) -> GatedProject:
    """A project that reads a fleet of so many certificates that the second process pays."""
    folder = gated_project.folder
    (folder / "__main__.py").write_text(
        "from alicloud_device_certificates import configured_certificates, export_certificates\n"
        "export_certificates(configured_certificates())\n"
    )
    (folder / "site").mkdir()
    (folder / "site" / "sitecustomize.py").write_text(SITE)
    gated_project.shell.environment |= {"PYTHONPATH": str(folder / "site"), "PARSERS": str(folder / "parsers")}
    account = {
        "id": "1",
        "quotas": {"onsmqtt": 0},
        "users": [{"access_key_id": "id", "access_key_secret": "made-up"}],
        "mqtt_instances": [{"id": INSTANCE, "cas": [{"sn": CA_SN, "synthetic": {"devices": WORTH + 50}}]}],
    }
    (folder / "scenario.yaml").write_text(json.dumps({"accounts": [account]}))  # JSON is YAML
    gated_project.config["device-certificates:fleets"] = [
        {"name": "line", "service": "mqtt", "mqttInstanceId": INSTANCE, "caSn": CA_SN}
    ]
    return gated_project


@pytest.mark.parametrize("parser", ["as it is", "does not start", "ends in the middle"])
def test_the_whole_fleet_is_read_whatever_becomes_of_the_process(project: GatedProject, parser: str) -> None:
    project.shell.environment["PARSER"] = parser
    project.up()
    certificates = project.shell.certificates()
    assert len(certificates) == WORTH + 50
    assert len({fields["serial_number"] for fields in certificates.values()}) == WORTH + 50
    assert len({fields["issuer"] for fields in certificates.values()}) == 1
    assert len((project.folder / "parsers").read_text().split()) == 1
    assert left_below(project.folder) == []


def test_it_ends_with_a_provider_that_is_killed(project: GatedProject) -> None:
    project.shell.environment["PARSER"] = "outlives the provider"
    project.save_config()
    project.shell.fail("pulumi preview")
    assert left_below(project.folder) == []
    project.shell.environment["PARSER"] = "as it is"
    project.shell.run("pulumi preview")
