"""Verifies who signed a request, in both styles: ACS3-HMAC-SHA256 in headers, and HMAC-SHA1 in parameters.

Written from the vendor's description of the request syntax and held to the vendor's SDKs by tests/contract; it shares
nothing with this project's client. No message holds a signature, or anything that was computed with a secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Self
from urllib.parse import parse_qsl, quote

import msgspec

from alicloud_device_certificates.emulator.scenario.scenario import Account, User
from alicloud_device_certificates.emulator.services.answers import ServiceError

MAX_SKEW = 15 * 60 * 1000  # milliseconds
MAX_NONCES = 100_000
_ALGORITHM = "ACS3-HMAC-SHA256"
_MISMATCH = ServiceError(400, "SignatureDoesNotMatch", "Specified signature is not matched with our calculation.")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """An HTTP request as it arrived: header names in lower case; the arguments in query and form body decoded."""

    method: str
    headers: Mapping[str, str]
    query: list[tuple[str, str]]
    form: list[tuple[str, str]]
    body: bytes

    __repr__ = object.__repr__  # it holds signatures and tokens

    @classmethod
    def received(cls, *, method: str, headers: Mapping[str, str], query: bytes, body: bytes) -> Self:
        """The request with its arguments decoded; a body that is not a form holds none."""
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        form = _decoded(body) if media_type == "application/x-www-form-urlencoded" else []
        return cls(method=method, headers=headers, query=_decoded(query), form=form, body=body)

    def arguments(self) -> dict[str, str]:
        """All arguments, of the query and of a form body."""
        return dict(self.query + self.form)


class _Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What a request says of itself: who signed, when, what once, and by which signature."""

    access_key_id: str
    token: str | None
    nonce: str
    at: int
    signature: str

    __repr__ = object.__repr__


class Gatekeeper:
    """Tells who signed a request; remembers the nonces that were used, the last `remembered` ones."""

    def __init__(self, *, remembered: int = MAX_NONCES) -> None:
        self._remembered = remembered
        self._nonces: OrderedDict[tuple[str, str], None] = OrderedDict()

    def verify(self, request: Request, *, users: Mapping[str, tuple[Account, User]], now: int) -> tuple[Account, User]:
        """The account and user that signed; raises ServiceError as the gateway would. `now` in milliseconds."""
        new_style = request.headers.get("authorization", "").startswith(_ALGORITHM)
        claim = _acs3_claim(request) if new_style else _v2_claim(request.arguments())
        if abs(claim.at - now) > MAX_SKEW:
            raise ServiceError(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
        account, user = users.get(claim.access_key_id, (None, None))
        if account is None or user is None:
            raise ServiceError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
        if user.disabled:
            raise ServiceError(403, "InvalidAccessKeyId.Inactive", "Specified access key is disabled.")
        expected = (_acs3_signature if new_style else _v2_signature)(request, user.access_key_secret)
        if not hmac.compare_digest(expected.encode(), claim.signature.encode()):
            raise _MISMATCH
        _check_token(claim.token, user)
        self._use_nonce(claim)
        return account, user

    def _use_nonce(self, claim: _Claim) -> None:
        key = (claim.access_key_id, claim.nonce)
        if key in self._nonces:
            raise ServiceError(400, "SignatureNonceUsed", "Specified signature nonce was used already.")
        self._nonces[key] = None
        if len(self._nonces) > self._remembered:
            self._nonces.popitem(last=False)


def _check_token(token: str | None, user: User) -> None:
    if user.token is None:
        if token:
            raise ServiceError(
                400,
                "InvalidSecurityToken.MismatchWithAccessKey",
                "Specified SecurityToken mismatch with the AccessKey.",
            )
        return
    if not token:
        raise ServiceError(400, "MissingSecurityToken", "SecurityToken is mandatory for this action.")
    if not hmac.compare_digest(token.encode(), user.token.encode()):
        raise ServiceError(400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.")
    if user.token_expired:
        raise ServiceError(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")


def _acs3_claim(request: Request) -> _Claim:
    headers = request.headers
    parts = _authorization(headers["authorization"])
    if not parts.get("Credential") or not parts.get("Signature"):
        raise ServiceError(400, "IncompleteSignature", "The Authorization header is incomplete.")
    if headers.get("x-acs-content-sha256", "") != hashlib.sha256(request.body).hexdigest():
        raise _MISMATCH
    signed = parts.get("SignedHeaders", "").split(";")
    if any(name == "host" or name.startswith("x-acs-") for name in headers if name not in signed):
        raise _MISMATCH
    return _Claim(
        access_key_id=parts["Credential"],
        token=headers.get("x-acs-security-token"),
        nonce=_given(headers.get("x-acs-signature-nonce"), "SignatureNonce"),
        at=_timestamp(_given(headers.get("x-acs-date"), "Timestamp")),
        signature=parts["Signature"],
    )


def _acs3_signature(request: Request, secret: str) -> str:
    signed = _authorization(request.headers["authorization"]).get("SignedHeaders", "").split(";")
    canonical = "\n".join(
        [
            request.method,
            "/",
            _canonical(request.query),
            "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in signed),
            ";".join(signed),
            hashlib.sha256(request.body).hexdigest(),
        ]
    )
    to_sign = f"{_ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()


def _authorization(header: str) -> dict[str, str]:
    return dict(re.findall(r"(\w+)=([^,\s]+)", header.removeprefix(_ALGORITHM)))


def _v2_claim(arguments: Mapping[str, str]) -> _Claim:
    for name, wanted in (("SignatureMethod", "HMAC-SHA1"), ("SignatureVersion", "1.0")):
        if _given(arguments.get(name), name) != wanted:
            raise ServiceError(400, f"Invalid{name}", f"Specified {name} is not valid.")
    return _Claim(
        access_key_id=_given(arguments.get("AccessKeyId"), "AccessKeyId"),
        token=arguments.get("SecurityToken"),
        nonce=_given(arguments.get("SignatureNonce"), "SignatureNonce"),
        at=_timestamp(_given(arguments.get("Timestamp"), "Timestamp")),
        signature=_given(arguments.get("Signature"), "Signature"),
    )


def _v2_signature(request: Request, secret: str) -> str:
    signed = [(name, value) for name, value in request.query + request.form if name != "Signature"]
    to_sign = f"{request.method}&{_escaped('/')}&{_escaped(_canonical(signed))}"
    digest = hmac.new(f"{secret}&".encode(), to_sign.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _given(value: str | None, name: str) -> str:
    if not value:
        raise ServiceError(400, f"Missing{name}", f"{name} is mandatory for this action.")
    return value


def _timestamp(text: str) -> int:
    try:
        at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise ServiceError(
            400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."
        ) from None
    return int(at.timestamp()) * 1000


def _decoded(query: bytes) -> list[tuple[str, str]]:
    return parse_qsl(query.decode("latin-1"), keep_blank_values=True)


def _canonical(arguments: list[tuple[str, str]]) -> str:
    return "&".join(f"{name}={value}" for name, value in sorted((_escaped(n), _escaped(v)) for n, v in arguments))


def _escaped(text: str) -> str:
    return quote(text, safe="~")
