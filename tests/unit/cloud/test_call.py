"""A call's names in its errors and their advice."""

from __future__ import annotations

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.call import ApiCall
from alicloud_device_certificates.cloud.codes import classify_code
from alicloud_device_certificates.cloud.errors import NotFoundError
from alicloud_device_certificates.cloud.iot import QUERY_DEVICE_CERT
from alicloud_device_certificates.cloud.mqtt import GET_DEVICE_CERTIFICATE

KEYS = Credentials(access_key_id="AKID", access_key_secret="S3CRET", origin="stack config alicloud:accessKey")
MQTT = ApiCall(
    operation=GET_DEVICE_CERTIFICATE,
    region="cn-x",
    target="device 1",
    url="https://h/",
    arguments={"MqttInstanceId": "post-{1}"},
)


def test_a_missing_permission_is_named_with_its_resource_and_whose_it_is() -> None:
    assert MQTT.advice(classify_code("NoPermission", status=403), KEYS) == (
        "Grant mq:GetDeviceCertificate and mq:MqttInstanceAccess on acs:mq:cn-x:<account>:post-{1} to the RAM identity "
        "behind the credentials (stack config alicloud:accessKey)."
    )
    iot = ApiCall(operation=QUERY_DEVICE_CERT, region="cn-shanghai", target="", url="https://h/", arguments={})
    assert iot.advice(classify_code("Forbidden.RAM", status=403), KEYS).startswith(
        "Grant iot:QueryDeviceCert to the RAM "
    )


def test_an_error_of_a_call_carries_its_names() -> None:
    error = MQTT.error(NotFoundError, "gone", code="X", http_status=500)
    assert (error.operation, error.region, error.target, error.code) == (
        "GetDeviceCertificate",
        "cn-x",
        "device 1",
        "X",
    )
