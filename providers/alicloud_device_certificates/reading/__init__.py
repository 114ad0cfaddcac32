"""From an ID to the outputs of its data source: ask the service, read the certificate, compare the two."""

from .outcome import ReadOptions
from .reader import Reader

__all__ = ["ReadOptions", "Reader"]
