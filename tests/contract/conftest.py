"""The emulator as a user serves it, and the vendor's SDKs as its clients."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SCENARIO = """
accounts:
  - id: "1"
    quotas: {onsmqtt: 0, iot: 0}
    users:
      - {access_key_id: owner, access_key_secret: the-secret-of-owner}
      - {access_key_id: role, access_key_secret: the-secret-of-role, token: "the+token/of=role"}
      - {access_key_id: denied, access_key_secret: the-secret-of-owner, deny: ["mq:*", "iot:*"]}
    mqtt_instances:
      - id: post-cn-1
        cas:
          - sn: 00f2
            name: "plant & co"
            devices:
              - {sn: 356201, name: "gateway *: /+~ü"}
              - {sn: 356202, key: rsa2048, shape: pem, label: CERTIFICATE, status: inactive, numbers: string}
              - {sn: 356203, key: ed25519, shape: chain}
              - {sn: "a b+c*d/e:f~g%h&i=j", name: odd}
              - {sn: flaky, fault: {code: Throttling.User, http: 400, retry_after_ms: 5}}
          - {sn: 00f3, key: ed25519, status: inactive, synthetic: {devices: 250, prefix: meter-, key: ed25519}}
    iot_products:
      - product_key: pk1
        devices:
          - {name: lamp, key: ec-p256}
          - {name: "la*mp:@.-_ +", key: rsa2048, shape: pem, key_shape: pkcs1}
          - {name: new, status: generating}
          - {name: bad, status: failed}
      - {product_key: pk3, synthetic: {devices: 120, prefix: meter-}}
      - {product_key: pk2, iot_instance_id: iot-1, devices: [{name: lamp, key: ed448}]}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """An emulator in a process of its own; `host` is `127.0.0.1:<port>`."""

    process: subprocess.Popen[str]
    host: str

    @property
    def address(self) -> str:
        return f"http://{self.host}"


# Only ends a test that would hang: how fast a machine is does not matter.
PATIENCE_S = 300
Serve = Callable[..., contextlib.AbstractContextManager[Served]]


def quiet_environment() -> dict[str, str]:
    """Return the environment without what makes Python itself report slow callbacks and more on stderr."""
    debugging = {"PYTHONASYNCIODEBUG", "PYTHONDEVMODE", "PYTHONWARNINGS"}
    return {name: value for name, value in os.environ.items() if name not in debugging}


@contextlib.contextmanager
def serve(folder: Path, scenario: str | None, *arguments: str) -> Iterator[Served]:
    """Serve a scenario's text as a user does, and end it as a user does."""
    command = [str(Path(sysconfig.get_path("scripts")) / "device-certificates"), "emulator", "--port", "0"]
    if scenario is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "scenario.yaml").write_text(scenario)
        command += ["--scenario", str(folder / "scenario.yaml")]
    command += ["--state", str(folder / "state"), *arguments]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=quiet_environment(), **pipes) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("http://127.0.0.1:"), f"{line!r}, exit code {process.poll()}"
            yield Served(process=process, host=line.strip().removeprefix("http://"))
        finally:
            process.terminate()
            out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out, err) == (0, "", "")


@pytest.fixture
def serve_scenario(tmp_path: Path) -> Serve:
    """Serve another scenario (None: the default one) in this test's own folder."""

    def start(scenario: str | None, *arguments: str) -> contextlib.AbstractContextManager[Served]:
        return serve(tmp_path, scenario, *arguments)

    return start


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One emulator for all tests that change nothing."""
    with serve(tmp_path_factory.mktemp("served"), SCENARIO) as running:
        yield running
