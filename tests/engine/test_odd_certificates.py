"""Certificates that a strict parser rejects, through the engine and the gate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.engine.gated import Gated, GatedProject, iot, mqtt

ODD = Path(__file__).parents[1] / "unit" / "vectors" / "odd"
NAMES = sorted(folder.name for folder in ODD.iterdir() if folder.is_dir())
MARKER = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
VALIDITY = {"valid_from": "2025-01-01T00:00:00Z", "valid_until": "2035-01-01T00:00:00Z"}

DEVIATING = {
    "aki-issuer-without-serial",
    "basicconstraints-true-as-01",
    "critical-false-explicit",
    "critical-false-with-key",
    "eku-empty",
    "teletex-latin1",
    "utctime-with-offset",
    "utctime-without-seconds",
}
SHA1 = {"sha1-chain-in-one-body", "sha1-leaf-and-its-ca"}
WITH_KEY = {"critical-false-with-key", "ec-key-of-33-octets"}


def text(name: str, file: str = "body") -> str:
    return (ODD / name / f"{file}.txt").read_text(encoding="utf-8")


def device(name: str) -> dict[str, Any]:
    key = {"key_content": text(name, "key")} if name in WITH_KEY else {}
    return {"name": name, "content": text(name), **key}


def expected(name: str, otherwise: str) -> set[tuple[str, str]]:
    found = {("nonconforming", "info")} if name in DEVIATING else set()
    found |= {("weak", "warn")} if name in SHA1 else set()
    if otherwise == "new" or not found:
        found.add((otherwise, "info"))
    return found


# They were made with few keys and one serial number, which is found of all of them together.
ALLOW = ("--allow", "shared_key,duplicate_serial")


def found(gated: Gated) -> dict[str, set[tuple[str, str]]]:
    """What is found of each certificate by itself."""
    together = {("shared_key", "info"), ("duplicate_serial", "info")}
    return {name: findings - together or {("unchanged", "info")} for name, findings in gated.findings.items()}


def test_every_odd_certificate_is_read_in_previews_updates_and_refreshes(gated_project: GatedProject) -> None:
    gated_project.serve(iot=[device(name) for name in NAMES])
    gated_project.read(*(iot(name, include_private_key=name in WITH_KEY) for name in NAMES))
    previewed = gated_project.gate(*ALLOW, PYTHONWARNINGS="error::UserWarning")
    assert previewed.code == 0, previewed.err
    assert found(previewed) == {name: expected(name, "new") for name in NAMES}
    assert "UserWarning" not in previewed.out + previewed.err
    gated_project.up()
    gated_project.shell.run("pulumi refresh --yes --skip-preview --expect-no-changes")
    assert found(gated_project.gate(*ALLOW)) == {name: expected(name, "unchanged") for name in NAMES}

    outputs = json.loads(gated_project.shell.run("pulumi stack output --json --show-secrets"))["certificates"]
    for name in set(NAMES) - {"bitstring-in-the-name", "country-of-three-letters", "teletex-latin1"}:
        certificate = outputs[name]
        assert (certificate["serial_number_hex"], certificate["subject"]) == ("4660", "CN=gateway-77"), name
    assert outputs["teletex-latin1"]["subject_common_name"] == "Zürich"
    assert outputs["utctime-with-offset"]["not_before"] == "2025-01-01T00:00:00Z"


def test_a_certificate_without_an_end_has_no_expiry_in_any_report(gated_project: GatedProject) -> None:
    gated_project.serve(iot=[device("idevid-without-expiry")])
    gated_project.read(iot("idevid-without-expiry"))
    gated = gated_project.gate("--markdown", "report.md", "--html", "report.html")
    markdown = (gated_project.folder / "report.md").read_text(encoding="utf-8")
    for shown in (gated.out, markdown):
        assert "no expiry" in shown
        assert "2912" not in shown
    assert gated.certificate("idevid-without-expiry")["remaining_seconds"] is None


def test_chains_with_odd_names_and_old_signatures_are_no_mismatch(gated_project: GatedProject) -> None:
    names = ["idevid-without-expiry", "issuer-utf8-ca-printable", "sha1-leaf-and-its-ca", "version-1-ca"]
    until = {"idevid-without-expiry": {"valid_until": "9999-12-31T23:59:59Z"}}
    gated_project.serve(
        cas=[
            {
                "sn": f"00a{number}",
                "content": text(name, "ca"),
                "devices": [{"sn": "4660", "content": text(name), **VALIDITY, **until.get(name, {})}],
            }
            for number, name in enumerate(names)
        ]
    )
    gated_project.read(
        *(mqtt(name, "4660", ca_sn=f"00a{number}", include_chain=True) for number, name in enumerate(names))
    )
    gated = gated_project.gate(*ALLOW)
    findings = {name: expected(name, "new") for name in names}
    findings["version-1-ca"].add(("nonconforming", "info"))
    assert found(gated) == findings
    assert [warning["code"] for warning in gated.certificate("version-1-ca")["warnings"]] == ["version_1_ca"]


def test_a_device_whose_name_is_the_engines_marker_does_not_end_the_preview(gated_project: GatedProject) -> None:
    gated_project.serve(mqtt=[{"sn": "01", "name": MARKER}, {"sn": "02", "name": "other"}])
    gated_project.read(mqtt("odd", "01"), mqtt("other", "02"))
    gated = gated_project.gate()
    assert gated.code == 0, gated.err
    assert gated.findings == {"odd": {("nonconforming", "info"), ("new", "info")}, "other": {("new", "info")}}
    gated_project.up()
    gated_project.shell.run("pulumi refresh --yes --skip-preview --expect-no-changes")
    assert gated_project.gate().findings["odd"] == {("nonconforming", "info")}


def test_a_certificate_without_an_end_fails_with_its_expired_ca(gated_project: GatedProject) -> None:
    validity = {"valid_from": "2021-01-01T00:00:00Z", "valid_until": "2024-01-01T00:00:00Z"}
    endless = {"sn": "11", **validity, "valid_until": "9999-12-31T23:59:59Z"}
    gated_project.serve(cas=[{"sn": "00ca", **validity, "devices": [endless]}])
    gated_project.read(mqtt("endless", "11", ca_sn="00ca", include_chain=True))
    gated = gated_project.gate()
    assert (gated.code, gated.findings) == (3, {"endless": {("outlives_ca", "fail"), ("new", "info")}})
