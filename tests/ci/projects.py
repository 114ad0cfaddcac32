"""A Pulumi project of one's own with the emulator, and a Python whose environments need no network."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.engine.shell import CHECKOUT, Shell

PROGRAM = """
import json, os, stat
from pathlib import Path

from alicloud_device_certificates import MqttDeviceCertificate, export_certificates

# What the program and its providers see of the credentials.
told = ("ALIBABA_CLOUD_", "ACTIONS_", "GATE_ID_TOKEN", "GITLAB_TOKEN", "GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH")
token = os.environ.get("ALIBABA_CLOUD_OIDC_TOKEN_FILE")
Path("seen.json").write_text(json.dumps({
    "environment": {name: value for name, value in os.environ.items() if name.startswith(told)},
    "token": token and Path(token).read_text(),
    "mode": token and oct(stat.S_IMODE(os.stat(token).st_mode)),
}))

place = {"mqtt_instance_id": "post-cn-emulator01", "ca_sn": "00f26900ba87"}
names = json.loads(Path("certificates.json").read_text())
export_certificates({name: MqttDeviceCertificate(name, device_sn=sn, **place) for name, sn in names.items()})
"""


class FleetProject(Shell):
    """A stack `fleet/test` of the certificates named; a person's shell in its folder."""

    def __init__(self, folder: Path, certificates: dict[str, str]) -> None:
        if shutil.which("pulumi") is None:
            pytest.fail("this test needs the pulumi CLI on PATH: run it by `make test`")
        folder.mkdir()
        super().__init__(folder)
        # Nothing of the CI system that these tests run in.
        ours = re.compile("GITHUB_|GITLAB_|CI_|ACTIONS_|RUNNER_|GATE_|PYTHON")
        kept = {name: value for name, value in self.environment.items() if not ours.match(name)}
        # The engine starts the program with the first `python` on PATH.
        self.environment = {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"}
        (folder / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n", encoding="utf-8")
        (folder / "Pulumi.test.yaml").write_text(
            "config:\n  alicloud:region: cn-hangzhou\n  device-certificates:emulator: true\n", encoding="utf-8"
        )
        (folder / "__main__.py").write_text(PROGRAM, encoding="utf-8")
        (folder / "certificates.json").write_text(json.dumps(certificates), encoding="utf-8")
        self.run("pulumi stack init test")

    @property
    def seen(self) -> dict[str, Any]:
        """What the last run of the program saw."""
        found: dict[str, Any] = json.loads((self.folder / "seen.json").read_text(encoding="utf-8"))
        return found


REPORT = "<!-- device-certificates: fleet/test -->\n# What the gate found\n"


def stub_program(path: Path, *, code: int) -> None:
    """A `device-certificates` whose gate writes down how it was called, makes `REPORT` and exits; its rest is real."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"#!{sys.executable}\nimport json, os, pathlib, sys\n"
        "from alicloud_device_certificates.cli import main\n"
        "if sys.argv[1] == 'comment':\n"
        "    sys.exit(main())\n"
        "from alicloud_device_certificates.gate.reports import prepare_folder, remove_earlier\n"
        "given = {name: value for name, value in os.environ.items() if name.startswith('GATE_')}\n"
        "pathlib.Path('called.json').write_text(json.dumps([sys.argv[1:], given]))\n"
        "print('::error::said by a certificate', flush=True)\n"
        "files = dict(prepare_folder(pathlib.Path(os.environ['GATE_REPORTS'])))\n"
        "remove_earlier(files.values())\n"
        f"files['markdown'].write_text({REPORT!r})\n"
        f"sys.exit({code})\n",
        encoding="utf-8",
    )
    path.chmod(0o755)


def offline_python(folder: Path) -> tuple[Path, dict[str, str]]:
    """A Python that makes environments in which everything locked already is, and what keeps pip off the network.

    pip then finds each pinned version there, and installs the package itself, which it builds from the checkout.
    """
    python = folder / "python"
    makes = "import sys; from tests.ci.projects import make_environment; make_environment(sys.argv[1])"
    real = shlex.quote(sys.executable)
    python.write_text(
        f"#!/bin/sh\n"
        f'if [ "$1 $2" = "-m venv" ]; then cd {shlex.quote(str(CHECKOUT))} && exec {real} -c "{makes}" "$3"; fi\n'
        f'exec {real} "$@"\n',
        encoding="utf-8",
    )
    python.chmod(0o755)
    return python, {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}


def make_environment(folder: str) -> None:
    import venv

    from tests.engine.test_wheel import link_distributions

    venv.create(folder, symlinks=True)
    (site_packages,) = Path(folder).glob("lib/python*/site-packages")
    locked = [
        line.partition(" \\")[0]
        for name in ("build", "run")
        for line in (CHECKOUT / "locks" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    ]
    link_distributions(["pip", *locked], site_packages)
