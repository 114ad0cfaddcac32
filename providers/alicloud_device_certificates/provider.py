"""The dynamic provider: what the engine calls to read a data source.

The program imports this module too, to name the class to the engine, so whatever makes calls is imported where the
provider's own process needs it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pulumi.dynamic import ConfigureRequest, ReadResult, ResourceProvider

if TYPE_CHECKING:
    from .connection import Connection


class ReadError(Exception):
    """A read that failed, told in one line; the only error that the engine gets from this provider."""


# Its name is a part of what the user sees.
ReadError.__module__ = "alicloud_device_certificates"


class DeviceCertificateProvider(ResourceProvider):
    """Reads device certificates. It holds nothing when the engine pickles it, so that nothing of it is kept in state."""

    serialize_as_secret_always = False

    def configure(self, req: ConfigureRequest) -> None:
        """Take the stack's config. Nothing is called and nothing can fail here: a read says what is wrong."""
        if not _is_debugging():
            # The engine shows the traceback of what is raised: this leaves the message. In the provider's process only.
            sys.tracebacklimit = 0
        self._config = req.config

    def read(self, id_: str, props: Mapping[str, Any]) -> ReadResult:
        """Read the certificate that ``id_`` names; ``props`` are the data source's flags, or its previous outputs.

        Raises ReadError.
        """
        from .connection import connect
        from .reading import ReadOptions, read

        try:
            connection: Connection = connect(self._config.get)
            outputs = connection.run(lambda client: read(client, id_, ReadOptions.from_props(props)))
        except Exception as error:
            if _is_debugging():
                raise
            raise ReadError(_one_line(error)) from None
        return ReadResult(id_, outputs)
