"""ACS3-HMAC-SHA256, the signature of Alibaba Cloud's V3 gateways.

Source: "V3 request structure and signature" of the Alibaba Cloud OpenAPI documentation. The signature covers the
request as it is sent, so the URL's query is built with ``canonical_query`` and sent unchanged.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.contract.timestamps import rfc3339

ALGORITHM: Final = "ACS3-HMAC-SHA256"

_EMPTY: Final = hashlib.sha256(b"").hexdigest()


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
    return hmac.digest(secret.encode(), to_sign.encode(), "sha256").hex()


def signed_headers(
    credentials: Credentials,
    *,
    action: str,
    version: str,
    method: str,
    path: str = "/",
    query: str,
    headers: Mapping[str, str],
    body: bytes,
    now: float,
    nonce: str,
) -> dict[str, str]:
    """Return the headers of a request with the ``x-acs-`` headers and ``authorization`` added.

    ``headers`` has lower-case names, ``host`` among them. ``now`` is the Unix time in seconds, corrected if the local
    clock is off; ``nonce`` was never used before. So each attempt is signed anew.
    """
    digest = hashlib.sha256(body).hexdigest() if body else _EMPTY
    complete = {
        **headers,
        "x-acs-action": action,
        "x-acs-version": version,
        "x-acs-date": rfc3339(datetime.fromtimestamp(now, UTC)),
        "x-acs-signature-nonce": nonce,
        "x-acs-content-sha256": digest,
    }
    if credentials.security_token:
        complete["x-acs-accesskey-id"] = credentials.access_key_id
        complete["x-acs-security-token"] = credentials.security_token
    signed = sorted(name for name in complete if name in {"host", "content-type"} or name[:6] == "x-acs-")
    canonical = canonical_request(method=method, path=path, query=query, headers=complete, signed=signed, digest=digest)
    complete["authorization"] = (
        f"{ALGORITHM} Credential={credentials.access_key_id},SignedHeaders={';'.join(signed)},"
        f"Signature={signature(credentials.access_key_secret, canonical)}"
    )
    return complete
