"""Feed damaged responses and certificate bodies to the reader: ``make fuzz``. Only our own errors may come out.

Each input is a sound one that is damaged in up to four places, so most are nearly right. An input that fails prints its
seed: ``python -m tools.faults.fuzz 1 SEED`` repeats it.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import httpx

from alicloud_device_certificates.certificate import CertificateError, read_certificate, read_private_key
from alicloud_device_certificates.cloud.client import Client
from alicloud_device_certificates.cloud.retry import RetryPolicy
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.contract.errors import UserFacingError
from alicloud_device_certificates.contract.text import ERROR_LIMIT
from alicloud_device_certificates.reading import Reader, ReadOptions

VECTORS: Final = Path(__file__).resolve().parents[2] / "tests" / "unit" / "vectors"
IDS: Final = ("mqtt/cn-hangzhou/post-1/00f2/01", "mqtt-ca/cn-hangzhou/post-1/00f2", "iot/cn-shanghai/-/p/lamp")
BUDGET_S: Final = 600
_SETTINGS: Final = Settings(access_key_id="AKID", access_key_secret="the-secret-of-the-fuzzed-client", deadline=30.0)
# Each delay would exceed the deadline, so there is one attempt.
_ONCE: Final = RetryPolicy(attempts=1, base=60.0, cap=60.0)
_SPLICES: Final = (
    *(b"", b"\x00", b"\xff", b"\x80\x00", b"\x30\x80", b"null", b"-1", b"1e999", b"NaN", b"[", b"{", b'"', b"\\ud800"),
    *(
        b"9" * 400,
        b"[" * 400,
        b"<!DOCTYPE a>",
        b"&x;",
        b"-----BEGIN CERTIFICATE-----",
        b"\\n",
        b"\r\n",
        b"\xe2\x80\xae",
    ),
)
_ODD: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 2, 10**40, -0.0, 1e308, [], {}, [[]], {"a": {}}, "", " ", "0", "-1", "2 ", "\u0660"),
    *("\ud800", "\x00", "::error::", "x" * 100_000, "04da6b54-80e4-46f7-96ec-b56ff0331ba9", "1e3", "9" * 5000),
)


class EscapedError(Exception):
    """Something that is not our own error came out, or an error that no user should see."""


def damaged(body: bytes, chance: random.Random) -> bytes:
    """Return a body that is damaged in one to four places."""
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(body) + 1)
        end = min(len(body), at + chance.choice((0, 1, 1, 2, 8, 64)))
        match chance.randrange(5):
            case 0:
                body = body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :]
            case 1:
                body = body[:at] + body[end:]
            case 2:
                body = body[:at] + chance.choice(_SPLICES) + body[end:]
            case 3:
                body = body[:at] + body[at:end] * chance.randrange(2, 9) + body[end:]
            case 4:
                body = body[:at]
    return body


def certificates() -> list[str]:
    """Return the sound and odd certificates of the tests, without the text above a PEM block."""
    pems = [path.read_text(encoding="utf-8") for path in sorted(VECTORS.glob("certificate/*.pem"))]
    bodies = [path.read_text(encoding="utf-8") for path in sorted(VECTORS.glob("odd/*/body.txt"))]
    return [*(pem[pem.index("-----BEGIN") :] for pem in pems), *bodies]


def documents(certificate: str) -> list[dict[str, Any]]:
    """Return a response of each kind with this certificate."""
    validity = {"ValidBegin": 1654137303000, "ValidEnd": "1969497303000", "Status": 1}
    device = {**validity, "DeviceSn": "01", "DeviceName": "a", "CaSn": "00f2", "DeviceContent": certificate}
    ca = {**validity, "Sn": "00f2", "CaName": "a", "CaContent": certificate}
    info = {"Status": 2, "CertSN": "7", "Certificate": certificate, "PrivateKey": certificate}
    return [
        {"RequestId": "r", "Success": True, "Data": {**device, **ca}},
        {"RequestId": "r", "Success": True, "DeviceCertInfo": info},
        {"RequestId": "r", "Code": "Throttling.User", "Message": "slow down", "Data": None},
    ]


def distorted(document: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Return a document in which one value is odd: another type, a text that is damaged, or none."""
    name = chance.choice(list(document))
    value = document[name]
    if isinstance(value, dict) and value and chance.random() < 0.9:
        odd: Any = distorted(value, chance)
    elif isinstance(value, str) and value and chance.random() < 0.7:
        odd = damaged(value.encode(errors="replace"), chance).decode("utf-8", "replace")
    else:
        odd = chance.choice(_ODD)
    return {**document, name: odd}


def _xml(value: object) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_xml(each)}</{name}>" for name, each in value.items())
    return str(value).replace("&", "&amp;").replace("<", "&lt;")


class Fuzzer:
    """One client whose service returns whatever it is given."""

    def __init__(self) -> None:
        self._response = httpx.Response(200)
        self._certificates = certificates()
        self._documents = [document for each in self._certificates for document in documents(each)]
        self._client = Client(
            _SETTINGS, transport=httpx.MockTransport(lambda _: self._response), policy=_ONCE, random=lambda: 0.9
        )
        self.outcomes: Counter[str] = Counter()

    async def try_one(self, seed: int) -> None:
        """Try one input. Raise EscapedError if it gets through."""
        chance = random.Random(seed)
        attempts: Sequence[Callable[[random.Random], Any]] = (self._body_case, self._response_case, self._response_case)
        try:
            await chance.choice(attempts)(chance)
            self.outcomes["read"] += 1
        except (UserFacingError, CertificateError) as error:
            self._check(error, seed)
            self.outcomes[type(error).__name__] += 1
        except Exception as error:
            raise EscapedError(f"seed {seed}: {type(error).__name__}: {error}") from error

    def _check(self, error: Exception, seed: int) -> None:
        text = str(error)
        if not text or not text.isprintable() or len(text) > ERROR_LIMIT or "the-secret" in text:
            raise EscapedError(f"seed {seed}: not a text for users: {text!r:.2000}")

    async def _response_case(self, chance: random.Random) -> None:
        document = chance.choice(self._documents)
        id_ = IDS[2] if "DeviceCertInfo" in document else chance.choice(IDS[:2])
        for _ in range(chance.randrange(3)):
            document = distorted(document, chance)
        body = (
            json.dumps(document).encode()
            if chance.random() < 0.7
            else f"<R>{_xml(document)}</R>".encode("utf-8", "replace")
        )
        if chance.random() < 0.4:
            body = damaged(body, chance)
        status = chance.choice((*[200] * 8, 400, 403, 500))
        headers = [("retry-after", chance.choice(("0", "x", "-1", "9" * 30)))] if status >= 400 else []
        self._response = httpx.Response(status, content=body, headers=headers)
        options = ReadOptions(include_private_key=chance.random() < 0.5, cross_check=chance.choice(("warn", "error")))
        # A reader of its own: it keeps the certificates of CAs.
        found = await Reader(self._client).read(id_ if chance.random() < 0.9 else chance.choice(IDS), options)
        json.dumps(found, ensure_ascii=False).encode()

    async def _body_case(self, chance: random.Random) -> None:
        pem = chance.choice(self._certificates)
        if chance.random() < 0.5 and pem.count("-----BEGIN") == 1 and pem.startswith("-----"):
            der = damaged(b64decode("".join(pem.splitlines()[1:-1])), chance)
            text = b64encode(der).decode()
        else:
            text = damaged(pem.encode(), chance).decode("utf-8", "replace")
        certificate = read_certificate(text)
        read_private_key(text, certificate)


async def fuzz(count: int, *, first_seed: int = 0, until: float = float("inf")) -> Counter[str]:
    """Try ``count`` inputs, or fewer if ``until`` (monotonic time in seconds) comes first. Return what came out."""
    fuzzer = Fuzzer()
    for seed in range(first_seed, first_seed + count):
        await fuzzer.try_one(seed)
        if time.monotonic() > until:
            break
    return fuzzer.outcomes


def main(arguments: Sequence[str]) -> int:
    """Print what came out of the inputs; return 1 if one got through."""
    count, first_seed = int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 0
    began = time.monotonic()
    try:
        outcomes = asyncio.run(fuzz(count, first_seed=first_seed, until=began + BUDGET_S))
    except EscapedError as error:
        print(error)
        return 1
    print(f"{outcomes.total():,} inputs in {time.monotonic() - began:.0f} s, and nothing but our own errors came out:")
    for outcome, times in outcomes.most_common():
        print(f"  {outcome:<28} {times:>8,}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
