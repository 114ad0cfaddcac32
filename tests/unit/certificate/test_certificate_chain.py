"""The leaf of several certificates follows from names and signatures, in any order."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from alicloud_device_certificates.certificate import CertificateError, cross_check, read_certificate


@pytest.fixture(scope="module")
def chain(workshop: Any) -> list[str]:
    """Leaf, two intermediate CAs and a root, of four kinds of keys."""
    leaf, near, far, root = (workshop.key(kind, "chain") for kind in ("ed448", "ed25519", "ec", "rsa"))
    return [
        workshop.pem(workshop.certificate("leaf", "near", key=leaf, by=near)),
        workshop.pem(workshop.certificate("near", "far", key=near, by=far, ca=True)),
        workshop.pem(workshop.certificate("far", "root", key=far, by=root, ca=True)),
        workshop.pem(workshop.certificate("root", key=root, ca=True)),
    ]


def test_a_chain_in_any_order_is_the_same_leaf_and_its_issuers_upwards(chain: list[str]) -> None:
    for order in permutations(chain):
        certificate = read_certificate("".join(order))
        assert certificate.certificate_pem == chain[0]
        assert list(certificate.chain) == chain[1:]


def test_a_certificate_that_came_twice_counts_once(chain: list[str]) -> None:
    certificate = read_certificate("\n".join([*chain, *chain]))
    assert [certificate.certificate_pem, *certificate.chain] == chain


def test_a_self_signed_certificate_is_its_own_leaf(chain: list[str]) -> None:
    certificate = read_certificate(chain[3])
    assert (certificate.certificate_pem, certificate.chain) == (chain[3], ())


def test_a_leaf_is_distinguished_from_its_ca(workshop: Any) -> None:
    ca = workshop.certificate("ca", key=workshop.key("ec", "ca"), ca=True)
    leaf = workshop.certificate("leaf", "ca", by=workshop.key("ec", "ca"))
    for body in (ca, leaf), (leaf, ca):
        assert read_certificate("".join(map(workshop.pem, body))).certificate_pem == workshop.pem(leaf)


@pytest.mark.parametrize("kinds", [("ec", "ec"), ("rsa", "ec"), ("ed25519", "ed448")])
def test_cas_of_one_name_are_distinguished_by_their_keys(workshop: Any, kinds: tuple[str, str]) -> None:
    own, strange = workshop.key(kinds[0], "own"), workshop.key(kinds[1], "strange")
    root = workshop.key("ec", "root of both")
    leaf = workshop.certificate("leaf", "ca", by=own)
    issuer = workshop.certificate("ca", "root", key=own, by=root, ca=True)
    namesake = workshop.certificate("ca", "root", key=strange, by=root, ca=True)
    assert read_certificate(workshop.pem(leaf) + workshop.pem(issuer)).chain == (workshop.pem(issuer),)
    for order in permutations([leaf, namesake]):
        certificate = read_certificate("".join(map(workshop.pem, order)))
        assert certificate.certificate_pem == workshop.pem(leaf)
        assert certificate.chain == ()
        assert [beside.certificate_pem for beside in certificate.beside] == [workshop.pem(namesake)]


def test_a_cross_signed_ca_comes_before_its_self_signed_self(workshop: Any) -> None:
    ca, other = workshop.key("ec", "ca"), workshop.key("ec", "other ca")
    expected = [
        workshop.pem(workshop.certificate("leaf", "ca", by=ca)),
        workshop.pem(workshop.certificate("ca", "other", key=ca, by=other, ca=True)),
        workshop.pem(workshop.certificate("ca", key=ca, ca=True)),
        workshop.pem(workshop.certificate("other", key=other, ca=True)),
    ]
    for order in permutations(expected):
        certificate = read_certificate("".join(order))
        assert [certificate.certificate_pem, *certificate.chain] == expected


def test_two_cas_that_signed_each_other_are_not_in_the_chain_of_a_leaf_of_neither(workshop: Any) -> None:
    one, two = workshop.key("ec", "one"), workshop.key("ec", "two")
    circle = [
        workshop.pem(workshop.certificate("one", "two", key=one, by=two, ca=True)),
        workshop.pem(workshop.certificate("two", "one", key=two, by=one, ca=True)),
    ]
    leaf = workshop.pem(workshop.certificate("leaf", "elsewhere", by=workshop.key("ec", "elsewhere")))
    found = set()
    for order in permutations([leaf, *circle]):
        certificate = read_certificate("".join(order))
        assert certificate.certificate_pem == leaf
        assert certificate.chain == ()
        found.add(tuple(beside.certificate_pem for beside in certificate.beside))
    assert len(found) == 1
    assert set(found.pop()) == set(circle)
    with pytest.raises(CertificateError, match=f"none of the {len(circle)} certificates in the body could be the leaf"):
        read_certificate("".join(circle))


def test_two_unrelated_certificates_have_no_leaf(workshop: Any) -> None:
    one = workshop.pem(workshop.certificate("one"))
    two = workshop.pem(workshop.certificate("two", key=workshop.key("rsa")))
    with pytest.raises(CertificateError, match="2 of the 2 certificates in the body could be the leaf"):
        read_certificate(one + two)


def test_more_than_twenty_certificates_are_rejected_unread(workshop: Any) -> None:
    many = [workshop.pem(workshop.certificate(f"device-{number}")) for number in range(21)]
    with pytest.raises(CertificateError, match="more than 20 certificates"):
        read_certificate("".join(many))


def test_if_the_signature_cannot_be_checked_the_names_tell_the_issuer(
    workshop: Any, vector: Callable[[str], str]
) -> None:
    ca = read_certificate(vector("sm2")).certificate_pem
    leaf = workshop.pem(workshop.certificate("leaf", "device sm2", by=workshop.key("ec", "sm2")))
    for body in (ca + leaf, leaf + ca):
        certificate = read_certificate(body)
        assert (certificate.certificate_pem, certificate.chain) == (leaf, (ca,))


def test_a_foreign_root_is_not_in_the_chain(workshop: Any, chain: list[str]) -> None:
    foreign = workshop.pem(workshop.certificate("foreign", key=workshop.key("ec", "foreign"), ca=True))
    for order in permutations([*chain[:2], foreign]):
        certificate = read_certificate("".join(order))
        assert [certificate.certificate_pem, *certificate.chain] == chain[:2]
        (warning,) = cross_check(certificate)
        assert warning.code == "nonconforming"
        assert warning.message == 'the body has certificates that are not in its chain: "CN=foreign"'


def test_a_foreign_root_of_version_1_is_not_the_leaf(chain: list[str], vector: Callable[[str], str]) -> None:
    root = read_certificate(vector("v1")).certificate_pem
    for order in permutations([chain[0], root]):
        certificate = read_certificate("".join(order))
        assert (certificate.certificate_pem, certificate.chain) == (chain[0], ())


def _unreadable(pem: str) -> str:
    """Return a certificate whose parts nothing can read: its version is two numbers."""
    der = b64decode("".join(pem.splitlines()[1:-1]))
    twice = der.replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020002"))
    return read_certificate(b64encode(twice).decode()).certificate_pem


def test_an_unreadable_certificate_beside_cas_is_the_leaf(chain: list[str]) -> None:
    unreadable = _unreadable(chain[0])
    for order in permutations([unreadable, chain[2], chain[3]]):
        certificate = read_certificate("".join(order))
        assert certificate.parse_problem is not None
        assert (certificate.certificate_pem, certificate.chain) == (unreadable, ())
        assert {beside.certificate_pem for beside in certificate.beside} == set(chain[2:])


def test_an_unreadable_certificate_is_not_in_the_chain_of_a_leaf(chain: list[str]) -> None:
    unreadable = _unreadable(chain[0])
    for order in permutations([*chain[:2], unreadable]):
        certificate = read_certificate("".join(order))
        assert [certificate.certificate_pem, *certificate.chain] == chain[:2]
