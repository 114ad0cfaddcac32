"""What httpx and httpcore log, without tokens: neither the user and the query of a URL, nor the headers of a response.

A credentials URI may have its token there, a redirect repeats it, and a proxy may echo its password.
"""

from __future__ import annotations

import logging
from typing import Final

from alicloud_device_certificates.cloud.http.lean_httpx import httpx

_LOGGERS: Final = ("httpx", "httpcore.http11", "httpcore.http2", "httpcore.proxy")


class _Discreet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to keep the record, whose URLs are shortened."""
        arguments = record.args if isinstance(record.args, tuple) else ()
        record.args = tuple(
            each.copy_with(query=None, username="", password="") if isinstance(each, httpx.URL) else each
            for each in arguments
        )
        return not record.getMessage().startswith("receive_response_headers.complete")


_DISCREET: Final = _Discreet()


def keep_logs_discreet() -> None:
    """Filter the logs from now on; again and again has no effect."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_DISCREET)
