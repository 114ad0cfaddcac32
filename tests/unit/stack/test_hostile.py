"""Whatever another stack's outputs or the config hold: a value of its type, or one line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pulumi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.conftest import RunProgram

from alicloud_device_certificates import DeviceCertificatesReference, ProducerError, configured_certificates
from alicloud_device_certificates.certificate import CertificateError
from alicloud_device_certificates.contract.field_values import invalid_fields
from alicloud_device_certificates.contract.fields import FIELDS
from alicloud_device_certificates.resources.own_config import ConfigError
from alicloud_device_certificates.stack.bundles import allow_list_of, key_pair_of, trust_bundle_of
from alicloud_device_certificates.stack.config import MAX_ENTRIES
from alicloud_device_certificates.stack.entries import KINDS_IN_CONFIG, entry_faults

NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEY = "device-certificates:certificates"
PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(alphabet=st.characters(exclude_categories=[])),
    st.sampled_from([10**400, -1, "\ud800", "ab\ncd", PEM, "2026-01-01T00:00:00Z", "active", 1, 1.0]),
)
ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
CERTIFICATE = st.dictionaries(st.sampled_from([field.name for field in FIELDS]), ANYTHING, max_size=6)


def one_line(error: Exception) -> str:
    text = str(error)
    assert "\n" not in text
    assert len(text) < 10_000
    return text


def reference() -> DeviceCertificatesReference:
    made = DeviceCertificatesReference.__new__(DeviceCertificatesReference)
    made.stack = "organization/fleet/dev"
    return made


@settings(max_examples=300)
@given(
    ANYTHING,
    st.dictionaries(st.sampled_from(["a", "b", "f/a", "f/b"]), CERTIFICATE | ANYTHING) | ANYTHING,
    ANYTHING,
    st.dictionaries(st.sampled_from(["f", "a"]), st.dictionaries(st.just("selected"), ANYTHING) | ANYTHING) | ANYTHING,
)
def test_any_outputs_of_another_stack_are_valid_fields_or_one_line(
    version: Any, certificates: Any, keys: Any, summaries: Any
) -> None:
    stack = reference()
    try:
        found = stack._check(version, certificates)
    except ProducerError as error:
        one_line(error)
        return
    assert version == 1
    sorted(found)
    for name in ("f", "a"):
        try:
            members = stack._members(found, summaries, name)
        except ProducerError as error:
            one_line(error)
        else:
            assert [invalid_fields(each) for each in members.values()] == [[] for _ in members]
    pick_key = partial(stack._pick_key, found, keys, summaries)
    for take in (lambda: stack._pick(found, "a"), lambda: pick_key("a"), lambda: pick_key("f/a")):
        try:
            taken = take()
        except ProducerError as error:
            one_line(error)
        else:
            assert isinstance(taken, str) or invalid_fields(taken) == []


@pytest.mark.parametrize(
    ("outputs", "told"),
    [
        ({"schema_version": 10**400}, "exports schema_version of absurd size, but"),
        ({"schema_version": True}, "exports no device certificates"),
        ({"certificates": {"a": "text"}}, "its outputs have no valid fields of certificate 'a'; update it with"),
        ({"certificates": {"a": {"public_key_bits": -1}}}, "its outputs have no valid public_key_bits of certificate"),
        ({"certificates": {"a": {"not_after": ["x"], "is_ca": 1}}}, "no valid not_after, is_ca of certificate 'a'"),
        ({"certificates": {f"n{number}": {} for number in range(1000)}}, " and 980 more"),
        ({"certificates": {"\x1b[31m\n": {}}}, r"available: '\x1b[31m\n'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_outputs_that_no_program_of_ours_exports_are_one_line(outputs: dict[str, Any], told: str) -> None:
    stack = reference()
    given = {"schema_version": 1, "certificates": {}, **outputs}
    with pytest.raises(ProducerError) as raised:
        stack._pick(stack._check(given["schema_version"], given["certificates"]), "a")
    assert told in one_line(raised.value)


def test_a_program_gets_one_line_of_a_damaged_stack(run_program: RunProgram) -> None:
    fleet = "organization/device-certificates/dev"
    outputs = {"schema_version": 1, "certificates": {"gateway": {"public_key_bits": "many"}}}

    def program() -> None:
        pulumi.export(
            "bits", DeviceCertificatesReference("device-certificates/dev").certificate("gateway").public_key_bits
        )

    with pytest.raises(ProducerError, match="no valid public_key_bits of certificate 'gateway'"):
        run_program(program, stacks={fleet: {"name": fleet, "outputs": outputs, "secretOutputNames": []}})


@settings(max_examples=300)
@given(st.lists(CERTIFICATE | ANYTHING, max_size=3))
def test_any_certificates_are_an_allow_list_or_one_line(certificates: list[Any]) -> None:
    try:
        text = allow_list_of(certificates, NOW, include_inactive=True, allow_empty=True)
    except CertificateError as error:
        one_line(error)
    else:
        assert all(set(line) <= set("0123456789abcdef") for line in text.splitlines())


def test_an_allow_list_takes_no_line_that_no_fingerprint_is() -> None:
    certificates = [{"sha256_fingerprint": "ab" * 32}, {"sha256_fingerprint": f"{'cd' * 32}\n{'ef' * 32}"}]
    with pytest.raises(CertificateError, match="input 2: the certificate has no valid sha256_fingerprint"):
        allow_list_of(certificates, NOW, include_inactive=True)


@settings(max_examples=300)
@given(ANYTHING, ANYTHING)
def test_any_texts_are_a_bundle_and_a_pair_or_one_line(one: Any, other: Any) -> None:
    for make in (lambda: trust_bundle_of([one, other]), lambda: key_pair_of(one, other)):
        with pytest.raises(CertificateError) as raised:
            make()
        one_line(raised.value)


@settings(max_examples=300)
@given(ANYTHING | st.dictionaries(st.sampled_from(["name", "service", "caSn", "crossCheck", "includeChain"]), ANYTHING))
def test_any_entry_of_the_config_is_checked(entry: Any) -> None:
    for fault in entry_faults(entry, KINDS_IN_CONFIG):
        assert "\n" not in fault


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[" * 100_000, "is nested deeper than 64 levels"),
        (json.dumps([["a"]] * (MAX_ENTRIES + 1)), "lists 10,001 certificates; the maximum of a stack is 10,000"),
        (json.dumps([5] * MAX_ENTRIES), "entry 20 must be an object, not a number; and 9,980 more"),
        (json.dumps([{"name": "a"}] * MAX_ENTRIES), "and 9,981 more"),
        ('[{"name": 1' + "0" * 400 + "}]", "holds a number that is out of range"),
        ('[{"name": NaN}]', "NaN is not a JSON value"),
        ('[{"name": "a", "name": "b"}]', "duplicate key 'name'"),
        ('[{"name": "\\ud800"}]', "is not valid Unicode text"),
        ('[{"name": "a", "service": "' + "x" * 100_000 + '"}]', "has an unknown service, 'xxx"),
    ],
    ids=lambda value: value[:10],
)
def test_a_config_beyond_bounds_is_one_line(run_program: RunProgram, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as raised:
        run_program(configured_certificates, config={KEY: text})
    assert told in one_line(raised.value)
