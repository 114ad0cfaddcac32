"""The dynamic provider: what the engine calls to read a data source.

The program imports this module too, to name the class to the engine, so whatever makes calls is imported where the
provider's own process needs it.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

from pulumi.dynamic import ConfigureRequest, ReadResult, ResourceProvider

from alicloud_device_certificates.contract import read_failure
from alicloud_device_certificates.contract.distribution import PACKAGE
from alicloud_device_certificates.contract.errors import UserFacingError
from alicloud_device_certificates.contract.text import one_line


class ReadError(Exception):
    """A read that failed, told in one line; the only error that the engine gets from this provider."""


# Its name is a part of what the user sees.
ReadError.__module__ = PACKAGE


class DeviceCertificateProvider(ResourceProvider):
    """Reads device certificates. It holds nothing when it is pickled, so that the state keeps no more than its name."""

    serialize_as_secret_always = False

    def configure(self, req: ConfigureRequest) -> None:
        """Take the stack's config. Nothing is called and nothing fails here: a read says what is wrong."""
        if _is_debugging():
            # The engine shows what its plugins write to the standard error.
            logging.basicConfig(stream=sys.stderr, format="%(name)s: %(message)s")
            logging.getLogger(PACKAGE).setLevel(logging.DEBUG)
        else:
            # The engine shows the traceback of what is raised; this leaves the message. It is set here and not at
            # import, since the user's program imports this module too.
            sys.tracebacklimit = 0
        self._config = req.config

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Read the certificate that ``id_`` names; ``props`` are the data source's flags, or its previous outputs.

        Raises ReadError, unless the preview gate asks to go on and the failure is the certificate's own.
        """
        from alicloud_device_certificates.cloud.http import background
        from alicloud_device_certificates.reading import ReadOptions
        from alicloud_device_certificates.reading.connection import connect

        try:
            reader = connect(self._config.get)
            outputs = background.run(reader.read(id_, ReadOptions.from_props(props)))
        except Exception as error:
            category = _category(error) if read_failure.is_tolerated(props) else None
            if category is None:
                if _is_debugging():
                    raise
                raise ReadError(_told(error)) from None
            outputs = read_failure.failure_output(category, code=getattr(error, "code", None), message=_told(error))
        return ReadResult(id_, outputs)


def _is_debugging() -> bool:
    return os.environ.get("DEVICE_CERTIFICATES_DEBUG") == "1"


def _category(error: Exception) -> read_failure.Category | None:
    """Tell what is wrong with the certificate; None where nothing is known of it, as it could not be asked for."""
    from alicloud_device_certificates.cloud.errors import ContentError, NotFoundError

    if isinstance(error, ContentError):
        return error.reason
    return "missing" if isinstance(error, NotFoundError) else None


def _told(error: Exception) -> str:
    """Tell an error in one line. Only texts that are made for people are shown: any other might hold a secret."""
    if isinstance(error, UserFacingError):
        return one_line(str(error))
    return (
        f"an unexpected {type(error).__name__} in {PACKAGE}; "
        "run again with DEVICE_CERTIFICATES_DEBUG=1 for the whole story, and report it"
    )
