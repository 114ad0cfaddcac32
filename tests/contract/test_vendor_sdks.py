"""The vendor's own clients get from the emulator what this project's client gets, in each style they can sign."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pytest
from alibabacloud_iot20180120 import models as iot_models
from alibabacloud_iot20180120.client import Client as IotSdk
from alibabacloud_onsmqtt20200420 import models as mqtt_models
from alibabacloud_onsmqtt20200420.client import Client as MqttSdk
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.models import Config
from alibabacloud_tea_util.models import RuntimeOptions
from tests.contract.conftest import PATIENCE_S

from alicloud_device_certificates.cloud import iot, iot_lists, mqtt, mqtt_lists
from alicloud_device_certificates.cloud.client import Client
from alicloud_device_certificates.cloud.operation import Operation
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.emulator.scenario.synthetic import SyntheticDevices

OWNER = {"access_key_id": "owner", "access_key_secret": "the-secret-of-owner"}
ROLE = {"access_key_id": "role", "access_key_secret": "the-secret-of-role", "security_token": "the+token/of=role"}
ODD_SN = "a b+c*d/e:f~g%h&i=j"
ODD_NAME = "la*mp:@.-_ +"
LIST, LIST_BY_CA, LIST_CAS = (
    Operation(name=name, version="2020-04-20", product="onsmqtt", method="GET", permissions=())
    for name in ("ListDeviceCertificate", "ListDeviceCertificateByCaSn", "ListCaCertificate")
)
QUERY_DEVICE = Operation(name="QueryDevice", version="2018-01-20", product="iot", method="POST", permissions=())
PAGE = {"PageNo": "1", "PageSize": "2"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One call: for us an operation and its arguments, for the SDK a request model and a method's name."""

    operation: Operation
    arguments: dict[str, str]
    model: type
    method: str

    @property
    def request(self) -> Any:
        return self.model().from_map(self.arguments)


def mqtt_ask(operation: Operation, method: str, **arguments: str) -> Ask:
    model = getattr(mqtt_models, f"{operation.name}Request")
    return Ask(operation=operation, arguments={"MqttInstanceId": "post-cn-1", **arguments}, model=model, method=method)


def iot_ask(**arguments: str) -> Ask:
    model = iot_models.QueryDeviceCertRequest
    return Ask(operation=iot.QUERY_DEVICE_CERT, arguments=arguments, model=model, method="query_device_cert")


def iot_list_ask(**arguments: str) -> Ask:
    model = iot_models.QueryDeviceRequest
    return Ask(operation=QUERY_DEVICE, arguments=arguments, model=model, method="query_device")


def synthetic_sn(index: int) -> str:
    return SyntheticDevices(devices=250).sn("ca/post-cn-1/00f3", index)


CALLS = {
    **{
        f"device-{sn}": mqtt_ask(mqtt.GET_DEVICE_CERTIFICATE, "get_device_certificate", CaSn="00f2", DeviceSn=sn)
        for sn in ("356201", "356202", "356203", ODD_SN)
    },
    "ca": mqtt_ask(mqtt.GET_CA_CERTIFICATE, "get_ca_certificate", Sn="00f2"),
    "list": mqtt_ask(LIST, "list_device_certificate", **PAGE),
    "list-by-ca": mqtt_ask(LIST_BY_CA, "list_device_certificate_by_ca_sn", CaSn="00f2", **PAGE),
    "list-past-the-end": mqtt_ask(LIST, "list_device_certificate", PageNo="9", PageSize="100"),
    "list-of-synthetic": mqtt_ask(
        LIST_BY_CA, "list_device_certificate_by_ca_sn", CaSn="00f3", PageNo="3", PageSize="100"
    ),
    "list-cas": mqtt_ask(LIST_CAS, "list_ca_certificate", **PAGE),
    "synthetic-device": mqtt_ask(
        mqtt.GET_DEVICE_CERTIFICATE, "get_device_certificate", CaSn="00f3", DeviceSn=synthetic_sn(250)
    ),
    "iot-list": iot_list_ask(ProductKey="pk1"),
    "iot-list-page": iot_list_ask(ProductKey="pk3", PageSize="50", CurrentPage="3"),
    "iot-list-token": iot_list_ask(ProductKey="pk3", PageSize="50", CurrentPage="2", NextToken="YmVmb3JlIDcw"),
    "iot-list-past-the-end": iot_list_ask(ProductKey="pk1", CurrentPage="9"),
    "iot-list-instance": iot_list_ask(ProductKey="pk2", IotInstanceId="iot-1"),
    "iot-synthetic-device": iot_ask(ProductKey="pk3", DeviceName="meter-0000120"),
    **{f"iot-{name}": iot_ask(ProductKey="pk1", DeviceName=name) for name in ("lamp", ODD_NAME, "new", "bad")},
    "iot-instance": iot_ask(ProductKey="pk2", DeviceName="lamp", IotInstanceId="iot-1"),
}
WAYS = [
    pytest.param(sync, algorithm, id=f"{'sync' if sync else 'async'}-{algorithm or 'default'}")
    for sync in (True, False)
    for algorithm in (None, "v2")
]


def patient_options() -> RuntimeOptions:
    return RuntimeOptions(connect_timeout=PATIENCE_S * 1000, read_timeout=PATIENCE_S * 1000)


def ask_sdk(ask: Ask, host: str, *, sync: bool, algorithm: str | None, **credentials: str) -> dict[str, Any]:
    config = Config(endpoint=host, protocol="http", signature_algorithm=algorithm, **(credentials or OWNER))
    sdk = (IotSdk if ask.operation.product == "iot" else MqttSdk)(config)
    if sync:
        response = getattr(sdk, f"{ask.method}_with_options")(ask.request, patient_options())
    else:
        response = asyncio.run(getattr(sdk, f"{ask.method}_with_options_async")(ask.request, patient_options()))
    assert response.status_code == 200
    body: dict[str, Any] = response.body.to_map()
    return body


def settings(host: str, **credentials: Any) -> Settings:
    endpoints: Mapping[str, str] = MappingProxyType({"onsmqtt": host, "iot": host})
    return Settings(
        protocol="http",
        endpoints=endpoints,
        connect_timeout=PATIENCE_S,
        read_timeout=PATIENCE_S,
        deadline=PATIENCE_S,
        **(credentials or OWNER),
    )


def ask_ours(ask: Ask, host: str, **credentials: str) -> dict[str, Any]:
    async def run() -> dict[str, Any]:
        client = Client(settings(host, **credentials))
        try:
            return await client.call(ask.operation, ask.arguments, region="cn-hangzhou", target="the same", read=dict)
        finally:
            await client.aclose()

    return asyncio.run(run())


def without_request_id(document: dict[str, Any]) -> dict[str, Any]:
    assert document["RequestId"]
    return {name: value for name, value in document.items() if name != "RequestId"}


@pytest.mark.parametrize(("sync", "algorithm"), WAYS)
@pytest.mark.parametrize("name", CALLS)
def test_the_sdk_and_our_client_read_the_same_fields(served: Any, name: str, sync: bool, algorithm: str | None) -> None:
    theirs = ask_sdk(CALLS[name], served.host, sync=sync, algorithm=algorithm)
    assert without_request_id(theirs) == without_request_id(ask_ours(CALLS[name], served.host))


@pytest.mark.parametrize(("sync", "algorithm"), WAYS)
@pytest.mark.parametrize("name", ["device-356201", "iot-lamp"])
def test_a_role_with_a_token_reads_the_same_fields(served: Any, name: str, sync: bool, algorithm: str | None) -> None:
    theirs = ask_sdk(CALLS[name], served.host, sync=sync, algorithm=algorithm, **ROLE)
    ours = without_request_id(ask_ours(CALLS[name], served.host, **ROLE))
    assert without_request_id(theirs) == ours == without_request_id(ask_ours(CALLS[name], served.host))


@pytest.mark.parametrize(
    ("name", "data", "absent"),
    [
        ("list", lambda body: body.data.device_certificate_vos, set()),
        ("list-by-ca", lambda body: body.data.device_certificate_vos, set()),
        ("list-cas", lambda body: body.data.ca_certificate_vos, set()),
        # «This parameter is not returned», its model says.
        ("iot-list", lambda body: body.data.device_info, {"device_type"}),
    ],
)
def test_a_list_has_every_field_of_the_sdks_models(
    served: Any, name: str, data: Callable[[Any], list[Any]], absent: set[str]
) -> None:
    ask = CALLS[name]
    sdk = (IotSdk if ask.operation.product == "iot" else MqttSdk)(
        Config(endpoint=served.host, protocol="http", **OWNER)
    )
    body = getattr(sdk, f"{ask.method}_with_options")(ask.request, patient_options()).body
    members = data(body)
    assert members
    assert [{field for field, value in vars(member).items() if value is None} for member in members] == (
        [absent] * len(members)
    )
    page = body if ask.operation.product == "iot" else body.data
    errors = {"code", "error_message"}
    assert {field for field, value in vars(page).items() if value is None} <= errors


def test_the_pages_of_the_sdk_hold_each_device_once(served: Any) -> None:
    sizes, sns = [], []
    for page in range(1, 5):
        ask = mqtt_ask(LIST, "list_device_certificate", PageNo=str(page), PageSize="100")
        data = ask_sdk(ask, served.host, sync=True, algorithm=None)["Data"]
        sizes.append(len(data["DeviceCertificateVOS"]))
        sns += [(device["CaSn"], device["DeviceSn"]) for device in data["DeviceCertificateVOS"]]
        assert (data["PageNo"], data["PageSize"], data["Total"]) == (page, 100, 255)
    assert sizes == [100, 100, 55, 0]
    assert len(set(sns)) == 255


def test_the_tokens_of_the_sdk_lead_to_each_device_once(served: Any) -> None:
    names, token, page = [], "", 1
    while page == 1 or token:
        ask = iot_list_ask(ProductKey="pk3", PageSize="50", CurrentPage=str(page), NextToken=token)
        body = ask_sdk(ask, served.host, sync=True, algorithm=None)
        names += [device["DeviceName"] for device in body["Data"]["DeviceInfo"]]
        token, page = body["NextToken"], page + 1
    assert names == [f"meter-{number:07d}" for number in range(120, 0, -1)]


def refused_ask(**change: str) -> Ask:
    given = {"MqttInstanceId": "post-cn-1", "CaSn": "00f2", "DeviceSn": "356201", **change}
    return mqtt_ask(mqtt.GET_DEVICE_CERTIFICATE, "get_device_certificate", **given)


@pytest.mark.parametrize(("sync", "algorithm"), WAYS)
@pytest.mark.parametrize(
    ("change", "credentials", "status", "code"),
    [
        ({"DeviceSn": "nobody"}, OWNER, 500, "FindDeviceBySnError"),
        ({"MqttInstanceId": "nothing"}, OWNER, 500, "MqttInstanceNotFound"),
        ({"CaSn": ""}, OWNER, 400, "ParameterFieldCheckFailed"),
        ({"DeviceSn": "flaky"}, OWNER, 400, "Throttling.User"),
        ({}, {**OWNER, "access_key_secret": "wrong"}, 400, "SignatureDoesNotMatch"),
        ({}, {**OWNER, "access_key_id": "nobody"}, 404, "InvalidAccessKeyId.NotFound"),
        ({}, {**OWNER, "access_key_id": "denied"}, 403, "NoPermission"),
        ({}, {**ROLE, "security_token": "another"}, 400, "InvalidSecurityToken.Malformed"),
    ],
)
def test_a_rejection_is_understood_by_the_sdk(
    served: Any,
    sync: bool,
    algorithm: str | None,
    change: dict[str, str],
    credentials: dict[str, str],
    status: int,
    code: str,
) -> None:
    with pytest.raises(AlibabaCloudException) as raised:
        ask_sdk(refused_ask(**change), served.host, sync=sync, algorithm=algorithm, **credentials)
    assert (raised.value.code, raised.value.status_code) == (code, status)
    assert raised.value.request_id


@pytest.mark.parametrize(
    ("ask", "credentials", "status", "code"),
    [
        (
            mqtt_ask(LIST, "list_device_certificate", PageNo="1", PageSize="101"),
            OWNER,
            400,
            "ParameterFieldCheckFailed",
        ),
        (
            mqtt_ask(LIST_BY_CA, "list_device_certificate_by_ca_sn", CaSn="nobody", **PAGE),
            OWNER,
            500,
            "FindDeviceBySnError",
        ),
        (
            mqtt_ask(LIST_CAS, "list_ca_certificate", MqttInstanceId="nothing", **PAGE),
            OWNER,
            500,
            "MqttInstanceNotFound",
        ),
        (mqtt_ask(LIST_CAS, "list_ca_certificate", **PAGE), {**OWNER, "access_key_id": "denied"}, 403, "NoPermission"),
        (iot_list_ask(ProductKey="pk1"), {**OWNER, "access_key_id": "denied"}, 403, "Forbidden.RAM"),
        (iot_list_ask(ProductKey="pk1"), {**OWNER, "access_key_secret": "wrong"}, 400, "SignatureDoesNotMatch"),
    ],
)
def test_a_rejected_list_is_understood_by_the_sdk(
    served: Any, ask: Ask, credentials: dict[str, str], status: int, code: str
) -> None:
    with pytest.raises(AlibabaCloudException) as raised:
        ask_sdk(ask, served.host, sync=True, algorithm=None, **credentials)
    assert (raised.value.code, raised.value.status_code) == (code, status)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"ProductKey": "nothing"}, "iot.prod.NotExistedProduct"),
        ({"ProductKey": "pk1", "PageSize": "51"}, "iot.common.InvalidPageParams"),
        ({"ProductKey": "pk1", "PageSize": "50", "CurrentPage": "201"}, "iot.common.InvalidPageParams"),
    ],
)
def test_a_rejected_list_of_iot_platform_is_no_exception_to_the_sdk(
    served: Any, arguments: dict[str, str], code: str
) -> None:
    theirs = ask_sdk(iot_list_ask(**arguments), served.host, sync=True, algorithm=None)
    assert (theirs["Success"], theirs["Code"]) == (False, code)


@pytest.mark.parametrize(("sync", "algorithm"), WAYS)
def test_an_error_of_iot_platform_is_no_exception_to_the_sdk(served: Any, sync: bool, algorithm: str | None) -> None:
    theirs = ask_sdk(iot_ask(ProductKey="pk1", DeviceName="nobody"), served.host, sync=sync, algorithm=algorithm)
    assert without_request_id(theirs) == {
        "Success": False,
        "Code": "iot.device.NotExistedDevice",
        "ErrorMessage": "The specified device does not exist.",
    }


def test_our_typed_responses_hold_what_the_sdk_reads(served: Any) -> None:
    theirs = ask_sdk(CALLS["device-356202"], served.host, sync=True, algorithm=None)["Data"]
    their_ca = ask_sdk(CALLS["ca"], served.host, sync=True, algorithm=None)["Data"]
    their_thing = ask_sdk(CALLS["iot-lamp"], served.host, sync=True, algorithm=None)["DeviceCertInfo"]

    async def run() -> tuple[Any, Any, Any]:
        client = Client(settings(served.host))
        where = {"region": "cn-hangzhou", "mqtt_instance_id": "post-cn-1", "ca_sn": "00f2"}
        try:
            return (
                await mqtt.get_device_certificate(client, device_sn="356202", **where),
                await mqtt.get_ca_certificate(client, **where),
                await iot.query_device_cert(client, product_key="pk1", device_name="lamp"),
            )
        finally:
            await client.aclose()

    device, ca, thing = asyncio.run(run())
    assert (device.device_sn, device.device_name, device.ca_sn, device.content, device.status) == (
        theirs["DeviceSn"],
        theirs["DeviceName"],
        theirs["CaSn"],
        theirs["DeviceContent"],
        "inactive",
    )
    assert (str(device.valid_begin), str(device.valid_end)) == (theirs["ValidBegin"], theirs["ValidEnd"])
    assert (ca.ca_sn, ca.ca_name, ca.content, ca.status) == (
        their_ca["Sn"],
        their_ca["CaName"],
        their_ca["CaContent"],
        "active",
    )
    assert (thing.certificate_sn, thing.certificate, thing.private_key, thing.status) == (
        their_thing["CertSN"],
        their_thing["Certificate"],
        their_thing["PrivateKey"],
        "generated",
    )


def test_our_pages_hold_what_the_sdk_reads(served: Any) -> None:
    theirs = ask_sdk(CALLS["list-of-synthetic"], served.host, sync=True, algorithm=None)["Data"]
    their_cas = ask_sdk(CALLS["list-cas"], served.host, sync=True, algorithm=None)["Data"]
    their_things = ask_sdk(CALLS["iot-list-page"], served.host, sync=True, algorithm=None)

    async def run() -> tuple[Any, Any, Any]:
        client = Client(settings(served.host))
        where: dict[str, Any] = {"region": "cn-hangzhou", "mqtt_instance_id": "post-cn-1"}
        try:
            return (
                await mqtt_lists.list_device_certificates(client, ca_sn="00f3", number=3, **where),
                await mqtt_lists.list_ca_certificates(client, number=1, size=2, **where),
                await iot_lists.query_devices(client, product_key="pk3", number=3),
            )
        finally:
            await client.aclose()

    devices, cas, things = asyncio.run(run())
    read = [mqtt.device_response(item) for item in devices.items]
    assert [(device.device_sn, device.ca_sn, device.content, device.status) for device in read] == [
        (each["DeviceSn"], each["CaSn"], each["DeviceContent"], "active") for each in theirs["DeviceCertificateVOS"]
    ]
    assert (len(read), devices.total) == (50, theirs["Total"]) == (50, 250)
    assert [mqtt.ca_response(item).content for item in cas.items] == [
        each["CaContent"] for each in their_cas["CaCertificateVOS"]
    ]
    assert (len(cas.items), cas.total) == (2, their_cas["Total"])
    assert list(things.items) == [each["DeviceName"] for each in their_things["Data"]["DeviceInfo"]]
    assert (things.total, things.next_token or "") == (their_things["Total"], their_things["NextToken"])


@pytest.mark.parametrize(
    ("operation", "model"),
    [
        (mqtt_lists.LIST_DEVICE_CERTIFICATE, mqtt_models.ListDeviceCertificateRequest),
        (mqtt_lists.LIST_DEVICE_CERTIFICATE_BY_CA_SN, mqtt_models.ListDeviceCertificateByCaSnRequest),
        (mqtt_lists.LIST_CA_CERTIFICATE, mqtt_models.ListCaCertificateRequest),
        (iot_lists.QUERY_DEVICE, iot_models.QueryDeviceRequest),
    ],
)
def test_our_lists_have_the_parameters_of_the_sdk(operation: Operation, model: type) -> None:
    sent: list[Mapping[str, str | None]] = []

    class Recording:
        async def call(self, called: Operation, arguments: Mapping[str, str | None], **_: object) -> Any:
            assert called is operation
            sent.append(arguments)

    client: Any = Recording()
    where: dict[str, Any] = {"region": "cn-hangzhou", "mqtt_instance_id": "post-cn-1", "number": 2}
    calls: dict[str, Callable[[], Any]] = {
        "ListDeviceCertificate": lambda: mqtt_lists.list_device_certificates(client, ca_sn=None, **where),
        "ListDeviceCertificateByCaSn": lambda: mqtt_lists.list_device_certificates(client, ca_sn="00f2", **where),
        "ListCaCertificate": lambda: mqtt_lists.list_ca_certificates(client, **where),
        "QueryDevice": lambda: iot_lists.query_devices(
            client, product_key="pk", iot_instance_id="iot-1", number=2, token="next"
        ),
    }
    asyncio.run(calls[operation.name]())
    arguments = {name: value for name, value in sent[0].items() if value is not None}
    # What the SDK does not know is no parameter, and it knows no other one.
    assert model().from_map(arguments).to_map() == arguments
    parameters = set(model().from_map({}).__dict__)
    assert len(arguments) == len(parameters - {"resource_owner_account", "api_product", "api_revision"})
