"""The bodies of certificates and keys in the shapes that a scenario chooses."""

from __future__ import annotations

from alicloud_device_certificates.emulator.issuing.record import CertificateRecord, DamagedRecordError
from alicloud_device_certificates.emulator.issuing.shapes import CHAIN_SHAPES, certificate_body, key_body
from alicloud_device_certificates.emulator.scenario.scenario import Ca, IotDevice
from alicloud_device_certificates.emulator.world.devices import RegisteredDevice
from alicloud_device_certificates.emulator.world.world import World


def device_certificate_body(world: World, device: RegisteredDevice, record: CertificateRecord) -> str:
    """Return the certificate of a device in its shape, or the scenario's own content."""
    spec = device.spec
    if spec.content is not None:
        return spec.content
    issuer = world.issuer(device) if spec.shape in CHAIN_SHAPES else None
    return certificate_body(record, shape=spec.shape, label=spec.label, issuer=issuer)


def ca_certificate_body(ca: Ca, record: CertificateRecord) -> str:
    """Return the certificate of a CA in its shape, or the scenario's own content."""
    if ca.content is not None:
        return ca.content
    return certificate_body(record, shape=ca.shape, label=ca.label, issuer=None)


def private_key_body(world: World, spec: IotDevice, record: CertificateRecord) -> str:
    """Return the private key of ``record`` in the shape of a device, or the scenario's own content."""
    if spec.key_content is not None:
        return spec.key_content
    try:
        return key_body(record, spec.key_shape)
    except DamagedRecordError as error:
        raise world.state.damaged(error) from None
