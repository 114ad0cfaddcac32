"""What deployments build of certificates: a trust bundle, a fingerprint allow list, a certificate with its key.

Each is a function on text (CertificateError) and one on a stack's inputs, which gives an Output: unknown while an input
is, and a one-line BundleError where an input cannot be used. The results are canonical, so that a deployment shows a
change when a certificate has changed and at no other time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypedDict

import pulumi

# The certificate package is imported where it is used: a program that builds no bundle does not wait for its parser.


class BundleError(pulumi.RunError):
    """A bundle that cannot be made: one line that says which input is to blame, and holds nothing of it."""


class Fingerprinted(Protocol):
    """A certificate that was read here or in another stack."""

    @property
    def sha256_fingerprint(self) -> pulumi.Output[str]:
        """SHA-256 of the DER, lower-case hex; None while there is no certificate yet."""
        ...


class KeyPair(TypedDict):
    """A certificate and its private key, as imports take them."""

    certificate_pem: str
    """Canonical PEM: the leaf, then its chain where one was given, the leaf's issuer first."""
    private_key_pem: str
    """Canonical PKCS#8 PEM."""


def trust_bundle(certificates: Sequence[pulumi.Input[str]]) -> pulumi.Output[str]:
    """Make one PEM text of ``certificates``, each the PEM of one or more: a CA, a chain that begins with its leaf, a set.

    Each certificate is in it once, where it came first: a chain stays leaf first. An input that holds no certificate,
    or something else too, ends the program with a BundleError that names its position.
    """

    def bundle(texts: Sequence[object]) -> str:
        return _or_bundle_error("trust_bundle", lambda: bundle_of(texts))

    return pulumi.Output.all(*certificates).apply(bundle)


def fingerprint_allow_list(certificates: Sequence[Fingerprinted]) -> pulumi.Output[str]:
    """List the SHA-256 fingerprints of ``certificates``, lower-case hex, one a line, sorted, each once.

    The order of ``certificates`` makes no difference. One that is not there yet (``allow_pending``) has no fingerprint
    and is left out; without any the list is the empty text.
    """
    return pulumi.Output.all(*(certificate.sha256_fingerprint for certificate in certificates)).apply(allow_list_of)


def key_pair(certificate_pem: pulumi.Input[str], private_key_pem: pulumi.Input[str]) -> pulumi.Output[KeyPair]:
    """Pair a certificate, with its chain or without, with its private key for an import; a secret as a whole.

    ``key_pair(...)["private_key_pem"]`` is a secret Output too, whether the inputs were or not. A key that is not the
    certificate's ends the program with a BundleError.

    It is PEM, and not PKCS#12: that is encrypted with a random salt, and would be another text in every preview.
    """

    def pair(texts: Sequence[object]) -> KeyPair:
        return _or_bundle_error("key_pair", lambda: pair_of(*texts))

    # Secret before it is looked into, so that nothing on the way is plain.
    return pulumi.Output.secret(pulumi.Output.all(certificate_pem, private_key_pem)).apply(pair)
