from typing import Any

from alicloud_device_certificates import (
    IotDeviceCertificate,
    MqttCaCertificate,
    MqttDeviceCertificate,
    export_certificates,
)

MQTT: dict[str, Any] = {"mqtt_instance_id": "post-cn-emulator01", "ca_sn": "00f26900ba87"}

export_certificates(
    {
        "gateway": MqttDeviceCertificate("gateway", device_sn="356217374433aa01", include_chain=True, **MQTT),
        "inactive": MqttDeviceCertificate("inactive", device_sn="356217374433aa02", cross_check="off", **MQTT),
        "ca": MqttCaCertificate("ca", **MQTT),
        "light": IotDeviceCertificate(
            "light", product_key="a1BwAGVemul8", device_name="light-01", include_private_key=True
        ),
        "pending": IotDeviceCertificate(
            "pending", product_key="a1BwAGVemul8", device_name="light-03", allow_pending=True
        ),
    }
)
