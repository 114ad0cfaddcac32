"""Which certificate authorities a service's certificate may come from: those of the environment, or certifi's."""

from __future__ import annotations

import os
import ssl


def trusted_authorities(*, trust_env: bool) -> ssl.SSLContext:
    """Return the TLS context of all connections. It reads the authorities, which takes longer than a call.

    With ``trust_env``, ``SSL_CERT_FILE`` or else ``SSL_CERT_DIR`` names the authorities, as httpx has it. Raise
    ``OSError`` if it cannot be read.
    """
    if trust_env and (file := os.environ.get("SSL_CERT_FILE")):
        return ssl.create_default_context(cafile=file)
    if trust_env and (folder := os.environ.get("SSL_CERT_DIR")):
        return ssl.create_default_context(capath=folder)
    import certifi

    return ssl.create_default_context(cafile=certifi.where())
