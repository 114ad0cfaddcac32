"""What makes a certificate weak: its key or the hash of its signature. The finding's meaning is made from this."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

MINIMUM_BITS: Final = {"RSA": 2048, "EC": 224}
"""The smallest acceptable public key of each algorithm, in bits."""

WEAK_ALGORITHM: Final = "DSA"

WEAK_HASHES: Final = {"sha1": "SHA-1", "md5": "MD5", "md4": "MD4", "md2": "MD2"}
"""The hashes that no signature should use: as part of a signature algorithm's name, and as people write them."""

WEAK_MEANING: Final = (
    f"The key is RSA below {MINIMUM_BITS['RSA']} bits, EC below {MINIMUM_BITS['EC']} bits or {WEAK_ALGORITHM}, "
    f"or the signature uses {', '.join(WEAK_HASHES.values())} or {WEAK_ALGORITHM}."
)


def weaknesses(certificate: Mapping[str, Any]) -> Iterator[str]:
    """Yield one message for each weakness of a certificate, given its output fields."""
    algorithm, bits = certificate.get("public_key_algorithm"), certificate.get("public_key_bits")
    minimum = MINIMUM_BITS.get(algorithm, 0) if isinstance(algorithm, str) else 0
    if algorithm == WEAK_ALGORITHM:
        yield f"the key is a {WEAK_ALGORITHM} key"
    elif isinstance(bits, int | float) and bits < minimum:
        yield f"the {algorithm} key has {bits} bits; the minimum is {minimum}"
    signature = certificate.get("signature_algorithm")
    if not isinstance(signature, str):
        return
    # The signature of a self-issued CA proves nothing: such a certificate is trusted for itself.
    is_root = certificate.get("is_ca") and certificate.get("subject") == certificate.get("issuer")
    is_weak = signature.startswith(WEAK_ALGORITHM.lower()) or any(name in signature.lower() for name in WEAK_HASHES)
    if is_weak and not is_root:
        yield f"the signature algorithm is {signature}"
