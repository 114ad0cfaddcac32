"""The optional parts of the distribution, and the one line that a user sees if one is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from alicloud_device_certificates.contract.distribution import DISTRIBUTION
from alicloud_device_certificates.contract.errors import UserFacingError

EXTRAS: Final = {"alicloud": "pulumi_alicloud", "audit": "badkeys", "policy": "pulumi_policy", "redis": "redis"}
"""Each extra, and the package that it installs."""


class MissingExtraError(ImportError, UserFacingError):
    """An extra is not installed; the message has the command that installs it."""

    fix = "Run the command in the message."


@contextmanager
def required_extra(extra: str) -> Iterator[None]:
    """Raise MissingExtraError if the imports in this context fail because ``extra`` is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        package = EXTRAS[extra]
        if (error.name or "").partition(".")[0] != package:
            raise
        raise MissingExtraError(
            f"{package} is not installed: run pip install '{DISTRIBUTION}[{extra}]'", name=package
        ) from None
