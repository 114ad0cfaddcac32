"""`device-certificates preview` under the real engine: the service before, the service after, the preview between."""

from __future__ import annotations

import pytest
from tests.engine.gated import GatedProject, iot, mqtt
from tests.engine.test_audit import AUDIT

from alicloud_device_certificates.gate.rules.kinds import FindingKind

_BEFORE = {
    "steady": {"sn": "01"},
    "rotated": {"sn": "02"},
    "serial-changed": {"sn": "03"},
    "renewed": {"sn": "04"},
    "deactivated": {"sn": "05"},
    "activated": {"sn": "06", "status": "inactive"},
    "expired": {"sn": "07", "valid_from": "-400d", "valid_until": "-35d"},
    "ends-soon": {"sn": "08", "valid_from": "-345d", "valid_until": "+20d"},
    "ends-sooner": {"sn": "09", "valid_until": "+5d"},
    "early": {"sn": "0a", "valid_from": "+2d"},
    "later": {"sn": "0b"},
    "weak": {"sn": "0c", "key": "rsa1024"},
    "mismatch": {"sn": "0d", "reported_shift": "+1d"},
    "unreadable": {"sn": "0e", "shape": "odd-times"},
    "spoilt": {"sn": "0f"},
    "nonconforming": {"sn": "16", "shape": "negative-serial"},
    "removed": {"sn": "10"},
    "taken-out": {"sn": "11"},
    "short-lived": {"sn": "12", "valid_from": "-1d", "valid_until": "+9d"},
    "with-chain": {"sn": "13"},
    "secret": {"sn": "14"},
    "new": {"sn": "15"},
}
_CHAINED = {"sn": "00aa", "valid_until": "+100d", "devices": [{"sn": "21", "name": "outlives"}]}
_LONE_CA = {"sn": "00bb", "valid_until": "+100d", "devices": [{"sn": "22", "name": "outlives-too"}]}
_NOT_BEFORE_UPDATE = ("new", "taken-out", "later")


def _devices(**changed: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, **device, **changed.get(name, {})} for name, device in _BEFORE.items()]


def _read(*names: str) -> list[dict[str, object]]:
    return [mqtt(name, _BEFORE[name]["sn"]) for name in names]


@pytest.mark.both_engines
def test_every_kind_of_finding_is_made_of_what_happened_at_the_service(gated_project: GatedProject) -> None:
    gated_project.serve(
        mqtt=_devices(),
        iot=[{"name": "pending", "status": "generating"}, {"name": "stuck"}, {"name": "key", "key": "ec-p256"}],
        cas=[_CHAINED, _LONE_CA],
    )
    always = [name for name in _BEFORE if name not in (*_NOT_BEFORE_UPDATE, "with-chain", "secret")]
    chained = [
        mqtt("outlives", "21", ca_sn="00aa", include_chain=True),
        mqtt("outlives-too", "22", ca_sn="00bb"),
        {"kind": "ca", "name": "ca", "ca_sn": "00bb"},
    ]
    iots = [iot("pending", allow_pending=True), iot("stuck"), iot("key", include_private_key=True)]
    secret = {**mqtt("secret", "14"), "secret": True}
    gated_project.read(*_read(*always, "with-chain", "taken-out"), secret, *chained, *iots)
    gated_project.up()

    gated_project.emulator("rotate rotated")
    gated_project.emulator("rotate key")
    gated_project.emulator("renew renewed")
    gated_project.emulator("renew serial-changed --new-serial")
    gated_project.emulator("deactivate deactivated")
    gated_project.emulator("activate activated")
    gated_project.emulator("remove removed")
    gated_project.emulator("set-status stuck failed")
    gated_project.serve(
        mqtt=_devices(spoilt={"shape": "garbage"}),
        iot=[{"name": "pending", "status": "generating"}, {"name": "stuck"}, {"name": "key", "key": "ec-p256"}],
        cas=[_CHAINED, _LONE_CA],
    )
    gated_project.config["device-certificates:gate"] = {
        "failWithin": "7d",
        "rules": [{"match": "short-*", "warnWithin": "30d", "failWithin": "10%"}],
    }
    later = {"kind": "mqtt", "name": "later", "later": True}
    chain = mqtt("with-chain", "13", include_chain=True)
    new = mqtt("new", "15", fail_within="36500d")
    gated_project.read(*_read(*always), new, secret, chain, later, *chained, *iots)
    gated = gated_project.gate()

    assert gated.findings == {
        "steady": {("unchanged", "info")},
        "rotated": {("rotated", "warn")},
        "key": {("rotated", "warn")},
        "serial-changed": {("rotated", "warn"), ("mismatch", "fail")},
        "renewed": {("renewed", "info")},
        "deactivated": {("inactive", "fail"), ("status_changed", "warn")},
        "activated": {("status_changed", "warn")},
        "expired": {("expired", "fail")},
        "ends-soon": {("expires_within", "warn")},
        "ends-sooner": {("expires_within", "fail")},
        "early": {("not_yet_valid", "warn")},
        "weak": {("weak", "warn")},
        "mismatch": {("mismatch", "fail")},
        "unreadable": {("unreadable", "fail")},
        "spoilt": {("unreadable", "fail")},
        "nonconforming": {("nonconforming", "info"), ("mismatch", "fail")},
        "removed": {("missing", "fail")},
        "taken-out": {("gone", "warn")},
        "short-lived": {("expires_within", "warn"), ("threshold_exceeds_lifetime", "warn")},
        "with-chain": {("changed", "info")},
        "secret": {("unreadable", "fail")},
        "new": {("new", "info"), ("postcondition_failed", "fail")},
        "later": {("known_after_update", "info")},
        "outlives": {("outlives_ca", "fail")},
        "outlives-too": {("outlives_ca", "fail")},
        "ca": {("unchanged", "info")},
        "pending": {("pending", "warn")},
        "stuck": {("pending", "fail")},
    }
    found = {kind for findings in gated.findings.values() for kind, _ in findings}
    assert found | {"query_failed"} | AUDIT == set(FindingKind), (
        "each kind is proven here, in the test of a service that is down, or in those of the audit"
    )
    assert gated.code == 3
    removed = gated.certificate("removed")
    assert removed["failure"]["code"] == "FindDeviceBySnError"
    assert removed["urn"].endswith("alicloud:MqttDeviceCertificate::removed")


def test_a_service_that_is_down_is_no_finding_but_an_end(gated_project: GatedProject) -> None:
    fault = {"code": "ServiceUnavailable", "http": 503}
    gated_project.serve(mqtt=[{"sn": "01", "name": "here"}, {"sn": "02", "name": "down", "fault": fault}])
    gated_project.config["alicloud:maxRetryTimeout"] = 1
    gated_project.read(mqtt("down", "02"), mqtt("gone", "ff"))
    gated = gated_project.gate("--detailed-exitcode")
    assert gated.code == 1
    assert gated.findings["down"] == {("query_failed", "fail")}
    assert gated.report is not None
    (problem,) = gated.report["problems"]
    assert problem.startswith("down: GetDeviceCertificate (region cn-hangzhou, instance post-cn-1, CA 00f2, device 02)")
    assert "ServiceUnavailable" in problem


def test_a_rotated_certificate_shows_even_after_a_refresh(gated_project: GatedProject) -> None:
    gated_project.serve(mqtt=[{"sn": "01", "name": "a"}, {"sn": "02", "name": "b"}])
    gated_project.read(mqtt("a", "01"), mqtt("b", "02"))
    gated_project.up()
    gated_project.emulator("rotate a")
    found = {"a": {("rotated", "warn")}, "b": {("unchanged", "info")}}
    assert (gated_project.gate("--refresh").findings, gated_project.gate().findings) == (found, found)
    gated_project.emulator("remove b")
    removed = gated_project.gate("--refresh")
    assert (removed.code, removed.findings["b"]) == (3, {("missing", "fail")})
    gated_project.read(mqtt("a", "01"))
    taken_out = gated_project.gate("--refresh")
    assert (taken_out.code, taken_out.findings["b"]) == (0, {("gone", "warn")})


@pytest.mark.both_engines
@pytest.mark.parametrize("by", ["project", "environment"])
def test_a_project_that_always_refreshes_is_evaluated_as_any_other(gated_project: GatedProject, by: str) -> None:
    gated_project.serve(mqtt=[{"sn": "01", "name": "a"}, {"sn": "02", "name": "b", "status": "inactive"}])
    gated_project.read(mqtt("a", "01"), mqtt("b", "02"))
    gated_project.up()
    gated_project.emulator("remove a")
    environment = {"PULUMI_OPTION_REFRESH": "true"} if by == "environment" else {}
    if by == "project":
        with (gated_project.folder / "Pulumi.yaml").open("a") as project:
            project.write("options:\n  refresh: always\n")
    gated = gated_project.gate(**environment)
    assert gated.findings == {"a": {("missing", "fail")}, "b": {("inactive", "fail")}}
    assert gated.code == 3


@pytest.mark.both_engines
def test_a_read_that_depends_on_what_is_still_to_be_created_is_known_after_the_update(
    gated_project: GatedProject,
) -> None:
    gated_project.serve(mqtt=[{"sn": "01", "name": "a"}])
    gated_project.read(mqtt("a", "01", after=True))
    gated = gated_project.gate()
    assert (gated.code, gated.findings) == (0, {"a": {("known_after_update", "info")}})


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "moved", [{"name": "other"}, {"name": "a", "parent": "my:rack:Rack"}], ids=["renamed", "moved"]
)
def test_a_certificate_is_followed_whatever_its_resource_is_called(
    gated_project: GatedProject, moved: dict[str, str]
) -> None:
    gated_project.serve(mqtt=[{"sn": "01", "name": "device"}])
    gated_project.read(mqtt("a", "01"))
    gated_project.up()
    gated_project.read({**mqtt("a", "01"), **moved})
    assert gated_project.gate().findings == {moved["name"]: {("unchanged", "info")}}
    gated_project.emulator("rotate device")
    rotated = gated_project.gate("--fail-on", "rotated")
    assert (rotated.code, rotated.findings) == (3, {moved["name"]: {("rotated", "fail")}})


@pytest.mark.both_engines
def test_certificates_that_swap_their_names_are_followed_too(gated_project: GatedProject) -> None:
    gated_project.serve(mqtt=[{"sn": "01", "name": "one"}, {"sn": "02", "name": "two"}])
    gated_project.read(mqtt("a", "01"), mqtt("b", "02"))
    gated_project.up()
    gated_project.read(mqtt("a", "02"), mqtt("b", "01"))
    gated_project.emulator("rotate two")
    assert gated_project.gate().findings == {"a": {("rotated", "warn")}, "b": {("unchanged", "info")}}


def test_two_certificates_of_one_name_are_told_apart_everywhere(gated_project: GatedProject) -> None:
    gated_project.serve(mqtt=[{"sn": "01", "name": "one"}, {"sn": "02", "name": "two", "status": "inactive"}])
    gated_project.read(mqtt("a", "01"), mqtt("a", "02", parent="my:rack:Rack"))
    gated = gated_project.gate("--reports", "reports")
    assert gated.report is not None
    labels = ["a (my:rack:Rack, mqtt)", "a (stack, mqtt)"]
    assert [each["label"] for each in gated.report["certificates"]] == labels
    reports = gated_project.folder / "reports"
    for name in ("report.md", "report.html", "junit.xml", "report.sarif"):
        assert labels[0] in (reports / name).read_text(), name
    assert f"{labels[0]}: the service has deactivated it" in gated.out


def test_another_certificate_under_the_same_name_is_no_rotation(gated_project: GatedProject) -> None:
    gated_project.serve(mqtt=[{"sn": "01", "name": "a"}, {"sn": "02", "name": "b"}])
    gated_project.read(mqtt("a", "01"))
    gated_project.up()
    gated_project.read(mqtt("a", "02"))
    assert gated_project.gate("--fail-on", "rotated").findings == {"a": {("changed", "info")}}
