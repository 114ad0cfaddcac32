"""Which certificate authorities a service's certificate may come from: those of the environment, or certifi's.

To read them takes longer than a call, so they are read once, in a thread while others import modules.
"""

from __future__ import annotations

import os
import ssl
import threading
from concurrent.futures import Future

_Place = tuple[str | None, str | None]
"""A file and a folder of authorities."""

_lock = threading.Lock()
_loads: dict[_Place, Future[ssl.SSLContext]] = {}


def load_authorities(*, trust_env: bool) -> Future[ssl.SSLContext]:
    """Begin to load the TLS context of all connections, and return its future.

    With ``trust_env``, ``SSL_CERT_FILE`` or else ``SSL_CERT_DIR`` names the authorities, as httpx has it. The result
    is an ``OSError`` if they cannot be read.
    """
    file = os.environ.get("SSL_CERT_FILE") or None if trust_env else None
    folder = os.environ.get("SSL_CERT_DIR") or None if trust_env and file is None else None
    with _lock:
        loaded = _loads.get((file, folder))
        if loaded is None:
            loaded = _loads[file, folder] = Future()
            threading.Thread(target=_load, args=(loaded, file, folder), daemon=True).start()
        return loaded


def _load(loaded: Future[ssl.SSLContext], file: str | None, folder: str | None) -> None:
    try:
        if file is None and folder is None:
            import certifi

            file = certifi.where()
        loaded.set_result(ssl.create_default_context(cafile=file, capath=folder))
    except Exception as error:  # noqa: BLE001 - whoever waits for them would wait for ever
        loaded.set_exception(error)
