"""The dynamic provider, which the engine calls to read a data source.

The program imports this module too, to pass the class to the engine. So the modules that send requests are imported
inside the functions that run in the provider's process only.

The path of this module and the name of the class are pickled into the state of every stack: they must not change.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from pulumi.dynamic import Config, ConfigureRequest, ReadResult, ResourceProvider

from alicloud_device_certificates.contract import read_failure
from alicloud_device_certificates.contract.config import ALICLOUD_NAMESPACE, EMULATOR
from alicloud_device_certificates.contract.debugging import error_line, is_debugging, log_attempts
from alicloud_device_certificates.contract.distribution import PACKAGE
from alicloud_device_certificates.contract.ids import is_fleet_id


class ReadError(Exception):
    """A failed read, in one line; the only error that this provider raises to the engine."""


# The user sees its name.
ReadError.__module__ = PACKAGE


class DeviceCertificateProvider(ResourceProvider):
    """Reads device certificates. It is pickled without any state of its own, so the stack's state has just its name."""

    serialize_as_secret_always = False

    def configure(self, req: ConfigureRequest) -> None:
        """Keep the stack's config. Nothing is requested and nothing fails here: a read reports what is wrong."""
        from alicloud_device_certificates.cloud.http import background
        from alicloud_device_certificates.reading.cancellation import watch_engine

        watch_engine(background.interrupt)
        if is_debugging():
            log_attempts()
        else:
            # The engine shows the traceback of an error; this leaves only the message. It is not set at import,
            # because the user's program imports this module too.
            sys.tracebacklimit = 0
        self._config = req.config
        self._reported: set[str] = set()

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Read the certificate that ``id_`` identifies; ``props`` are the data source's flags, or its last outputs.

        A refresh of a certificate that the service no longer has returns an empty ID, so the engine lets go of it.
        Raise ReadError, unless the preview gate tolerates failures and this one concerns the certificate itself.
        """
        from alicloud_device_certificates.cloud.http import background

        account = props.get("account")
        try:
            _load_ahead(self._config)
            from alicloud_device_certificates.reading import ReadOptions
            from alicloud_device_certificates.reading.connection import connect

            reader = connect(self._config.get, account)
            read = (
                reader.read_fleet(id_, props) if is_fleet_id(id_) else reader.read(id_, ReadOptions.from_props(props))
            )
            outputs = background.run(read)
        except Exception as error:
            if _is_gone(error) and _is_refresh(props):
                return ReadResult("", {})
            category = _category(error) if read_failure.is_tolerated(props) else None
            if category is None:
                if is_debugging():
                    raise
                raise ReadError(self._line(error)) from None
            outputs = read_failure.failure_output(
                category, code=getattr(error, "code", None), message=error_line(error)
            )
        # The ID does not have it, so a refresh knows it by this output.
        return ReadResult(id_, outputs if account is None else {**outputs, "account": account})

    def _line(self, error: Exception) -> str:
        """Return an error in one line, which is short if another read has reported the same fault of the account."""
        from alicloud_device_certificates.cloud.errors import ACCOUNT_WIDE
        from alicloud_device_certificates.emulator.errors import EmulatorError

        message = error_line(error)
        cause = read_failure.cause_of(message)
        if not isinstance(error, (*ACCOUNT_WIDE, EmulatorError)) or cause not in self._reported:
            self._reported.add(cause)
            return message
        return read_failure.repeated(message)


def _load_ahead(config: Config) -> None:
    """Let another processor read the certificate authorities, if they may be needed, while this one imports modules."""
    if config.get(EMULATOR.full_name) != "true" and config.get(f"{ALICLOUD_NAMESPACE}:protocol") != "http":
        from alicloud_device_certificates.cloud.http.authorities import load_authorities

        load_authorities(trust_env=True)


def _is_refresh(props: Mapping[str, Any]) -> bool:
    """Return whether the engine refreshes its state, and not the program reads: only then there are outputs."""
    return "certificate" in props or "summary" in props


def _is_gone(error: Exception) -> bool:
    from alicloud_device_certificates.cloud.errors import NotFoundError

    return isinstance(error, NotFoundError)


def _category(error: Exception) -> read_failure.Category | None:
    """Return what is wrong with the certificate; None if the failure is about anything else."""
    from alicloud_device_certificates.cloud.errors import ContentError

    if isinstance(error, ContentError):
        return error.reason
    return "missing" if _is_gone(error) else None
