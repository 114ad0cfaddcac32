"""Authenticate signed requests, in both styles: ACS3-HMAC-SHA256 in headers, and HMAC-SHA1 in parameters.

Written from the vendor's description of the request syntax. tests/contract verifies it with the vendor's SDKs. No
message contains a signature, or anything that was computed from a secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec

from alicloud_device_certificates.emulator.http import gateway_errors as errors
from alicloud_device_certificates.emulator.http.request import HttpRequest
from alicloud_device_certificates.emulator.scenario.scenario import Account, User

_ALGORITHM = "ACS3-HMAC-SHA256"


class _SignedParameters(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters that authenticate a request, in either style."""

    access_key_id: str
    token: str | None
    nonce: str
    timestamp: int  # milliseconds since 1970 UTC
    signature: str

    __repr__ = object.__repr__


class Authenticator:
    """Authenticates signed requests, and remembers the last ``max_nonces`` nonces to reject replays."""

    def __init__(self, *, max_nonces: int = errors.MAX_NONCES) -> None:
        self._max_nonces = max_nonces
        self._nonces: OrderedDict[tuple[str, str], None] = OrderedDict()

    def authenticate(
        self, request: HttpRequest, *, users: Mapping[str, tuple[Account, User]], now: int
    ) -> tuple[Account, User]:
        """Return the account and user that signed; ``now`` is in milliseconds.

        Raise ServiceError with the gateway's code if the signature is invalid.
        """
        acs3 = request.headers.get("authorization", "").startswith(_ALGORITHM)
        parameters = _acs3_parameters(request) if acs3 else _v2_parameters(request.arguments())
        if abs(parameters.timestamp - now) > errors.MAX_CLOCK_SKEW:
            raise errors.TIMESTAMP_EXPIRED.error()
        account, user = users.get(parameters.access_key_id, (None, None))
        if account is None or user is None:
            raise errors.UNKNOWN_ACCESS_KEY.error()
        if user.disabled:
            raise errors.DISABLED_ACCESS_KEY.error()
        expected = (_acs3_signature if acs3 else _v2_signature)(request, user.access_key_secret)
        if not hmac.compare_digest(expected.encode(), parameters.signature.encode()):
            raise errors.SIGNATURE_MISMATCH.error()
        _check_token(parameters.token, user)
        self._use_nonce(parameters)
        return account, user

    def _use_nonce(self, parameters: _SignedParameters) -> None:
        key = (parameters.access_key_id, parameters.nonce)
        if key in self._nonces:
            raise errors.NONCE_USED.error()
        self._nonces[key] = None
        if len(self._nonces) > self._max_nonces:
            self._nonces.popitem(last=False)


def _check_token(token: str | None, user: User) -> None:
    if user.token is None:
        if token:
            raise errors.TOKEN_UNEXPECTED.error()
        return
    if not token:
        raise errors.TOKEN_MISSING.error()
    if not hmac.compare_digest(token.encode(), user.token.encode()):
        raise errors.TOKEN_MALFORMED.error()
    if user.token_expired:
        raise errors.TOKEN_EXPIRED.error()


def _acs3_parameters(request: HttpRequest) -> _SignedParameters:
    headers = request.headers
    parts = _authorization(headers["authorization"])
    if not parts.get("Credential") or not parts.get("Signature"):
        raise errors.SIGNATURE_INCOMPLETE.error()
    if headers.get("x-acs-content-sha256", "") != hashlib.sha256(request.body).hexdigest():
        raise errors.SIGNATURE_MISMATCH.error()
    signed = parts.get("SignedHeaders", "").split(";")
    if any(name == "host" or name.startswith("x-acs-") for name in headers if name not in signed):
        raise errors.SIGNATURE_MISMATCH.error()
    return _SignedParameters(
        access_key_id=parts["Credential"],
        token=headers.get("x-acs-security-token"),
        nonce=_required(headers.get("x-acs-signature-nonce"), "SignatureNonce"),
        timestamp=_timestamp(_required(headers.get("x-acs-date"), "Timestamp")),
        signature=parts["Signature"],
    )


def _acs3_signature(request: HttpRequest, secret: str) -> str:
    signed = _authorization(request.headers["authorization"]).get("SignedHeaders", "").split(";")
    canonical = "\n".join(
        [
            request.method,
            "/",
            _canonical_query(request.query),
            "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in signed),
            ";".join(signed),
            hashlib.sha256(request.body).hexdigest(),
        ]
    )
    to_sign = f"{_ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()


def _authorization(header: str) -> dict[str, str]:
    return dict(re.findall(r"\b(\w++)=([^,\s]+)", header.removeprefix(_ALGORITHM)))


def _v2_parameters(arguments: Mapping[str, str]) -> _SignedParameters:
    if _required(arguments.get("SignatureMethod"), "SignatureMethod") != "HMAC-SHA1":
        raise errors.INVALID_SIGNATURE_METHOD.error()
    if _required(arguments.get("SignatureVersion"), "SignatureVersion") != "1.0":
        raise errors.INVALID_SIGNATURE_VERSION.error()
    return _SignedParameters(
        access_key_id=_required(arguments.get("AccessKeyId"), "AccessKeyId"),
        token=arguments.get("SecurityToken"),
        nonce=_required(arguments.get("SignatureNonce"), "SignatureNonce"),
        timestamp=_timestamp(_required(arguments.get("Timestamp"), "Timestamp")),
        signature=_required(arguments.get("Signature"), "Signature"),
    )


def _v2_signature(request: HttpRequest, secret: str) -> str:
    signed = [(name, value) for name, value in request.query + request.form if name != "Signature"]
    to_sign = f"{request.method}&{_escape('/')}&{_escape(_canonical_query(signed))}"
    digest = hmac.new(f"{secret}&".encode(), to_sign.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _required(value: str | None, name: str) -> str:
    if not value:
        raise errors.missing(name)
    return value


def _timestamp(text: str) -> int:
    try:
        parsed = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise errors.TIMESTAMP_FORMAT.error() from None
    return int(parsed.timestamp()) * 1000


def _canonical_query(arguments: list[tuple[str, str]]) -> str:
    return "&".join(f"{name}={value}" for name, value in sorted((_escape(n), _escape(v)) for n, v in arguments))


def _escape(text: str) -> str:
    return quote(text, safe="~")
