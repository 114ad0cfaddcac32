"""Mocks for the unit tests of a stack: real certificates for each data source and reference, without the network.

They come from the emulator, so every field, warning and error is what a preview would have. See docs/testing.md.
"""

from alicloud_device_certificates.testing.errors import MockError
from alicloud_device_certificates.testing.mocks import DeviceCertificateMocks

__all__ = ["DeviceCertificateMocks", "MockError"]
