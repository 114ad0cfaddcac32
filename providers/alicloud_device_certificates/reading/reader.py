"""Reads what an ID names, over one client, and fetches each CA certificate once."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from alicloud_device_certificates.cloud.mqtt import MqttCaCertificateAnswer, get_ca_certificate
from alicloud_device_certificates.cloud.operation import Caller
from alicloud_device_certificates.contract.ids import IotDeviceId, MqttCaId, MqttDeviceId, parse_id
from alicloud_device_certificates.contract.warnings import WarningCode
from alicloud_device_certificates.reading.iot import read_iot_device
from alicloud_device_certificates.reading.mqtt import read_mqtt_ca, read_mqtt_device
from alicloud_device_certificates.reading.outcome import ReadOptions

# Without the address: an emulator has another port each time, and this is kept in state.
_EMULATED = "an endpoint in alicloud:endpoints is an emulator: what is read there does not come from Alibaba Cloud"


class Source(Caller, Protocol):
    """Where certificates are read: ``cloud.client.Client``, or a stand-in in a test."""

    def is_emulated(self, product: str) -> bool:
        """Whether an emulator on the network answered for this product in the place of the cloud."""
        ...  # pragma: no cover


class Reader:
    """The reads of one process over one client; used on one event loop."""

    def __init__(self, client: Source) -> None:
        self._client = client
        # Devices of one CA are read at the same time: whoever asks first makes the call, and all wait for it.
        self._cas: dict[MqttCaId, asyncio.Future[MqttCaCertificateAnswer]] = {}

    async def read(self, id_: str, options: ReadOptions) -> dict[str, Any]:
        """Read the certificate that ``id_`` names and give the outputs of its data source.

        Raises CloudError when the service cannot be asked or refuses, ContentError when its answer cannot be used, and
        InvalidIdError when ``id_`` is not an ID.
        """
        product = "onsmqtt"
        match parse_id(id_):
            case MqttDeviceId() as device:
                outputs = await read_mqtt_device(self._client, self._get_ca, device, options)
            case MqttCaId() as ca:
                outputs = await read_mqtt_ca(self._get_ca, ca, options)
            case IotDeviceId() as device:
                product = "iot"
                outputs = await read_iot_device(self._client, device, options)
        if self._client.is_emulated(product):
            outputs["warnings"].append({"code": WarningCode.EMULATOR.value, "message": _EMULATED})
        return outputs

    async def _get_ca(self, identity: MqttCaId) -> MqttCaCertificateAnswer:
        if identity not in self._cas:
            self._cas[identity] = asyncio.ensure_future(
                get_ca_certificate(
                    self._client,
                    region=identity.region,
                    mqtt_instance_id=identity.mqtt_instance_id,
                    ca_sn=identity.ca_sn,
                )
            )
        # Shielded: one read that is given up must not take the answer from the others.
        return await asyncio.shield(self._cas[identity])
