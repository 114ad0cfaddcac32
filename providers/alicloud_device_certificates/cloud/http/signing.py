"""ACS3-HMAC-SHA256, the signature of Alibaba Cloud's V3 gateways, as an ``httpx.Auth``.

Source: "V3 request structure and signature" of the Alibaba Cloud OpenAPI documentation. The signature covers the
request as it is sent, so the caller builds the URL's query with ``canonical_query`` and httpx passes it on unchanged.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

import httpx

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.contract.timestamps import rfc3339

ALGORITHM: Final = "ACS3-HMAC-SHA256"


def canonical_query(arguments: Mapping[str, str | None]) -> str:
    """Return the arguments as a query string: sorted by name, percent-encoded (RFC 3986), None left out."""
    present = sorted((name, value) for name, value in arguments.items() if value is not None)
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in present)


def canonical_request(
    *, method: str, path: str, query: str, headers: Mapping[str, str], signed: list[str], digest: str
) -> str:
    """Return the text that the signature hashes. ``signed`` names the signed headers, lower case and sorted."""
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in signed)
    return "\n".join((method, path, query, lines, ";".join(signed), digest))


def signature(secret: str, canonical: str) -> str:
    """Return the signature of a canonical request in lower-case hex."""
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()


class Acs3Auth(httpx.Auth):
    """Signs a request just before it is sent, with a new time and nonce for every attempt.

    ``clock`` returns the Unix time in seconds, corrected if the local clock is off. ``nonce`` returns a string that was
    never used before.
    """

    requires_request_body = True

    def __init__(
        self,
        credentials: Credentials,
        *,
        action: str,
        version: str,
        clock: Callable[[], float] = time.time,
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self._credentials = credentials
        self._action = action
        self._version = version
        self._clock = clock
        self._nonce = nonce

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the ``x-acs-`` headers and ``Authorization``; httpx calls this once for each request."""
        digest = hashlib.sha256(request.content).hexdigest()
        added = {
            "x-acs-action": self._action,
            "x-acs-version": self._version,
            "x-acs-date": rfc3339(datetime.fromtimestamp(self._clock(), UTC)),
            "x-acs-signature-nonce": self._nonce(),
            "x-acs-content-sha256": digest,
        }
        if self._credentials.security_token:
            added["x-acs-accesskey-id"] = self._credentials.access_key_id
            added["x-acs-security-token"] = self._credentials.security_token
        request.headers.update(added)
        signed = sorted(name for name in request.headers if name in {"host", "content-type"} or name[:6] == "x-acs-")
        canonical = canonical_request(
            method=request.method,
            path=request.url.raw_path.partition(b"?")[0].decode("ascii"),
            query=request.url.query.decode("ascii"),
            headers=request.headers,
            signed=signed,
            digest=digest,
        )
        request.headers["authorization"] = (
            f"{ALGORITHM} Credential={self._credentials.access_key_id},SignedHeaders={';'.join(signed)},"
            f"Signature={signature(self._credentials.access_key_secret, canonical)}"
        )
        yield request
