from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.gate.issued import CA_NAME, fields, issue

from alicloud_device_certificates.gate.collect.observed import Observed
from alicloud_device_certificates.gate.evaluate.audit import audit
from alicloud_device_certificates.gate.evaluate.others import SHOWN, others
from alicloud_device_certificates.gate.evaluate.shared_keys import shared_keys
from alicloud_device_certificates.gate.rules.kinds import FindingKind

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
YEAR = timedelta(days=365)


def mqtt(name: str, serial: int, key: int, **parts: Any) -> Observed:
    new = fields(issue(name, NOW - YEAR, NOW + YEAR, serial=serial, key=key), status="active")
    identity = f"mqtt/cn-hangzhou/post-1/00f2/{serial:04x}"
    return Observed(
        **{"urn": f"urn:{name}", "name": name, "service": "mqtt", "state": "read", "id": identity, "new": new} | parts
    )


def iot(name: str, serial: int, key: int, **parts: Any) -> Observed:
    others: dict[str, Any] = {"service": "iot", "id": f"iot/cn-shanghai/-/pk/{name}", **parts}
    return mqtt(name, serial, key, **others)


def ca(name: str, serial: int, *, subject: str = CA_NAME) -> Observed:
    new = fields(issue(subject, NOW - YEAR, NOW + YEAR, serial=serial, is_ca=True), status="active")
    return mqtt(name, serial, 1, service="mqtt-ca", new=new, id=f"mqtt-ca/cn-hangzhou/post-1/{serial:04x}")


def found(*observed: Observed) -> dict[str, str]:
    return {observed[position].name: message for position, message in shared_keys(observed)}


def test_two_devices_with_one_key_name_each_other() -> None:
    assert found(mqtt("a", 1, 9), mqtt("b", 2, 8), mqtt("c", 3, 9)) == {
        "a": "it has the same public key as c",
        "c": "it has the same public key as a",
    }


def test_devices_of_both_services_are_compared() -> None:
    assert set(found(mqtt("a", 1, 9), iot("b", 2, 9))) == {"a", "b"}


def test_two_devices_with_one_certificate_share_its_key() -> None:
    pem = mqtt("a", 1, 9).new
    assert set(found(iot("a", 1, 9, new=pem), iot("b", 1, 9, new=pem))) == {"a", "b"}


def test_a_device_that_is_read_twice_shares_nothing() -> None:
    assert found(mqtt("a", 1, 9), mqtt("again", 1, 9)) == {}
    assert found(iot("a", 1, 9), iot("again", 2, 9, id="iot/cn-shanghai/-/pk/a")) == {}


def test_a_certificate_that_two_instances_have_is_one_identity() -> None:
    one = mqtt("a", 1, 9)
    assert found(one, mqtt("elsewhere", 1, 9, id="mqtt/cn-beijing/post-2/00f2/0001", new=one.new)) == {}


def test_a_device_that_another_stack_passes_on_is_the_same_one() -> None:
    one = iot("a", 1, 9)
    assert one.new is not None
    passed = iot("alias", 1, 9, id=None, new={**one.new, "certificate_sn": "6362"})
    assert found(iot("a", 1, 9, new={**one.new, "certificate_sn": "6362"}), passed) == {}
    assert set(found(one, iot("b", 2, 9, id=None))) == {"a", "b"}


def test_a_renewed_ca_may_keep_its_key_and_no_other_ca_may_have_it() -> None:
    assert found(ca("old", 5), ca("new", 6)) == {}
    assert set(found(ca("old", 5), ca("other", 6, subject="Another CA"))) == {"old", "other"}


def test_a_device_with_the_key_of_a_ca_is_found() -> None:
    assert set(found(ca("ca", 5), mqtt("a", 1, 7))) == {"ca", "a"}


def test_the_key_of_an_earlier_state_is_taken_from_the_certificate() -> None:
    one = mqtt("a", 1, 9)
    assert one.new is not None
    earlier = {name: value for name, value in one.new.items() if name != "public_key_sha256"}
    assert set(found(mqtt("a", 1, 9, new=earlier), mqtt("b", 2, 9))) == {"a", "b"}


@pytest.mark.parametrize("new", [{}, {"status": "generating"}, {"certificate_pem": "no PEM"}])
def test_what_has_no_key_shares_none(new: dict[str, Any]) -> None:
    assert found(iot("a", 1, 9, new=new), iot("b", 2, 9, new=new)) == {}


def test_only_what_was_read_is_audited() -> None:
    observed = [mqtt("a", 1, 9), mqtt("gone", 2, 9, state="gone", new=None, old=mqtt("gone", 2, 9).new)]
    assert audit(observed) == [[], []]
    (facts, _, none) = audit([mqtt("a", 1, 9), mqtt("b", 2, 9), observed[1]])
    assert (facts, none) == ([(FindingKind.SHARED_KEY, "it has the same public key as b")], [])


def test_a_serial_number_that_an_issuer_assigned_twice_is_found_in_both() -> None:
    twice = [mqtt("a", 1, 9), iot("b", 1, 8), mqtt("c", 2, 7)]
    assert audit(twice) == [
        [(FindingKind.DUPLICATE_SERIAL, "its issuer assigned the serial number 01 to b too")],
        [(FindingKind.DUPLICATE_SERIAL, "its issuer assigned the serial number 01 to a too")],
        [],
    ]


def test_one_certificate_that_is_read_twice_has_its_own_serial_number() -> None:
    assert audit([mqtt("a", 1, 9), mqtt("again", 1, 9, new=mqtt("a", 1, 9).new)]) == [[], []]


def test_issuers_of_other_names_may_assign_the_same_numbers() -> None:
    one = mqtt("b", 1, 8)
    assert one.new is not None
    assert audit([mqtt("a", 1, 9), mqtt("b", 1, 8, new={**one.new, "issuer": "CN=another"})]) == [[], []]


def test_certificates_that_sign_themselves_have_issuers_of_their_own() -> None:
    def self_signed(name: str, key: int) -> Observed:
        one = mqtt(name, 1, key)
        assert one.new is not None
        return mqtt(name, 1, key, new={**one.new, "subject": "CN=device", "issuer": "CN=device"})

    assert audit([self_signed("a", 9), self_signed("b", 8)]) == [[], []]


@given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from("abcdef")), max_size=40))
def test_a_few_others_are_named_and_all_are_counted(members: list[tuple[int, str]]) -> None:
    named = list(others((position, who, name) for position, (who, name) in enumerate(members)))
    identities = {who for who, _ in members}
    assert len(named) == (len(members) if len(identities) > 1 else 0)
    for _, text in named:
        shown, _, more = text.partition(" and ")
        assert 1 <= len(shown.split(", ")) <= SHOWN
        assert len(shown.split(", ")) + int(more.removesuffix(" more") or 0) == len(identities) - 1


@given(st.permutations([(0, "a"), (1, "b"), (1, "bb"), (2, "c"), (3, "d"), (4, "e")]))
def test_the_names_do_not_depend_on_the_order(members: list[tuple[int, str]]) -> None:
    named = dict(others((position, who, name) for position, (who, name) in enumerate(members)))
    assert {members[position][1]: text for position, text in named.items()} == {
        "a": "b, c, d and 1 more",
        "b": "a, c, d and 1 more",
        "bb": "a, c, d and 1 more",
        "c": "a, b, d and 1 more",
        "d": "a, b, c and 1 more",
        "e": "a, b, c and 1 more",
    }


def test_ten_thousand_devices_with_one_key_are_named_in_linear_time() -> None:
    one = mqtt("device", 1, 9).new
    fleet = [iot(f"device-{number}", 1, 9, new=one) for number in range(10_000)]
    messages = dict(shared_keys(fleet))
    assert len(messages) == 10_000
    assert messages[0] == "it has the same public key as device-1, device-10, device-100 and 9,996 more"
    assert messages[9_999] == "it has the same public key as device-0, device-1, device-10 and 9,996 more"
