"""What it costs to read certificates, as ratios to the X.509 parser alone: a part of ``make bench``."""

from __future__ import annotations

import hashlib
import statistics
import time
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID

from alicloud_device_certificates.certificate import CertificateError, read_certificate

VECTORS = Path(__file__).resolve().parents[1] / "tests" / "unit" / "vectors"
ORDINARY = ("rsa", "ec-p256", "ed25519", "never-expires")
PAIRS = 9
COUNT = 1000


def bodies() -> list[str]:
    """Return the bodies of ordinary certificates, ``COUNT`` in all."""
    texts = [(VECTORS / "certificate" / f"{name}.pem").read_text(encoding="utf-8") for name in ORDINARY]
    pems = [text[text.index("-----BEGIN") :].replace("\n", "\\n") for text in texts]
    return pems * (COUNT // len(pems))


def parse(body: str) -> list[object]:
    """Return the same attributes by the parser alone, of a body whose form is known."""
    pem = body.replace("\\n", "\n")
    certificate = x509.load_pem_x509_certificate(pem.encode())
    der = b64decode("".join(pem.splitlines()[1:-1]))
    extensions = certificate.extensions
    values: list[object] = [extension.value for extension in extensions]
    names = [str(name) for value in values if isinstance(value, x509.SubjectAlternativeName) for name in value]
    return [
        certificate.serial_number,
        certificate.not_valid_before_utc.isoformat(),
        certificate.not_valid_after_utc.isoformat(),
        certificate.subject.rfc4514_string(),
        certificate.issuer.rfc4514_string(),
        certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME),
        certificate.public_key(),
        certificate.signature_algorithm_oid.dotted_string,
        hashlib.sha1(der).hexdigest(),
        hashlib.sha256(der).hexdigest(),
        names,
    ]


def measure() -> None:
    """Print one line for each figure."""
    ordinary = bodies()
    pairs = [(seconds(read_certificate, ordinary), seconds(parse, ordinary)) for _ in range(PAIRS)]
    ratios = sorted(ours / peer for ours, peer in pairs)
    ours, peer = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(
        f"{f'{COUNT} certificates read / by the parser alone':<62} {statistics.median(ratios):>6.2f}  "
        f"({ratios[0]:.2f} to {ratios[-1]:.2f}; goal 1.90; {ours:.3f} s to {peer:.3f} s)",
        flush=True,
    )


def seconds(read: Callable[[str], object], texts: list[str]) -> float:
    """Return the time that it takes to read all of them."""
    began = time.perf_counter()
    for text in texts:
        try:
            read(text)
        except CertificateError:
            continue
    return time.perf_counter() - began
