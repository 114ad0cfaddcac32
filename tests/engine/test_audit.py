"""The gate's findings on keys, CAs, serial numbers and ages, under the real engine: in a preview and as deployed."""

from __future__ import annotations

from tests.engine.gated import GatedProject, iot, mqtt
from tests.unit.gate.evaluate.weak_keys import certificate, close_primes, modulus

AUDIT = {"compromised_key", "shared_key", "ca_inactive", "ca_expires_within", "duplicate_serial", "too_old"}
"""The kinds that are proven here."""


def test_the_audit_finds_what_no_certificate_shows_alone(gated_project: GatedProject) -> None:
    gated_project.serve(
        mqtt=[
            {"sn": "01", "name": "sound"},
            {"sn": "02", "name": "cloned", "key_of": "01"},
            {"sn": "03", "name": "numbered", "serial": "0505"},
            {"sn": "04", "name": "numbered-too", "serial": "0505"},
            {"sn": "06", "name": "old", "valid_from": "-900d", "valid_until": "+900d"},
        ],
        iot=[{"name": "light", "key": "ec-p256"}, {"name": "lamp", "key_of": "light"}],
        cas=[
            {"sn": "00aa", "status": "inactive", "devices": [{"sn": "21", "name": "orphan"}]},
            {"sn": "00bb", "valid_until": "+20d", "devices": [{"sn": "22", "name": "under", "valid_until": "+10d"}]},
        ],
    )
    gated_project.read(
        mqtt("sound", "01"),
        mqtt("sound-again", "01"),
        mqtt("cloned", "02"),
        mqtt("numbered", "03", cross_check="off"),
        mqtt("numbered-too", "04", cross_check="off"),
        mqtt("old", "06"),
        iot("light"),
        iot("lamp"),
        mqtt("orphan", "21", ca_sn="00aa", include_chain=True),
        mqtt("under", "22", ca_sn="00bb", include_chain=True),
        {"kind": "ca", "name": "ca", "ca_sn": "00aa"},
    )
    gated_project.config["device-certificates:gate"] = {"maxAge": "800d", "failWithin": "15d"}
    new = ("new", "info")
    audited = {
        "sound": {("shared_key", "fail")},
        "sound-again": {("shared_key", "fail")},
        "cloned": {("shared_key", "fail")},
        "numbered": {("duplicate_serial", "warn")},
        "numbered-too": {("duplicate_serial", "warn")},
        "old": {("too_old", "warn")},
        "light": {("shared_key", "fail")},
        "lamp": {("shared_key", "fail")},
        "orphan": {("ca_inactive", "fail")},
        "under": {("expires_within", "fail"), ("ca_expires_within", "warn")},
        "ca": {("inactive", "fail")},
    }
    previewed = gated_project.gate()
    assert previewed.findings == {name: {*found, new} for name, found in audited.items()}
    assert previewed.code == 3
    assert {kind for found in previewed.findings.values() for kind, _ in found} >= AUDIT - {"compromised_key"}
    (message,) = [
        each["message"] for each in previewed.certificate("cloned")["findings"] if each["kind"] == "shared_key"
    ]
    assert message == "it has the same public key as sound"
    assert "it has the same public key as sound" in previewed.out

    gated_project.up()
    assert gated_project.gate(command="report").findings == audited
    allowed = gated_project.gate("--allow", "shared_key,ca_inactive,inactive,expires_within", "--max-age", "1000d")
    assert allowed.code == 0
    assert allowed.findings["old"] == {("unchanged", "info")}
    assert allowed.findings["cloned"] == {("shared_key", "info")}


def test_keys_that_anyone_can_compute_are_found_if_the_extra_is_installed(gated_project: GatedProject) -> None:
    served = {"close": close_primes(), "one": modulus(1, 2), "other": modulus(2, 3), "sound": modulus(4, 5)}
    gated_project.serve(
        iot=[
            {"name": name, "content": certificate(n, name=name, serial=serial)}
            for serial, (name, n) in enumerate(served.items(), 1)
        ]
    )
    gated_project.read(*(iot(name, cross_check="off") for name in served))
    gated = gated_project.gate()
    assert gated.code == 3
    messages = {
        each["name"]: [finding["message"] for finding in each["findings"] if finding["kind"] == "compromised_key"]
        for each in (gated.report or {})["certificates"]
    }
    assert messages == {
        "close": ["its primes are so close that Fermat's method finds them"],
        "one": ["its modulus shares a prime with that of other, so both private keys can be computed"],
        "other": ["its modulus shares a prime with that of one, so both private keys can be computed"],
        "sound": [],
    }
