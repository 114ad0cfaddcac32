"""What it costs to read certificates, as ratios to the X.509 parser alone: a part of ``make bench``."""

from __future__ import annotations

import hashlib
import statistics
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID

from alicloud_device_certificates.certificate import CertificateError, read_certificate

VECTORS = Path(__file__).resolve().parents[1] / "tests" / "unit" / "vectors"
ORDINARY = ("rsa", "ec-p256", "ed25519", "never-expires")
PAIRS = 9
COUNT = 1000
SIZE = 64_000  # bytes


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


def hostile() -> dict[str, bytes]:
    """Return certificates of 64 kB that are made to be slow, by what they have thousands of."""
    attribute = element(0x31, element(0x30, bytes.fromhex("0603550403"), b"\x13\x01@"))
    names, use = bytes.fromhex("0603551d11"), bytes.fromhex("0603551d25")
    return {
        "odd attributes": certificate(subject=element(0x30, attribute * (SIZE // len(attribute)))),
        "empty sets": certificate(subject=element(0x30, b"\x31\0" * (SIZE // 2))),
        "odd alternative names": certificate(extension(names, element(0x30, b"\x87\1\xff" * (SIZE // 3)))),
        "odd extensions": certificate(extension(use, b"\x31\0") * (SIZE // 11)),
        "open elements": certificate(extension(names, b"\x30\x80" * (SIZE // 4) + b"\0\0" * (SIZE // 4))),
        "digits of the serial number": certificate(serial=element(0x02, b"\1" * SIZE)),
    }


def extension(kind: bytes, value: bytes) -> bytes:
    """Return an extension."""
    return element(0x30, kind, element(0x04, value))


def certificate(extensions: bytes = b"", *, subject: bytes = b"\x30\0", serial: bytes = b"\2\1\1") -> bytes:
    """Return an unsigned certificate of these parts."""
    algorithm = bytes.fromhex("300a06082a8648ce3d040302")
    validity = bytes.fromhex("301e170d3235303130313030303030305a170d3335303130313030303030305a")
    key = bytes.fromhex("3018301306072a8648ce3d020106082a8648ce3d030107030100")
    parts = [bytes.fromhex("a003020102"), serial, algorithm, b"\x30\0", validity, subject, key]
    if extensions:
        parts.append(element(0xA3, element(0x30, extensions)))
    return element(0x30, element(0x30, *parts), algorithm, bytes.fromhex("030100"))


def element(tag: int, *parts: bytes) -> bytes:
    """Return an element of DER."""
    content = b"".join(parts)
    size = len(content)
    octets = size.to_bytes((size.bit_length() + 7) // 8) if size >= 0x80 else b""
    return bytes([tag, 0x80 | len(octets)]) + octets + content if octets else bytes([tag, size]) + content


def measure_hostile() -> None:
    """Print the slowest of the hostile certificates."""
    times = {
        what: min(seconds(read_certificate, [b64encode(der).decode()]) for _ in range(PAIRS))
        for what, der in hostile().items()
    }
    what = max(times, key=times.__getitem__)
    print(f"{f'64 kB made to be slow, milliseconds ({what})':<62} {times[what] * 1000:>6.0f}  (goal 50)", flush=True)


def seconds(read: Callable[[str], object], texts: list[str]) -> float:
    """Return the time that it takes to read all of them."""
    began = time.perf_counter()
    for text in texts:
        try:
            read(text)
        except CertificateError:
            continue
    return time.perf_counter() - began
