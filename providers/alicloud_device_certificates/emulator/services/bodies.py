"""The bodies of certificates in the shapes that a scenario chooses."""

from __future__ import annotations

from alicloud_device_certificates.emulator.issuing.record import CertificateRecord
from alicloud_device_certificates.emulator.issuing.shapes import CHAIN_SHAPES, certificate_body
from alicloud_device_certificates.emulator.world.devices import RegisteredDevice
from alicloud_device_certificates.emulator.world.world import World


def device_certificate_body(world: World, device: RegisteredDevice, record: CertificateRecord) -> str:
    """Return the certificate of a device in its shape."""
    spec = device.spec
    issuer = world.issuer(device) if spec.shape in CHAIN_SHAPES else None
    return certificate_body(record, shape=spec.shape, label=spec.label, issuer=issuer)
