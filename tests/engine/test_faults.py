"""A service that answers badly, under the real engine: broken responses, responses too many, and hostile texts."""

from __future__ import annotations

import datetime
import json
import re
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.engine.conftest import left_below
from tools.faults import wire
from tools.faults.project import FaultyProject, compare
from tools.faults.service import SECRET, serving

ALL_RIGHT: dict[str, list[str]] = {"lost": [], "doubled": [], "wrong": []}


def test_no_certificate_is_lost_doubled_or_wrong_if_three_in_ten_responses_are_broken(tmp_path: Path) -> None:
    with serving(tmp_path, mqtt=40, iot=20, share=0.3) as service:
        project = FaultyProject(tmp_path / "project", service, mqtt=40, iot=20)
        assert project.update() is None
    assert service.injected.total() > 10
    assert len(service.contents) == 60
    assert compare(project.certificates(), service.contents) == ALL_RIGHT
    assert left_below(tmp_path) == []


def test_one_response_too_many_gives_no_device_the_certificate_of_another(tmp_path: Path) -> None:
    with serving(tmp_path, mqtt=12, iot=12, share=0.5, faults=["one response too many"]) as service:
        project = FaultyProject(tmp_path / "project", service, mqtt=12, iot=12)
        assert project.update() is None
    assert service.injected.total() > 5
    assert compare(project.certificates(), service.contents) == ALL_RIGHT
    private_keys = json.loads(project.run("stack", "output", "private_keys", "--json", "--show-secrets").stdout)
    for name, fields in project.certificates().items():
        if name in private_keys:
            key = serialization.load_pem_private_key(private_keys[name].encode(), password=None)
            certificate = x509.load_pem_x509_certificate(fields["certificate_pem"].encode())
            assert key.public_key() == certificate.public_key()
    assert len(private_keys) == 12


HOSTILE = "\n::error::x\r\n##[error]y ##vso[task.complete]\x1b[31mred\u202eback\u2028\ud800"


def certificate_with(text: str) -> str:
    """Return a certificate with this text in its names."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text.replace("\ud800", ""))])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(5).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=300))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


async def hostile_texts(writer: object, reply: wire.Reply) -> None:
    """Put hostile text into every text that a service returns."""
    document = reply.document
    document["RequestId"] = HOSTILE
    document["Message"] = HOSTILE
    data = document.get("Data") or document["DeviceCertInfo"]
    if "DeviceContent" in data:
        data |= {"DeviceSn": HOSTILE + SECRET, "DeviceName": HOSTILE, "CaSn": HOSTILE}
        data["DeviceContent"] = certificate_with(HOSTILE)
    else:
        data |= {"CertSN": HOSTILE}
    writer.write(wire.http(json.dumps(document).encode(), status=reply.status))  # type: ignore[attr-defined]


async def hostile_error(writer: object, _reply: wire.Reply) -> None:
    document = {"Code": f"NoPermission{HOSTILE}", "Message": f"{HOSTILE} {SECRET}" * 500, "RequestId": HOSTILE}
    writer.write(wire.http(json.dumps(document).encode(), status=403))  # type: ignore[attr-defined]


@pytest.mark.parametrize("fault", [hostile_texts, hostile_error])
@pytest.mark.parametrize("command", ["pulumi preview", "device-certificates preview"])
def test_a_hostile_text_of_the_service_commands_neither_terminal_nor_ci(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: wire.Fault, command: str
) -> None:
    monkeypatch.setitem(wire.FAULTS, "hostile", fault)
    with serving(tmp_path, mqtt=1, iot=1, share=1.0, faults=["hostile"]) as service:
        project = FaultyProject(tmp_path / "project", service, mqtt=1, iot=1)
        assert project.run("stack", "init", "dev").returncode == 0
        options = ["--color=never", "--non-interactive"] if command.startswith("pulumi") else ["--stack", "dev"]
        ended = subprocess.run(
            [*command.split(), *options],
            cwd=project.folder,
            env={**project.environment, "DEVICE_CERTIFICATES_DEBUG": "1", "GITHUB_ACTIONS": "true"},
            capture_output=True,
            check=False,
        )
    # One odd text ends no preview: it is replaced, or reported.
    assert ended.returncode in ({0, 3} if fault is hostile_texts else {1})
    shown = (ended.stdout + ended.stderr).decode()
    assert "a00000" in shown
    # The engine quotes outputs, which are data and stay as they are.
    lines = [line for line in shown.splitlines() if not re.match(r"\s+\w+\s*: \"", line)]
    assert [line for line in lines if not line.replace("\t", "").isprintable()] == []
    assert [line for line in lines if line.strip().startswith("::") or re.search(r"##\w*\[", line)] == []
    assert SECRET not in shown
    assert max(map(len, lines)) < 3000
