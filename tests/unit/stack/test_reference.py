from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.conftest import RunProgram

from alicloud_device_certificates import DeviceCertificatesReference, ProducerError, ReferencedCertificate
from alicloud_device_certificates.contract.fields import FIELDS
from alicloud_device_certificates.resources.certificate_field import CertificateField

STACK = "organization/device-certificates/dev"
CERTIFICATES = {
    "gateway": {"status": "active", "public_key_bits": 256, "certificate_pem": "PEM"},
    "light": {"status": "generated", "certificate_pem": "PEM"},
}
OUTPUTS = {"schema_version": 1, "certificates": CERTIFICATES, "private_keys": {"light": "PEM"}}


def stack(**outputs: Any) -> dict[str, Any]:
    return {STACK: {"name": STACK, "outputs": outputs, "secretOutputNames": ["private_keys"]}}


def take(run_program: RunProgram, choose: Callable[[DeviceCertificatesReference], Any], **outputs: Any) -> Any:
    """What a deployment gets of a stack with these outputs, and whether it is secret."""
    seen: list[Any] = []

    def program() -> None:
        taken = choose(DeviceCertificatesReference("device-certificates/dev"))
        taken.apply(seen.append)

        async def is_secret() -> None:
            seen.append(await taken.is_secret())

        taken.apply(lambda _: is_secret())

    run_program(program, stacks=stack(**(outputs or OUTPUTS)))
    value, secret = sorted(seen, key=lambda each: isinstance(each, bool))
    return value, secret


def test_a_referenced_certificate_has_every_field_as_an_attribute() -> None:
    attributes = {name for name, member in vars(ReferencedCertificate).items() if isinstance(member, CertificateField)}
    inherited = {
        name
        for name in dir(ReferencedCertificate)
        if isinstance(getattr(ReferencedCertificate, name), CertificateField)
    }
    assert attributes | inherited == {field.name for field in FIELDS}


def test_fields_names_and_keys_are_given_and_only_keys_are_secret(run_program: RunProgram) -> None:
    assert take(run_program, lambda fleet: fleet.names()) == (["gateway", "light"], False)
    assert take(run_program, lambda fleet: fleet.certificate("gateway").status) == ("active", False)
    assert take(run_program, lambda fleet: fleet.certificate("gateway").public_key_bits) == (256, False)
    assert take(run_program, lambda fleet: fleet.private_key("light")) == ("PEM", True)


@pytest.mark.parametrize(
    ("choose", "message"),
    [
        (lambda fleet: fleet.certificate("gate").status, "has no certificate named 'gate'; available: gateway, light"),
        (lambda fleet: fleet.private_key("gate"), "has no certificate named 'gate'; available: gateway, light"),
        (
            lambda fleet: fleet.private_key("gateway"),
            "has no private key named 'gateway': set include_private_key (includePrivateKey in the config) on it in "
            "that stack, and update it; private keys available: light",
        ),
    ],
)
def test_the_error_of_an_unknown_name_lists_the_available_ones(
    run_program: RunProgram, choose: Callable[[DeviceCertificatesReference], Any], message: str
) -> None:
    with pytest.raises(ProducerError) as raised:
        take(run_program, choose)
    assert str(raised.value) == f"stack {STACK} {message}"


def test_a_stack_without_private_keys_is_one_line(run_program: RunProgram) -> None:
    with pytest.raises(ProducerError, match=r"set include_private_key .* private keys available: none"):
        take(run_program, lambda fleet: fleet.private_key("light"), schema_version=1, certificates=CERTIFICATES)


def test_secrets_that_cannot_be_decrypted_here_are_reported_as_such(run_program: RunProgram) -> None:
    # The engine leaves out what it cannot decrypt, so the output is there and empty.
    outputs = {"schema_version": 1, "certificates": CERTIFICATES, "private_keys": {}}
    with pytest.raises(ProducerError, match=r"its secrets cannot be decrypted here\. Run with the passphrase of that"):
        take(run_program, lambda fleet: fleet.private_key("light"), **outputs)


def test_the_key_of_a_pending_certificate_is_reported_as_pending(run_program: RunProgram) -> None:
    outputs = {"schema_version": 1, "certificates": {"new": {"status": "generating"}}, "private_keys": {}}
    with pytest.raises(ProducerError, match=r"named 'new': the certificate is pending \(status generating\)$"):
        take(run_program, lambda fleet: fleet.private_key("new"), **outputs)


FLEETS: dict[str, Any] = {
    "schema_version": 1,
    # The engine's maps have no order.
    "certificates": {
        "line/02": {"status": "active"},
        "gateway": {"status": "active"},
        "line/01": {"status": "active", "certificate_pem": "PEM"},
    },
    "summaries": {"line": {"count": 2, "selected": 2}, "brief": {"count": 9, "selected": 9}},
}


def test_a_fleet_has_its_certificates_by_key_in_order_and_its_summary(run_program: RunProgram) -> None:
    (members, is_secret) = take(run_program, lambda stack: stack.fleet("line").certificates, **FLEETS)
    assert list(members) == ["01", "02"]
    assert not is_secret
    assert take(run_program, lambda stack: stack.fleet("brief").summary, **FLEETS) == (
        {"count": 9, "selected": 9},
        False,
    )
    assert take(run_program, lambda stack: stack.certificate("line/01").status, **FLEETS) == ("active", False)
    assert take(run_program, lambda stack: stack.fleet_names(), **FLEETS) == (["brief", "line"], False)
    assert take(run_program, lambda stack: stack.fleet_names()) == ([], False)


def test_all_certificates_of_a_stack_are_there_in_order(run_program: RunProgram) -> None:
    (found, _) = take(run_program, lambda stack: stack.certificates, **FLEETS)
    assert list(found) == ["gateway", "line/01", "line/02"]


@pytest.mark.parametrize(
    ("choose", "message"),
    [
        (
            lambda stack: stack.certificate("line").status,
            "has no certificate named 'line': it is a fleet, and its certificates are line/<key>; "
            "available: gateway, line/01, line/02",
        ),
        (
            lambda stack: stack.fleet("gateway").summary,
            "has no fleet named 'gateway': it is a single certificate; available: brief, line",
        ),
        (lambda stack: stack.fleet("lien").certificates, "has no fleet named 'lien'; available: brief, line"),
        (
            lambda stack: stack.fleet("brief").certificates,
            "keeps only the summary of fleet 'brief', and no certificate of it: set `fields` of it to something else "
            "than 'summary' in that stack, and update it",
        ),
        (
            lambda stack: stack.private_key("line/01"),
            "has no private key named 'line/01': set include_private_keys (includePrivateKeys in the config) on its "
            "fleet 'line' in that stack, and update it; private keys available: none",
        ),
    ],
)
def test_what_a_fleet_lacks_is_one_line(
    run_program: RunProgram, choose: Callable[[DeviceCertificatesReference], Any], message: str
) -> None:
    with pytest.raises(ProducerError) as raised:
        take(run_program, choose, **FLEETS)
    assert str(raised.value) == f"stack {STACK} {message}"


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        ({"other": 1}, "exports no device certificates"),
        ({"schema_version": 1}, "exports no device certificates"),
        ({"schema_version": "1", "certificates": {}}, "exports no device certificates"),
        ({"schema_version": 2, "certificates": {}}, "exports schema_version 2, but this version of"),
    ],
)
def test_outputs_of_another_shape_are_an_error(run_program: RunProgram, outputs: dict[str, Any], message: str) -> None:
    with pytest.raises(ProducerError, match=message):
        take(run_program, lambda fleet: fleet.names(), **outputs)


@pytest.mark.parametrize("name", ["", "/", "a/", "a/b/c/d", " ", None])
def test_an_invalid_stack_name_is_an_error(run_program: RunProgram, name: Any) -> None:
    with pytest.raises(ProducerError, match="is not a stack name"):
        run_program(lambda: DeviceCertificatesReference(name))


@pytest.mark.parametrize(
    ("short", "full"),
    [("dev", "organization/fleet/dev"), ("p/dev", "organization/p/dev"), ("acme/p/dev", "acme/p/dev")],
)
def test_a_short_name_is_completed(run_program: RunProgram, short: str, full: str) -> None:
    engine = run_program(
        lambda: DeviceCertificatesReference(short),
        stacks={full: {"name": full, "outputs": OUTPUTS, "secretOutputNames": []}},
    )
    assert [read.resource_id for read in engine.reads] == [full]
