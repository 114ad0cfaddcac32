"""From an ID to the outputs of its data source: send the request, read the certificate, cross-check the two."""

from alicloud_device_certificates.reading.outcome import ReadOptions
from alicloud_device_certificates.reading.reader import Reader

__all__ = ["ReadOptions", "Reader"]
